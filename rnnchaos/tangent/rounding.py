"""Multipliers that are rounding: orbits that pass where the Jacobian is singular, or stay on a kink of the step."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from rnnchaos.tangent.propagation import at
from rnnchaos.tangent.spectrum import ROUNDING, LyapunovSpectrum
from rnnchaos.tangent.tangent import orthonormalise, push, random_basis
from rnnchaos.typing import AnyStep

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
    spectrum: LyapunovSpectrum,
    step: AnyStep,
    starts: Float[np.ndarray, "orbit state"],
    inputs: Float[np.ndarray, "orbit time input"] | None = None,
) -> LyapunovSpectrum:
    """The same spectrum with -inf for exponents that are rounding, and the number of orbits that stay on a kink.

    A superstable cycle has a multiplier of 0, and float64 comes to within 1e-16 of its points: what is measured is the
    slope there, a number of the size of rounding, whose logarithm means nothing. Driven orbits are watched at the end
    of their inputs, if these are long enough.
    """
    if inputs is not None and inputs.shape[1] < _ALIGNING + _WATCHED:
        return spectrum
    neutral = abs(spectrum.per_step[0]) <= ROUNDING  # where other directions may rest on a kink all the same
    at_rest = neutral or (spectrum.exponents[0] < 0 and not spectrum.zero[0])
    if not at_rest and not np.any(spectrum.per_step[np.isfinite(spectrum.per_step)] < _CONTRACTS):
        return spectrum
    found = _rounding(step, starts, spectrum, inputs)
    spectrum = spectrum._replace(kinks=found.kinks)
    if not found.collapsed:
        return spectrum
    last = np.flatnonzero(np.isfinite(spectrum.exponents))[-found.collapsed :]
    blocks, measured = spectrum.blocks.copy(), np.full(len(spectrum.exponents), np.nan)
    measured[last], blocks[..., last] = spectrum.exponents[last], -np.inf
    volume = None if spectrum.log_volume_rate is None else -np.inf
    return spectrum._replace(blocks=blocks, rounded=measured, log_volume_rate=volume)


def _rounding(
    step: AnyStep,
    starts: Float[np.ndarray, "orbit state"],
    spectrum: LyapunovSpectrum,
    inputs: Float[np.ndarray, "orbit time input"] | None,
) -> Rounding:
    count, passed = len(spectrum.exponents), spectrum.transient_steps + spectrum.num_steps
    if inputs is not None:
        passed = min(passed, inputs.shape[1] - _WATCHED)
    basis = jnp.asarray(random_basis(count, spectrum.dimension))
    given = None if inputs is None else jnp.asarray(inputs)
    begin = jnp.asarray(max(0, passed - _ALIGNING))
    logs = np.asarray(_lengths_nearby(step, jnp.asarray(starts), basis, begin, given))
    here, near, far = logs[:, :, :1], logs[:, :, 1:3], logs[:, :, 3:]
    with np.errstate(invalid="ignore"):  # a direction that is gone, here and nearby
        change = np.abs(np.where(near == here, 0.0, near - here)).max(axis=2)
        grows = far.min(axis=2) - near.max(axis=2) > np.log(FAR / NEAR) / 2
    collapsed = ((change > _ROUNDED) & grows).any(axis=(0, 1)) & np.isfinite(spectrum.exponents)
    kinks = (change > _CHANGED) & ~grows & spectrum.resolved
    return Rounding(int((collapsed & spectrum.resolved).sum()), int(kinks.any(axis=(1, 2)).sum()))


@eqx.filter_jit
def _lengths_nearby(
    step: AnyStep,
    starts: Float[Array, "orbit state"],
    basis: Float[Array, "k state"],
    passed: Int[Array, ""],
    inputs: Float[Array, "orbit time input"] | None,
) -> Float[Array, "orbit step 5 k"]:
    """Log lengths after each watched step, from the states themselves, near them to either side, and far from them."""
    moves = jnp.asarray([0.0, NEAR, -NEAR, FAR, -FAR])

    def settled(state, inputs):
        return jax.lax.fori_loop(0, passed, lambda time, x: at(step, inputs, time)(x), state)

    states = jax.vmap(settled)(starts, inputs)
    size = jnp.abs(jnp.concatenate([starts, states])).max(axis=0)
    size = jnp.where(size > 0, size, jnp.where(size.max() > 0, size.max(), 1.0))

    def watch(carry, time, inputs):
        state, basis = carry
        advance = at(step, inputs, passed + time)

        def lengths(move):
            _, tangents = push(advance, state + move * size, basis)
            found = orthonormalise(tangents, careful=True)
            return found.basis, jnp.log(found.lengths)

        bases, logs = jax.vmap(lengths)(moves)
        return (advance(state), bases[0]), logs

    def along(state, inputs):
        times = jnp.arange(_ALIGNING + _WATCHED)
        return jax.lax.scan(lambda carry, time: watch(carry, time, inputs), (state, basis), times)[1][
            _ALIGNING:
        ]

    return jax.vmap(along)(states, inputs)
