"""The Lyapunov spectrum of any step function, by QR decomposition of tangent vectors along orbits."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from rnnchaos.diagnostics.spectrum import LyapunovSpectrum
from rnnchaos.diagnostics.tangent import check_step, log_volume, orthonormalise, push, random_basis
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.typing import Step

# Beyond 36 nats between the first and the last tangent vector, float64 rounds the last one away.
_MAX_SPREAD = 36.0
# The spread that the automatic choice allows on average: local spreads are larger.
_AIM_SPREAD = 12.0
_MAX_GROWTH = 300.0  # exp(700) overflows
_MAX_AUTO_INTERVAL = 10  # longer intervals save little more
_PILOT_STEPS = 256

Divergence = Callable[[Float[Array, " state"]], Float[Array, ""]]


class _Orbit(NamedTuple):
    state: Float[Array, "*orbits state"]
    basis: Float[Array, "*orbits k state"]
    finite: Int[Array, "*orbits"]
    """QR intervals after which the state was finite."""


class _Growth(NamedTuple):
    log_lengths: Float[Array, "*blocks k"]
    log_volume: Float[Array, "*blocks"]


def lyapunov_spectrum(
    step: Step,
    x0: Float[Array | np.ndarray, "*orbits state"],
    *,
    num_steps: int,
    num_exponents: int | None = None,
    transient: int = 1_000,
    qr_every: int | None = None,
    num_blocks: int = 32,
    time_per_step: float = 1.0,
    divergence: Divergence | None = None,
) -> LyapunovSpectrum:
    """The `num_exponents` largest Lyapunov exponents of `step` (all by default), in float64.

    Tangent vectors are pushed through `step` by automatic differentiation and orthonormalised every
    `qr_every` steps; the exponents are the mean logarithms of the lengths |R_ii| (Benettin et al. 1980,
    Meccanica 15, 9; Eckmann & Ruelle 1985, Rev. Mod. Phys. 57, 617). Orbits start at `x0`, one or several,
    which are averaged.

    `transient` steps let the state and the tangent vectors settle and are not averaged. `num_steps` per
    orbit are, in `num_blocks` equal blocks that give the standard errors; it is rounded up to fill them.
    `qr_every=None` chooses the interval from a pilot run. `divergence`, in nats per time unit, is averaged
    along the orbit as a check on the sum; without it and with all exponents, log|det J| is. One interval
    resolves 36 nats between the first and the last exponent: faster contraction reads as about that.

    Raises ConfigError for a setting out of its bounds, for a `qr_every` too long to resolve the smallest
    exponent, and for a step that does not map float64 states to float64 states; RunError where an orbit
    escapes to infinity.

    >>> henon = lambda x: jnp.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])
    >>> lyapunov_spectrum(henon, jnp.zeros(2), num_steps=100_000).exponents  # about [0.419, -1.623]
    """
    dimension = x0.shape[-1]
    count = dimension if num_exponents is None else num_exponents
    _check_settings(num_steps, count, dimension, transient, qr_every, num_blocks, time_per_step)
    with jax.enable_x64(True):
        check_step(step, dimension)
        starts = jnp.asarray(x0, dtype=jnp.float64).reshape(-1, dimension)
        basis = jnp.broadcast_to(random_basis(count, dimension), (len(starts), count, dimension))
        start = _Orbit(starts, basis, jnp.zeros(len(starts), dtype=int))

        # The transient, the pilot and the measurement are one compiled program: their lengths are arguments.
        def run(orbits: _Orbit, steps: int, interval: int) -> tuple[_Orbit, _Growth, int]:
            intervals = -(-steps // (num_blocks * interval))
            orbits, growth = _follow(
                step, divergence, orbits, num_blocks, jnp.asarray(intervals), jnp.asarray(interval)
            )
            return orbits, growth, num_blocks * intervals * interval

        settled, _, skipped = run(start, transient, 1)
        _check_bounded(settled, skipped, 1, offset=0)
        pilot_end, pilot, pilot_steps = run(_restart(settled), _PILOT_STEPS, 1)
        _check_bounded(pilot_end, pilot_steps, 1, offset=skipped)
        rates = np.asarray(pilot.log_lengths).sum(axis=1).mean(axis=0) / pilot_steps
        interval = _qr_interval(rates, qr_every, longest=num_steps // num_blocks)
        end, growth, averaged = run(_restart(settled), num_steps, interval)
        _check_bounded(end, averaged, interval, offset=skipped)
    return _spectrum(
        growth, averaged, interval, time_per_step=time_per_step, dimension=dimension, divergence=divergence
    )


@eqx.filter_jit
def _follow(
    step: Step,
    divergence: Divergence | None,
    orbits: _Orbit,
    num_blocks: int,
    intervals: Int[Array, ""],
    interval: Int[Array, ""],
) -> tuple[_Orbit, _Growth]:
    """Follow each orbit for `num_blocks` blocks of `intervals` QR intervals, and sum the growth in each."""
    count, dimension = orbits.basis.shape[-2:]
    from_jacobian = divergence is None and count == dimension

    def advance(_, carry):
        state, tangents, volume = carry
        if divergence is not None:
            volume = volume + divergence(state)
        return *push(step, state, tangents), volume

    def qr_interval(_, carry):
        orbit, growth = carry
        # For the volume, the product of Jacobians itself is needed, so the basis is multiplied afterwards.
        tangents = jnp.eye(dimension) if from_jacobian else orbit.basis
        state, tangents, volume = jax.lax.fori_loop(
            0, interval, advance, (orbit.state, tangents, growth.log_volume)
        )
        if from_jacobian:
            volume = volume + log_volume(tangents)
            tangents = orbit.basis @ tangents
        basis, lengths = orthonormalise(tangents)
        finite = orbit.finite + jnp.isfinite(state).all()
        return _Orbit(state, basis, finite), _Growth(growth.log_lengths + jnp.log(lengths), volume)

    def block(orbit, _):
        none = _Growth(jnp.zeros(count), jnp.zeros(()))
        return jax.lax.fori_loop(0, intervals, qr_interval, (orbit, none))

    return jax.vmap(lambda orbit: jax.lax.scan(block, orbit, None, num_blocks))(orbits)


def _check_settings(
    num_steps: int,
    count: int,
    dimension: int,
    transient: int,
    qr_every: int | None,
    num_blocks: int,
    time_per_step: float,
) -> None:
    if not 1 <= count <= dimension:
        raise ConfigError(f"num_exponents must be from 1 to the state's {dimension} dimensions, got {count}")
    if num_blocks < 2:
        raise ConfigError(f"num_blocks must be at least 2, to have a standard error, got {num_blocks}")
    if num_steps < num_blocks:
        raise ConfigError(f"num_steps must be at least num_blocks ({num_blocks} steps), got {num_steps}")
    if transient < 0:
        raise ConfigError(f"transient must be at least 0 steps, got {transient}")
    if qr_every is not None and qr_every < 1:
        raise ConfigError(f"qr_every must be at least 1 step, got {qr_every}")
    if not time_per_step > 0:
        raise ConfigError(f"time_per_step must be above 0 time units, got {time_per_step}")


def _restart(orbits: _Orbit) -> _Orbit:
    return orbits._replace(finite=jnp.zeros_like(orbits.finite))


def _check_bounded(orbits: _Orbit, steps: int, interval: int, *, offset: int) -> None:
    """Raise RunError where an orbit is no longer finite after `steps` steps, counted from `offset`."""
    finite = np.asarray(orbits.finite)
    orbit = int(np.argmin(finite))
    if finite[orbit] * interval < steps:
        escape = offset + (int(finite[orbit]) + 1) * interval
        raise RunError(
            f"orbit {orbit + 1} of {len(finite)} left every bound by step {escape}: "
            "no Lyapunov exponent exists"
        )


def _qr_interval(rates: Float[np.ndarray, " k"], wanted: int | None, *, longest: int) -> int:
    """The QR interval to use, given the exponents of the pilot run in nats per step."""
    finite = rates[np.isfinite(rates)]
    spread, growth = (np.ptp(finite), np.abs(finite).max()) if finite.size else (0.0, 0.0)

    def fit(nats: float) -> float:
        return min(nats / max(spread, 1e-9), _MAX_GROWTH / max(growth, 1e-9))

    if wanted is None:
        return int(max(1, min(fit(_AIM_SPREAD), _MAX_AUTO_INTERVAL, longest)))
    if wanted > max(1.0, fit(_MAX_SPREAD)):
        raise ConfigError(
            f"qr_every must be at most {int(max(1.0, fit(_MAX_SPREAD)))} here, where the exponents span "
            f"{spread:.3g} nats per step and float64 resolves {_MAX_SPREAD:g} between QR decompositions, "
            f"got {wanted}"
        )
    return wanted


def _spectrum(
    growth: _Growth,
    num_steps: int,
    qr_every: int,
    *,
    time_per_step: float,
    dimension: int,
    divergence: Divergence | None,
) -> LyapunovSpectrum:
    log_lengths = np.asarray(growth.log_lengths)
    num_blocks, count = log_lengths.shape[1:]
    if np.isnan(log_lengths).any() or np.isposinf(log_lengths).any():
        raise RunError(
            "the step's Jacobian is not finite everywhere on the orbit: no Lyapunov exponent exists"
        )
    blocks = log_lengths / (num_steps // num_blocks * time_per_step)
    volume = float(np.asarray(growth.log_volume).sum(axis=1).mean()) / num_steps
    log_volume_rate = None
    if divergence is not None:
        log_volume_rate = volume
    elif count == dimension:
        log_volume_rate = volume / time_per_step
    # QR orders the exponents, up to neighbours closer than their errors.
    order = np.argsort(-blocks.mean(axis=(0, 1)), kind="stable")
    return LyapunovSpectrum(
        blocks[..., order], num_steps, qr_every, time_per_step, dimension, log_volume_rate
    )
