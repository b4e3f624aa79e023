"""Lü and Chen's attractor, between Lorenz's and Chen's."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class Lu(AbstractFlow):
    """x' = a(y - x), y' = -xz + cy, z' = xy - bz (Lü & Chen 2002, Int. J. Bifurcation Chaos 12, 659)."""

    a: float = 36.0
    b: float = 3.0
    c: float = 20.0
    dt: float = 0.01
    substeps: int = 8

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([5.0, 5.0, 15.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack(
            [
                self.a * (y - x),
                -x * z + self.c * y,
                x * y - self.b * z,
            ]
        )
