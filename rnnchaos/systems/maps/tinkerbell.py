"""A quadratic map of the plane."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractMap, PublishedExponents


class Tinkerbell(AbstractMap):
    """x' = x² - y² + ax + by, y' = 2xy + cx + dy (Nusse & Yorke 1994, Dynamics: Numerical Explorations)."""

    a: float = 0.9
    b: float = -0.6
    c: float = 2.0
    d: float = 0.5

    published: ClassVar = (
        PublishedExponents(
            {"a": 0.9, "b": -0.6, "c": 2.0, "d": 0.5},
            (0.1898, -0.5210),
            (0.0008, 0.0008),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([-0.72, -0.64], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y = state
        return jnp.stack([x**2 - y**2 + self.a * x + self.b * y, 2.0 * x * y + self.c * x + self.d * y])
