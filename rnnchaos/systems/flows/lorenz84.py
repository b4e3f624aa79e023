"""Lorenz's model of the westerly winds."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class Lorenz84(AbstractFlow):
    """x' = -y² - z² - ax + aF, y' = xy - bxz - y + G, z' = bxy + xz - z (Lorenz 1984, Tellus A 36, 98)."""

    a: float = 0.25
    """Damping of the westerly wind over that of the waves."""
    b: float = 4.0
    """By how much the wind displaces the waves."""
    forcing: float = 8.0
    """F: contrast of temperature between pole and equator."""
    contrast: float = 1.0
    """G: contrast between land and sea."""
    dt: float = 0.04
    substeps: int = 4

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 1.0, 1.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack(
            [
                -(y**2) - z**2 - self.a * (x - self.forcing),
                x * y - self.b * x * z - y + self.contrast,
                self.b * x * y + x * z - z,
            ]
        )
