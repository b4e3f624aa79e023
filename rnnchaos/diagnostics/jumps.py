"""Whether orbits of a flow pass jumps of its velocity, as dry friction and switches have, which no derivative shows."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.systems import AbstractFlow
from rnnchaos.tangent import Check, Grade

# Steps of each orbit that are looked at.
_STEPS = 1_000
# The line from each state to the next is halved so often, on the side on which the velocity changes more.
_HALVINGS = 48
# Of the velocity's size: what is left of a steep slope, or of a root, after so many halvings is far less.
_JUMPS = 1e-4


def jump_checks(flow: AbstractFlow, starts: Float[np.ndarray, "orbit state"]) -> list[Check]:
    """One that fails where orbits from `starts` pass a jump of the velocity; none where they do not.

    Neighbours come to a jump one after the other, and part or join in between: the tangent of an integration step has
    nothing of it (what it lacks is the saltation matrix; Leine & Nijmeijer 2004, Dynamics and Bifurcations of
    Non-Smooth Mechanical Systems, ch. 7). Jumps in time alone, as of a drive that is switched, are the same for all.
    """
    with jax.enable_x64(True):
        sizes, jumps = map(np.asarray, _jumps(flow, jax.device_put(starts)))
    figure = float(np.max(jumps) / max(float(np.sqrt(np.mean(np.square(sizes)))), np.finfo(float).tiny))
    if not figure > _JUMPS:
        return []
    meaning = (
        "largest jump of the velocity on the orbits, as a share of its size: neighbours part or join where they pass "
        "it, which the derivative of a step does not have, and these exponents do not hold"
    )
    return [Check("jumps", Grade.FAIL, figure, 0.0, meaning)]


@eqx.filter_jit
def _jumps(
    flow: AbstractFlow, starts: Float[Array, "orbit state"]
) -> tuple[Float[Array, "orbit step"], Float[Array, "orbit step"]]:
    """The size of the velocity at each step, and what it changes by on the shortest line across its largest change."""

    def across(state, after):
        def velocity(share):
            return flow.velocity(flow.displaced(state, share * (after - state)))

        def halve(_, ends):
            low, high = ends
            middle = (low + high) / 2
            below, at, above = velocity(low), velocity(middle), velocity(high)
            first = jnp.linalg.norm(at - below) >= jnp.linalg.norm(above - at)
            return jnp.where(first, low, middle), jnp.where(first, middle, high)

        low, high = jax.lax.fori_loop(0, _HALVINGS, halve, (0.0, 1.0))
        return jnp.linalg.norm(velocity(0.0)), jnp.linalg.norm(velocity(high) - velocity(low))

    def advance(state, _):
        after = flow.step(state)
        return after, across(state, after)

    return jax.vmap(lambda start: jax.lax.scan(advance, start, None, _STEPS)[1])(starts)
