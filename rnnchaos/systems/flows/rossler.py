"""Rössler's band attractor."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, PublishedExponents


class Rossler(AbstractFlow):
    """x' = -y - z, y' = x + ay, z' = b + z(x - c) (Rössler 1976, Phys. Lett. A 57, 397)."""

    a: float = 0.15
    b: float = 0.2
    c: float = 10.0
    dt: float = 0.1
    substeps: int = 16

    published: ClassVar = (
        PublishedExponents(
            {"a": 0.2, "b": 0.2, "c": 5.7},
            (0.0716, 0.0, -5.3945),
            (0.0002, 0.0002, 0.0002),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 1.0, 1.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack([-y - z, x + self.a * y, self.b + z * (x - self.c)])
