"""Hénon's map in three dimensions, with two expanding directions."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractMap, PublishedExponents


class GeneralisedHenon(AbstractMap):
    """x' = a - y² - bz, y' = x, z' = y (Baier & Klein 1990, Phys. Lett. A 151, 281)."""

    a: float = 1.76
    b: float = 0.1
    """By how much a step shrinks volume."""

    published: ClassVar = (
        PublishedExponents(
            {"a": 1.9, "b": 0.03},
            (0.276, 0.257, -4.04),
            (0.001, 0.001, 0.002),
            "Baier & Klein (1990), Phys. Lett. A 151, 281",
        ),
    )

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 0.1, 0.0], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack([self.a - y**2 - self.b * z, x, y])

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.log(jnp.abs(jnp.asarray(self.b, dtype=state.dtype)))
