"""A spiral attractor of a cubic oscillator of third order."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class Arneodo(AbstractFlow):
    """x' = y, y' = z, z' = -ax - by - cz + dx³ (Arneodo, Coullet & Tresser 1980, Phys. Lett. A 79, 259)."""

    a: float = -5.5
    b: float = 3.5
    c: float = 1.0
    """Damping."""
    d: float = -1.0
    dt: float = 0.1
    substeps: int = 8

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.2, 0.2, -0.75], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack(
            [
                y,
                z,
                -self.a * x - self.b * y - self.c * z + self.d * x**3,
            ]
        )
