"""The logistic map."""

import math
from typing import Annotated, ClassVar

import jax.numpy as jnp
from annotated_types import Gt, Le
from jaxtyping import Array, Float

from rnnchaos.setting import Reason
from rnnchaos.systems.base import AbstractMap, PublishedExponents


class Logistic(AbstractMap):
    """x' = rx(1 - x) (May 1976, Nature 261, 459). At r = 4 the exponent is exactly ln 2."""

    r: Annotated[float, Gt(0), Le(4), Reason("orbits escape beyond")] = 4.0
    """Chaotic from 3.57 on, but for windows."""

    published: ClassVar = (
        PublishedExponents({"r": 4.0}, (math.log(2),), (0.0,), "exact: conjugate to the tent map of slope 2"),
    )

    @property
    def dimension(self) -> int:
        return 1

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.3], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return self.r * state * (1.0 - state)
