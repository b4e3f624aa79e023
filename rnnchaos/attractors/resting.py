"""Whether orbits that go straight on have a fixed point to come to, or to have left."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.attractors.sharing import SAME
from rnnchaos.attractors.winding import winding_of
from rnnchaos.typing import Step

# Newton's method comes to a neutral point by a digit in five steps or so; to infinity it doubles the distance in each.
_EARLY, _LATE, _GROWS = 3, 6, 4.0
# Orbits that are looked at: each of them may be led astray by a kink.
_MOST = 8
_BLOCKS = 8


def drifts(
    step: Step,
    states: Float[np.ndarray, "orbit state"],
    watched: Float[np.ndarray, "orbit time state"],
    *,
    creeps: bool,
) -> bool:
    """Whether orbits that go straight on have no fixed point: Newton's method leads away from all `states` for good.

    As x' = x - 1/x far out. That they do is known where they creep, else seen of the second half of `watched`. Those of
    an angle that turns do not, those of a place of which none is special do.
    """
    if not creeps and not _straight(watched[:, watched.shape[1] // 2 :]):
        return False
    winding = winding_of(step, watched[:, 0], states)
    if winding is not None and (winding.angles.any() or not creeps):
        return not winding.angles.any()
    with jax.enable_x64(True):
        early, late = _distances(step, jax.device_put(states[:_MOST]))
    return bool(np.all(np.asarray(late) > _GROWS * np.asarray(early)))


def _straight(states: Float[np.ndarray, "orbit time state"]) -> bool:
    """Whether each block of each orbit lies beyond the one before it, all in one direction."""
    if states.shape[1] < _BLOCKS:
        return False
    middles = [part.mean(axis=1) for part in np.array_split(states, _BLOCKS, axis=1)]
    moves = np.diff(np.stack(middles, axis=1), axis=1)
    return bool(np.all(np.einsum("obd,od->ob", moves, moves.sum(axis=1)) > 0))


@eqx.filter_jit
def _distances(
    step: Step, states: Float[Array, "orbit state"]
) -> tuple[Float[Array, " orbit"], Float[Array, " orbit"]]:
    """From states to where Newton's method for x = F(x) takes them early and late; infinite where that is no number."""
    identity = jnp.eye(states.shape[-1])

    def towards(_, state):
        return state + jnp.linalg.lstsq(jax.jacfwd(step)(state) - identity, state - step(state))[0]

    def distance(state, number):
        apart = jnp.linalg.norm(jax.lax.fori_loop(0, number, towards, state) - state)
        return jnp.where(jnp.isfinite(apart), apart, jnp.inf)

    return jax.lax.map(lambda state: (distance(state, _EARLY), distance(state, _LATE)), states)


def period_of(
    step: Step, states: Float[np.ndarray, "orbit state"], unwound: Callable[..., Any], longest: int
) -> int | None:
    """After how many steps the orbits from `states` are back, of those that are the fewest; None where none is.

    States are compared as `unwound` makes them. One that comes to a cycle ever more slowly passes more places than the
    cycle has, as it creeps.
    """
    with jax.enable_x64(True):
        along = unwound(np.asarray(_followed(step, jax.device_put(states), longest)))
    extent = np.linalg.norm(np.ptp(along, axis=1), axis=-1, keepdims=True)
    back = np.linalg.norm(along - unwound(states)[:, None], axis=-1) <= SAME * extent
    found = np.argmax(back, axis=1)[back.any(axis=1)] + 1
    return int(found.min()) if len(found) else None


@eqx.filter_jit
def _followed(
    step: Step, states: Float[Array, "orbit state"], num_steps: int
) -> Float[Array, "orbit time state"]:
    def advance(state, _):
        state = step(state)
        return state, state

    return jax.vmap(lambda state: jax.lax.scan(advance, state, None, num_steps)[1])(states)
