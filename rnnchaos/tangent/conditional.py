"""Conditional Lyapunov exponents: what a driven step does to distances between states under one and the same input."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Num

from rnnchaos.errors import ConfigError
from rnnchaos.setting import whole
from rnnchaos.tangent.averaging import Follower, averaged_spectrum, resolved_run
from rnnchaos.tangent.checks import spectrum_checks
from rnnchaos.tangent.functions import check_step
from rnnchaos.tangent.grades import Check, Grade
from rnnchaos.tangent.independence import alike_orbits
from rnnchaos.tangent.likeness import groups
from rnnchaos.tangent.plan import SpectrumPlan, checked_plan
from rnnchaos.tangent.propagation import start_orbits
from rnnchaos.tangent.resolution import qr_interval
from rnnchaos.tangent.rounding import without_rounding
from rnnchaos.tangent.spectrum import LyapunovSpectrum
from rnnchaos.tangent.tangent import inputs_of, random_basis, states_of
from rnnchaos.typing import DrivenStep, Points

# The share of the input along which the QR interval is found, and while state and tangent vectors settle.
_PILOT_SHARE, _PILOT_STEPS = 8, 256
# QR intervals that a block has at least, so that few inputs at the end of a recording are left out.
_INTERVALS = 8


def conditional_spectrum(
    step: DrivenStep,
    starts: Points,
    inputs: Num[Array | np.ndarray, "*orbit time input"] | Points,
    *,
    num_exponents: int | None = None,
    transient: int | None = None,
    qr_every: int | None = None,
    num_blocks: int = 40,
    time_per_step: float = 1.0,
) -> LyapunovSpectrum:
    """The conditional Lyapunov exponents of z_t = F(z_{t-1}, s_t) along a given input s, in float64.

    `step` is F, a function of a state and of the input that acts on the step, `starts` a state z_0 or one for each
    orbit, and `inputs` are s_1, s_2, … in rows: one series for all orbits, or one for each. Only distances between
    states under the same input count, none between inputs (Pecora & Carroll 1990, Phys. Rev. Lett. 64, 821): where all
    exponents are negative, neighbours forget under this input what they started from. The full spectrum of a drive with
    its response is that of the drive and these (the skew product's Jacobian is block triangular).

    Every input is taken once and none again, so the recording bounds the steps: those of the transient, found as in
    `lyapunov_spectrum` unless `transient` gives it, and the largest number after it that fills `num_blocks` blocks.
    Orbits that one input brings together are one orbit: the others are left out, and a check says so. Of orbits on
    several responses, with exponents of their own, the most count, and a check names the others. Give each orbit a
    stretch of its own of the input, or one orbit all of it: its blocks then give the standard errors. The other
    settings, the errors and the checks are those of `lyapunov_spectrum`.

    Raises ConfigError for settings out of their bounds, for inputs that are not finite, too few, or not as many series
    as starts, and for a step that does not take them; RunError where an orbit escapes to infinity.

    >>> leaky = lambda z, s: jnp.tanh(0.5 * z + s)
    >>> conditional_spectrum(leaky, [0.0], np.random.default_rng(0).normal(size=(10_000, 1))).exponents
    """
    states = states_of(starts, name="starts")
    dimension = states.shape[-1]
    states = states.reshape(-1, dimension)
    driven = inputs_of(inputs, len(states))
    states = np.broadcast_to(states, (len(driven), dimension))
    length = driven.shape[1]
    plan = SpectrumPlan(
        max(length, whole("num_blocks", num_blocks)),
        dimension if num_exponents is None else num_exponents,
        transient,
        qr_every,
        num_blocks,
        time_per_step,
        target_stderr=None,
        target_relative_error=None,
        max_steps=length,
    )
    plan = checked_plan(plan, dimension)._replace(num_steps=length)
    with jax.enable_x64(True):
        given = jnp.asarray(driven)
        check_step(step, dimension, num_inputs=given.shape[2])
        follower = Follower(step, None, plan.num_blocks, inputs=given)
        found, members, others = _of_one_response(follower, jnp.asarray(states), plan)
        found = without_rounding(found, step, states[members], driven[members])
    checks = spectrum_checks(found, flow=False)
    if others:
        checks.append(_responses(found.num_orbits, others))
    return found._replace(checks=tuple(checks))


def _of_one_response(
    follower: Follower, states: Float[Array, "orbit state"], plan: SpectrumPlan
) -> tuple[LyapunovSpectrum, Int[np.ndarray, " member"], list[float]]:
    """The spectrum of the most orbits that have one, which these are, and the largest exponents of the others.

    A mean over several responses would be that of none.
    """
    assert follower.inputs is not None
    members = np.arange(len(states))
    others: list[float] = []
    while True:
        own = follower._replace(inputs=follower.inputs[members])
        found = _measure(own, states[members], plan)
        counted = members if found.counted is None else members[found.counted]
        parts = groups(found.blocks[..., 0])
        if len(parts) == 1:
            return found, members, others
        most = max(parts, key=len)
        others += np.delete(found.blocks[..., 0].mean(axis=1), most).tolist()
        members = counted[most]


def _responses(count: int, others: list[float]) -> Check:
    total, low, high = count + len(others), min(others), max(others)
    near = f"{low:.3g}" if len(others) == 1 else f"{low:.3g} to {high:.3g}"
    meaning = (
        f"share of the orbits that this is of; {len(others)} of {total} have others all along, λ_1 {near}"
    )
    return Check("responses", Grade.WARN, count / total, 1.0, meaning)


def _measure(follower: Follower, states: Float[Array, "orbit state"], plan: SpectrumPlan) -> LyapunovSpectrum:
    """Follow orbits to the end of the input; once more the careful way where one step takes more than the quick one."""
    assert follower.inputs is not None
    length, blocks, dimension = follower.inputs.shape[1], plan.num_blocks, states.shape[1]
    orbits = start_orbits(states, random_basis(plan.num_exponents, dimension))
    pilot = blocks * (min(_PILOT_STEPS, length // _PILOT_SHARE) // blocks)
    rates, skipped = None, plan.transient or 0
    if pilot:
        after, growth, _ = follower.run(orbits, pilot, 1, passed=0)
        rates = np.asarray(growth.log_lengths).sum(axis=1).mean(axis=0) / pilot
        if plan.transient is None:
            orbits, skipped = after, pilot
    if skipped + blocks > length:
        raise ConfigError(
            f"inputs must be at least {skipped + blocks} here, one a step: {skipped} of the transient and a step in "
            f"each of the {blocks} blocks, got {length}"
        )
    if plan.transient:
        only = follower._replace(num_blocks=1)
        orbits = only.run(orbits, plan.transient, 1, passed=0)[0]
    steps = length - skipped
    longest = max(1, steps // (_INTERVALS * blocks))
    interval = 1 if rates is None else qr_interval(rates, plan.qr_every, longest=longest)
    interval = min(interval, steps // blocks)
    found = resolved_run(follower, orbits, steps, interval, passed=skipped, shorter=plan.qr_every is None)
    if found is None:
        return _measure(follower._replace(careful=True), states, plan._replace(qr_every=1))
    measured = found[1]
    lengths = np.asarray(measured.growth[0].log_lengths)
    measured = measured._replace(shared=alike_orbits(lengths))
    return averaged_spectrum(measured, plan, dimension=dimension, divergence=None)
