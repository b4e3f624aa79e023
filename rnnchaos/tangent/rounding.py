"""Multipliers that are rounding: orbits that pass where the Jacobian is singular, or stay on a kink of the step."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from rnnchaos.tangent.spectrum import LyapunovSpectrum
from rnnchaos.tangent.tangent import orthonormalise, push, random_basis
from rnnchaos.typing import Step

# Cycles of up to so many steps are watched all around.
_WATCHED = 64
# Steps before, for the tangent vectors.
_ALIGNING = 64
# Shares of the size of the states: what rounding may have moved them by, and far more than that, though still little.
NEAR, FAR = 16 * np.finfo(float).eps, 16e4 * np.finfo(float).eps
# A length that is rounding changes with that of the state by more than so many nats, and less changes it at a kink.
_ROUNDED, _CHANGED = 1.0, 0.01
# Chaotic orbits come to no rest on which a multiplier could be rounding, unless a direction contracts so much a step.
_CONTRACTS = -8.0


class Rounding(NamedTuple):
    """What becomes of the lengths of tangent vectors where states are moved by rounding."""

    collapsed: int
    """Directions whose lengths grow in proportion to how far the state is moved: where it should be they are 0."""
    kinks: int
    """Orbits on which the lengths to the two sides differ."""


def without_rounding(
    spectrum: LyapunovSpectrum, step: Step, starts: Float[np.ndarray, "orbit state"]
) -> LyapunovSpectrum:
    """The same spectrum with -inf for exponents that are rounding, and the number of orbits that stay on a kink.

    A superstable cycle has a multiplier of 0, and float64 comes to within 1e-16 of its points: what is measured is the
    slope there, a number of the size of rounding, whose logarithm means nothing.
    """
    at_rest = spectrum.exponents[0] < 0 and not spectrum.zero[0]
    if not at_rest and not np.any(spectrum.per_step[np.isfinite(spectrum.per_step)] < _CONTRACTS):
        return spectrum
    found = _rounding(step, starts, spectrum)
    spectrum = spectrum._replace(kinks=found.kinks)
    if not found.collapsed:
        return spectrum
    last = np.flatnonzero(np.isfinite(spectrum.exponents))[-found.collapsed :]
    blocks, measured = spectrum.blocks.copy(), np.full(len(spectrum.exponents), np.nan)
    measured[last], blocks[..., last] = spectrum.exponents[last], -np.inf
    volume = None if spectrum.log_volume_rate is None else -np.inf
    return spectrum._replace(blocks=blocks, rounded=measured, log_volume_rate=volume)


def _rounding(step: Step, starts: Float[np.ndarray, "orbit state"], spectrum: LyapunovSpectrum) -> Rounding:
    count, passed = len(spectrum.exponents), spectrum.transient_steps + spectrum.num_steps
    basis = jnp.asarray(random_basis(count, spectrum.dimension))
    logs = np.asarray(
        _lengths_nearby(step, jnp.asarray(starts), basis, jnp.asarray(max(0, passed - _ALIGNING)))
    )
    here, near, far = logs[:, :, :1], logs[:, :, 1:3], logs[:, :, 3:]
    with np.errstate(invalid="ignore"):  # a direction that is gone, here and nearby
        change = np.abs(np.where(near == here, 0.0, near - here)).max(axis=2)
        grows = far.min(axis=2) - near.max(axis=2) > np.log(FAR / NEAR) / 2
    collapsed = ((change > _ROUNDED) & grows).any(axis=(0, 1)) & np.isfinite(spectrum.exponents)
    kinks = (change > _CHANGED) & ~grows & spectrum.resolved
    return Rounding(int((collapsed & spectrum.resolved).sum()), int(kinks.any(axis=(1, 2)).sum()))


@eqx.filter_jit
def _lengths_nearby(
    step: Step, starts: Float[Array, "orbit state"], basis: Float[Array, "k state"], passed: Int[Array, ""]
) -> Float[Array, "orbit step 5 k"]:
    """Log lengths after each watched step, from the states themselves, near them to either side, and far from them."""
    moves = jnp.asarray([0.0, NEAR, -NEAR, FAR, -FAR])
    states = jax.vmap(lambda state: jax.lax.fori_loop(0, passed, lambda _, x: step(x), state))(starts)
    size = jnp.abs(jnp.concatenate([starts, states])).max(axis=0)
    size = jnp.where(size > 0, size, jnp.where(size.max() > 0, size.max(), 1.0))

    def watch(carry, _):
        state, basis = carry

        def lengths(move):
            _, tangents = push(step, state + move * size, basis)
            found = orthonormalise(tangents, careful=True)
            return found.basis, jnp.log(found.lengths)

        bases, logs = jax.vmap(lengths)(moves)
        return (step(state), bases[0]), logs

    def along(state):
        return jax.lax.scan(watch, (state, basis), None, _ALIGNING + _WATCHED)[1][_ALIGNING:]

    return jax.vmap(along)(states)
