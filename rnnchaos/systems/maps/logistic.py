"""The logistic map."""

import math
from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.systems.base import AbstractMap, PublishedExponents


class Logistic(AbstractMap):
    """x' = rx(1 - x) (May 1976, Nature 261, 459). At r = 4 the exponent is exactly ln 2."""

    r: float = 4.0

    published: ClassVar = (
        PublishedExponents({"r": 4.0}, (math.log(2),), (0.0,), "exact: conjugate to the tent map of slope 2"),
    )

    def __check_init__(self) -> None:
        if not 0 < self.r <= 4:
            raise ConfigError(
                f"dataset.r must be above 0 and at most 4, where orbits begin to escape, got {self.r}"
            )

    @property
    def dimension(self) -> int:
        return 1

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.3], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return self.r * state * (1.0 - state)
