"""Following many orbits with their tangent vectors, in one compiled program."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from rnnchaos.errors import RunError
from rnnchaos.tangent.tangent import log_volume, orthonormalise, push, with_volume
from rnnchaos.typing import AnyStep, Step

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
        return self._replace(finite=jnp.zeros_like(self.finite), remainder=jnp.ones_like(self.remainder))


class Growth(NamedTuple):
    """Logarithms summed over each block."""

    log_lengths: Float[Array, "*blocks k"]
    log_volume: Float[Array, "*blocks"]


def start_orbits(states: Float[Array, "orbit state"], bases: Float[Array, "orbit k state"]) -> Orbits:
    """Orbits before their first step."""
    count = len(states)
    nothing = jnp.zeros(count, dtype=int)
    return Orbits(states, bases, nothing, jnp.ones(bases.shape[:2]), nothing)


@eqx.filter_jit
def follow(
    step: AnyStep,
    divergence: Divergence | None,
    orbits: Orbits,
    num_blocks: int,
    intervals: Int[Array, ""],
    interval: Int[Array, ""],
    *,
    inputs: Float[Array, "orbit time input"] | None = None,
    careful: bool = False,
) -> tuple[Orbits, Growth]:
    """Follow each orbit for `num_blocks` blocks of `intervals` QR intervals of `interval` steps each.

    Tangent vectors are orthonormalised after each interval, and the logarithms of their lengths summed in each
    block, as are the divergence or, where all directions are followed, log|det J|. The careful way is for steps that
    stretch or contract beyond what the quick way resolves (`orthonormalise`). With `inputs`, a step takes
    its orbit's own of the time, which must last.
    """
    count, dimension = orbits.basis.shape[-2:]
    from_jacobian = divergence is None and count == dimension

    def advance(time, carry, inputs):
        state, tangents, volume = carry
        after, tangents = push(at(step, inputs, time), state, tangents)
        if divergence is not None:
            volume = volume + divergence(state, after)
        return after, tangents, volume

    def qr_interval(_, carry, inputs):
        orbit, growth = carry
        # For the volume, the product of Jacobians itself is needed, so the basis is multiplied afterwards.
        tangents = jnp.eye(dimension) if from_jacobian else orbit.basis
        state, tangents, volume = jax.lax.fori_loop(
            0,
            interval,
            lambda index, carry: advance(orbit.time + index, carry, inputs),
            (orbit.state, tangents, growth.log_volume),
        )
        jacobian = tangents
        if from_jacobian:
            more = log_volume(jacobian, careful=careful)
            volume, tangents = volume + more, orbit.basis @ jacobian
        basis, lengths, remainder = orthonormalise(tangents, careful=careful)
        log_lengths = jnp.log(lengths)
        if from_jacobian and careful:
            log_lengths, remainder = with_volume(log_lengths, remainder, jacobian, more)
        moved = Orbits(
            state,
            basis,
            orbit.finite + jnp.isfinite(state).all(),
            jnp.minimum(orbit.remainder, remainder),
            orbit.time + interval,
        )
        return moved, Growth(growth.log_lengths + log_lengths, volume)

    def along(orbit, inputs):
        def block(orbit, _):
            none = Growth(jnp.zeros(count), jnp.zeros(()))
            return jax.lax.fori_loop(
                0, intervals, lambda index, carry: qr_interval(index, carry, inputs), (orbit, none)
            )

        return jax.lax.scan(block, orbit, None, num_blocks)

    return jax.vmap(along)(orbits, inputs)


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
