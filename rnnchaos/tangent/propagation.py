"""Following many orbits with their tangent vectors, in one compiled program."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from rnnchaos.errors import RunError
from rnnchaos.tangent.tangent import (
    CLOSED_FORM,
    log_volume,
    orthonormalise,
    push,
    with_volume,
)
from rnnchaos.typing import AnyStep, Step

# Where a vector has kept less than this squared share of its length, the Cholesky factor fails too often to be tried.
_WORTH_TRYING = 1e-14

Divergence = Callable[[Float[Array, " state"], Float[Array, " state"]], Float[Array, ""]]
"""The mean divergence of a flow over a step, of the states before and after it."""


class Orbits(NamedTuple):
    """Where orbits are, with an orthonormal basis of tangent vectors each, and how they fared so far."""

    state: Float[Array, "*orbits state"]
    basis: Float[Array, "*orbits k state"]
    finite: Int[Array, "*orbits"]
    """QR intervals after which the state was finite."""
    remainder: Float[Array, "*orbits k"]
    """Least squared share of a vector's length that was left without its part along the vectors before it."""
    time: Int[Array, "*orbits"]
    """Steps taken since the start: the row of the input that acts on the next one."""

    def restart(self) -> "Orbits":
        """The same places, with nothing counted yet."""
        begun = np.zeros(self.finite.shape, np.int64), np.ones(self.remainder.shape)
        finite, remainder = jax.device_put(begun)
        return self._replace(finite=finite, remainder=remainder)


class Growth(NamedTuple):
    """Logarithms summed over each block."""

    log_lengths: Float[Array, "*blocks k"]
    log_volume: Float[Array, "*blocks"]


def start_orbits(
    states: Float[Array | np.ndarray, "orbit state"], basis: Float[np.ndarray, "k state"]
) -> Orbits:
    """Orbits before their first step, all with the same tangent vectors."""
    bases = np.broadcast_to(basis, (len(states), *basis.shape))
    nothing = np.zeros(len(states), np.int64)
    # Made by NumPy, and not by `jnp.asarray`: each is a program of its own to load.
    return Orbits(*jax.device_put((states, bases, nothing, np.ones(bases.shape[:2]), nothing)))


@eqx.filter_jit
def follow(
    step: AnyStep,
    divergence: Divergence | None,
    orbits: Orbits,
    num_blocks: int,
    intervals: Int[Array, "*block"],
    interval: Int[Array, ""],
    *,
    inputs: Float[Array, "orbit time input"] | None = None,
    careful: bool = False,
) -> tuple[Orbits, Growth]:
    """Follow each orbit for `num_blocks` blocks of `intervals` QR intervals of `interval` steps each; of so many each
    where `intervals` are several.

    Tangent vectors are orthonormalised after each interval, and the logarithms of their lengths summed in each
    block, as are the divergence or, where all directions are followed, log|det J|. Of many directions, where a
    determinant takes as long as a decomposition, that is measured in the first interval of each block, and differs from
    the lengths by as much in the others. The careful way is for steps that stretch or contract beyond what the quick
    way resolves (`orthonormalise`), and measures all. With `inputs`, a step takes its orbit's own of the time, which
    must last.
    """
    count, dimension = orbits.basis.shape[-2:]
    from_jacobian = divergence is None and count == dimension
    always = careful or count <= CLOSED_FORM

    # Mapped over orbits within the loops: a mapped loop is traced several times over.
    @jax.vmap
    def advance(time, carry, inputs):
        state, tangents, volume = carry
        after, tangents = push(at(step, inputs, time), state, tangents)
        if divergence is not None:
            volume = volume + divergence(state, after)
        return after, tangents, volume

    def pushed(orbits, start):
        """States and tangent vectors after an interval from `start`, and the divergence on the way."""
        return jax.lax.fori_loop(
            0,
            interval,
            lambda index, carry: advance(orbits.time + index, carry, inputs),
            (orbits.state, start, jnp.zeros(len(orbits.state))),
        )

    def measured(orbit, tangents):
        """The basis moved by the product of Jacobians, and the volume of that."""
        return orbit.basis @ tangents, log_volume(tangents, careful=careful)

    def beside_lengths(volume, log_lengths, before, after):
        """By how much a measured volume differs from the lengths, between bases whose own is 1 but for rounding."""
        return volume - log_lengths.sum() + log_volume(before) - log_volume(after)

    def begun(orbit, first):
        """The vectors that are pushed through an interval."""
        if not from_jacobian:
            return orbit.basis
        whole = jnp.eye(
            dimension
        )  # the product of Jacobians is needed, so the basis is multiplied afterwards
        return whole if always else jnp.where(first, whole, orbit.basis)

    def ended(orbit, growth, pushed_to, first):
        """An orbit at the end of an interval, its vectors orthonormal again, and how they have grown."""
        state, jacobian, volume = pushed_to
        tangents = jacobian
        if from_jacobian and always:
            tangents, volume = measured(orbit, jacobian)
        elif from_jacobian:
            tangents, volume = jax.lax.cond(
                first, measured, lambda orbit, tangents: (tangents, volume), orbit, jacobian
            )
        safe = orbit.remainder.min() >= _WORTH_TRYING
        basis, lengths, remainder = orthonormalise(tangents, careful=careful, safe=safe)
        log_lengths = jnp.log(lengths)
        if from_jacobian and careful:
            log_lengths, remainder = with_volume(log_lengths, remainder, jacobian, volume)
        if from_jacobian and not always:
            volume = jax.lax.cond(
                first, beside_lengths, lambda volume, *_: volume, volume, log_lengths, orbit.basis, basis
            )
        moved = Orbits(
            state,
            basis,
            orbit.finite + jnp.isfinite(state).all(),
            jnp.minimum(orbit.remainder, remainder),
            orbit.time + interval,
        )
        return moved, Growth(growth.log_lengths + log_lengths, growth.log_volume + volume)

    def qr_interval(index, carry):
        orbits, growth = carry
        first = index == 0
        pushed_to = pushed(orbits, jax.vmap(begun, (0, None))(orbits, first))
        return jax.vmap(ended, (0, 0, (0, 0, 0), None))(orbits, growth, pushed_to, first)

    def block(orbits, intervals):
        none = Growth(jnp.zeros((len(orbits.state), count)), jnp.zeros(len(orbits.state)))
        orbits, growth = jax.lax.fori_loop(0, intervals, qr_interval, (orbits, none))
        if from_jacobian and not always:
            volume = growth.log_lengths.sum(axis=1) + intervals * growth.log_volume
            growth = growth._replace(log_volume=volume)
        return orbits, growth

    orbits, growth = jax.lax.scan(block, orbits, jnp.broadcast_to(intervals, num_blocks))
    return orbits, jax.tree.map(lambda summed: jnp.swapaxes(summed, 0, 1), growth)


def at(step: AnyStep, inputs: Float[Array, "time input"] | None, time: Int[Array, ""]) -> Step:
    """The step at a time: a driven one with the input that acts on it, any other as it is."""
    if inputs is None:
        return step
    return lambda state: step(state, inputs[time])


def check_bounded(orbits: Orbits, steps: int, interval: int, *, offset: int) -> None:
    """Raise RunError where an orbit is no longer finite after `steps` steps, counted from `offset`."""
    bounded = np.asarray(orbits.finite)
    orbit = int(np.argmin(bounded))
    if bounded[orbit] * interval < steps:
        escape = offset + (int(bounded[orbit]) + 1) * interval
        raise RunError(
            f"orbit {orbit + 1} of {len(bounded)} left every bound by step {escape}: "
            "no Lyapunov exponent exists"
        )
