"""An attractor of two to four scrolls."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class Dadras(AbstractFlow):
    """x' = y - px + qyz, y' = ry - xz + z, z' = cxy - ez (Dadras & Momeni 2009, Phys. Lett. A 373, 3637)."""

    p: float = 3.0
    q: float = 2.7
    r: float = 1.7
    c: float = 2.0
    e: float = 9.0
    dt: float = 0.02
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
                y - self.p * x + self.q * y * z,
                self.r * y - x * z + z,
                self.c * x * y - self.e * z,
            ]
        )
