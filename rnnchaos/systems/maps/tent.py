"""The tent map."""

import math
from typing import Annotated, ClassVar

import jax.numpy as jnp
from annotated_types import Gt, Lt
from jaxtyping import Array, Float

from rnnchaos.setting import Reason
from rnnchaos.systems.base import AbstractMap, PublishedExponents

_SLOPE = 1.9


class Tent(AbstractMap):
    """x' = μ min(x, 1 - x) (Collet & Eckmann 1980, Iterated Maps on the Interval). The exponent is exactly ln μ.

    At μ = 2 every float64 orbit is at 0 after 53 steps, which shift its binary digits out.
    """

    mu: Annotated[float, Gt(1), Lt(2), Reason("float64 orbits collapse onto 0 at 2, not at 1.999")] = _SLOPE
    """Slope."""

    published: ClassVar = (PublishedExponents({"mu": _SLOPE}, (math.log(_SLOPE),), (0.0,), "exact"),)

    @property
    def dimension(self) -> int:
        return 1

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.3], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return self.mu * jnp.minimum(state, 1.0 - state)

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.log(jnp.asarray(self.mu, dtype=state.dtype))
