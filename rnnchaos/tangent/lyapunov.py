"""The Lyapunov spectrum of any step function, by QR decomposition of tangent vectors along orbits."""

import jax
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.setting import whole
from rnnchaos.tangent.averaging import Follower, Measured, averaged_spectrum, resolved_run
from rnnchaos.tangent.checks import spectrum_checks
from rnnchaos.tangent.functions import check_divergence, check_step
from rnnchaos.tangent.independence import shared_orbits
from rnnchaos.tangent.plan import SpectrumPlan, checked_plan
from rnnchaos.tangent.propagation import Divergence, Orbits, start_orbits
from rnnchaos.tangent.repetition import with_repetition
from rnnchaos.tangent.resolution import qr_interval
from rnnchaos.tangent.rounding import without_rounding
from rnnchaos.tangent.runaway import with_bound
from rnnchaos.tangent.spectrum import LyapunovSpectrum
from rnnchaos.tangent.tangent import random_basis, states_of, step_of, time_per_step_of
from rnnchaos.typing import HasStep, Points, Step

_PILOT_STEPS = 256
# The part of `num_steps` that decides how long a run up to a target is, in pieces that many an orbit: shorter ones than
# those of the final error tell its size more closely, if not as surely.
_SHARE_OF_TRIAL = 4
_PIECES_OF_TRIAL = 4
# An error that is so many times what the trial promised falls more slowly than with the root of the steps.
_SLOW = 3.0
# A run that fell short of its target goes on for at least this share of its length.
_AT_LEAST_MORE = 0.25
# What looks chaotic is looked at again each time that a run is so many times longer: by chance it may not be.
_LOOK_AGAIN = 4


def lyapunov_spectrum(
    step: Step | HasStep,
    x0: Points,
    *,
    num_steps: int,
    num_exponents: int | None = None,
    transient: int | None = None,
    qr_every: int | None = None,
    num_blocks: int = 40,
    time_per_step: float | None = None,
    divergence: Divergence | None = None,
    target_stderr: float | None = None,
    target_relative_error: float | None = None,
    max_steps: int | None = None,
) -> LyapunovSpectrum:
    """The `num_exponents` largest Lyapunov exponents of `step` (all by default), in float64.

    `step` is a function, state to state, or anything that has one: a system, a network. `x0` is a state or several,
    as lists, NumPy or JAX arrays.

    Tangent vectors are pushed through `step` by automatic differentiation and orthonormalised every
    `qr_every` steps; the exponents are the mean logarithms of the lengths |R_ii| (Benettin et al. 1980,
    Meccanica 15, 9; Eckmann & Ruelle 1985, Rev. Mod. Phys. 57, 617). Orbits start at `x0`, one or several,
    which are averaged; standard errors come from their spread, so many orbits from independent points give the
    best ones, and cost little more than one. An orbit that goes where another has been for a tenth of its steps or
    more, as from equal points or from points of one orbit, is left out, and a check says so.
    `rnnchaos.lyapunov_spectrum` first tells apart the attractors that several orbits end on, and gives the spectrum of
    the one that most reach, with a check that names the others; that of `rnnchaos.tangent` averages all orbits.

    `num_steps` per orbit are averaged, rounded up to fill `num_blocks` equal blocks of whole QR intervals. With
    `target_stderr`, in nats per time unit, the average is so much longer that the standard error of λ_max is that
    small, up to `max_steps` (100 times `num_steps`) or until it falls no longer as errors do; `stopped` says which. A
    trial that is not averaged, a quarter of `num_steps`, says how long. `target_relative_error` is the same as a share
    of λ_max, where that lies more than 3 standard errors above zero. While the state and the tangent vectors settle
    nothing counts: for `transient` steps, or where that is None for as long as the exponents are unlike those of the
    later run and the gaps between them have not yet aligned the tangent vectors. `time_per_step=None` takes the
    system's own, or 1. `qr_every=None` chooses the interval from a pilot run, shorter where an orbit needs it.
    `divergence`, the mean of a flow's over a step given the states before and after it, in nats per time unit, is
    averaged along the orbit as a check on the sum; without it and with all exponents, log|det J| is.

    Raises ConfigError for a setting out of its bounds, for a `qr_every` too long to resolve the smallest exponent,
    and for a step that does not map float64 states to float64 states; RunError where an orbit escapes to infinity.

    >>> henon = lambda x: jnp.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])
    >>> lyapunov_spectrum(henon, [0.0, 0.0], num_steps=100_000).exponents  # about [0.419, -1.623]
    """
    time_per_step = time_per_step_of(step, time_per_step)
    step, starts = step_of(step), states_of(x0)
    dimension = starts.shape[-1]
    num_steps = whole("num_steps", num_steps, least=1, unit="step")
    plan = SpectrumPlan(
        num_steps,
        dimension if num_exponents is None else num_exponents,
        transient,
        qr_every,
        num_blocks,
        time_per_step,
        target_stderr,
        target_relative_error,
        100 * num_steps if max_steps is None else max_steps,
    )
    plan = checked_plan(plan, dimension)
    with jax.enable_x64(True):
        check_step(step, dimension)
        check_divergence(divergence, dimension)
        states = starts.reshape(-1, dimension)
        orbits = start_orbits(states, random_basis(plan.num_exponents, dimension))
        measured = _measure(Follower(step, divergence, plan.num_blocks), orbits, plan)
        found = averaged_spectrum(measured, plan, dimension=dimension, divergence=divergence)
        found = without_rounding(found, step, states)
    found = found._replace(checks=tuple(spectrum_checks(found, flow=False)))
    ends = np.asarray(measured.ends)
    return with_repetition(with_bound(found, step, ends, states), step, ends, states)


