"""Rössler's flow with two expanding directions."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class HyperRossler(AbstractFlow):
    """x' = -y - z, y' = x + ay + w, z' = b + xz, w' = -cz + dw (Rössler 1979, Phys. Lett. A 71, 155)."""

    a: float = 0.25
    """Growth of the first oscillation."""
    b: float = 3.0
    c: float = 0.5
    d: float = 0.05
    """Growth of w."""
    dt: float = 0.05
    substeps: int = 32

    axes: ClassVar = ("x", "y", "z", "w")

    @property
    def dimension(self) -> int:
        return 4

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([-20.0, 0.0, 0.0, 15.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z, w = state
        return jnp.stack(
            [
                -y - z,
                x + self.a * y + w,
                self.b + x * z,
                -self.c * z + self.d * w,
            ]
        )