def _measure(follower: Follower, orbits: Orbits, plan: SpectrumPlan) -> Measured:
    """Follow orbits as planned; where one step takes more than the quick way resolves, once more the careful way."""
    before = orbits
    start, _, skipped = follower.run(before, plan.transient or 0, 1, passed=0)
    after_pilot, pilot, pilot_steps = follower.run(start, _PILOT_STEPS, 1, passed=skipped)
    if plan.transient is None:
        start, skipped = after_pilot, skipped + pilot_steps
    rates = np.asarray(pilot.log_lengths).sum(axis=1).mean(axis=0) / pilot_steps
    steps = max(plan.num_blocks, plan.num_steps // _SHARE_OF_TRIAL) if plan.has_target else plan.num_steps
    interval = qr_interval(rates, plan.qr_every, longest=max(1, steps // plan.num_blocks))

    found = resolved_run(follower, start, steps, interval, passed=skipped, shorter=plan.qr_every is None)
    if found is None:
        return _measure(follower._replace(careful=True), before, plan._replace(qr_every=1))
    orbits, measured = found
    taken = measured.steps_per_block * plan.num_blocks
    measured = _with_shared(
        measured, follower.step, start.state, taken if plan.has_target else plan.num_steps
    )
    if plan.has_target:
        return _up_to_target(follower, orbits, measured, plan)
    return measured


def _with_shared(
    measured: Measured, step: Step, starts: Float[Array, "orbit state"], num_steps: int
) -> Measured:
    """The same, knowing which orbits went the same way for `num_steps` steps from where the average began."""
    lengths = np.concatenate([np.asarray(growth.log_lengths) for growth in measured.growth], axis=1)
    rate = float(lengths[..., 0].mean()) / measured.steps_per_block
    return measured._replace(shared=shared_orbits(step, starts, lengths, num_steps=num_steps, growth=rate))


def _up_to_target(follower: Follower, orbits: Orbits, trial: Measured, plan: SpectrumPlan) -> Measured:
    """Average for as long as the trial says that the standard error of λ_max asks for, up to `plan.max_steps`.

    The trial itself does not count: the steps that look precise enough to stop at look more precise than they are
    (Stein 1945, Ann. Math. Stat. 16, 243). Where its answer falls short, the average goes on, unless the error falls
    so slowly that it would never end: where orbits stick to regular islands, or are on different ones. A share of an
    exponent that no longer differs from 0 is none to reach.
    """
    dimension = orbits.state.shape[-1]
    tried = trial.steps_per_block * plan.num_blocks
    found = averaged_spectrum(trial, plan, dimension=dimension, divergence=None)
    promised = float(found.standard_error[0]) * np.sqrt(tried * found.num_orbits)
    goal = plan.goal(found, steps=tried, pieces_per_orbit=_PIECES_OF_TRIAL)
    chunk = follower.steps(plan.num_steps, trial.interval)
    measured = trial._replace(
        growth=[], steps_per_block=chunk // plan.num_blocks, transient_steps=trial.transient_steps + tried
    )
    begin, steps = orbits.state, 0
    while True:
        stage = max(plan.num_steps, _LOOK_AGAIN * steps)
        orbits, measured = _continued(follower, orbits, measured, max(min(goal, stage), plan.num_steps))
        steps = chunk * len(measured.growth)
        found = averaged_spectrum(measured, plan, dimension=dimension, divergence=None)
        if steps < goal and plan.target(found) is not None:
            continue
        measured = _with_shared(measured, follower.step, begin, steps)
        found = averaged_spectrum(measured, plan, dimension=dimension, divergence=None)
        target = plan.target(found)
        if target is None:
            return measured
        if found.standard_error[0] <= target:
            return measured._replace(stopped="target")
        if found.standard_error[0] > _SLOW * promised / np.sqrt(steps * found.num_orbits):
            return measured._replace(stopped="slow")
        if steps >= plan.max_steps:
            return measured._replace(stopped="limit")
        more = max(plan.goal(found, steps=steps), int((1 + _AT_LEAST_MORE) * steps))
        goal = min(more, plan.max_steps)


def _continued(follower: Follower, orbits: Orbits, measured: Measured, goal: int) -> tuple[Orbits, Measured]:
    """The same average over `goal` steps or a little more."""
    chunk = measured.steps_per_block * follower.num_blocks
    growth, remainder = list(measured.growth), measured.remainder
    while chunk * len(growth) < goal:
        passed = measured.transient_steps + chunk * len(growth)
        orbits, more, _ = follower.run(orbits, chunk, measured.interval, passed=passed)
        growth.append(more)
        remainder = np.minimum(remainder, orbits.remainder)
    return orbits, measured._replace(growth=growth, remainder=remainder, ends=orbits.state)
