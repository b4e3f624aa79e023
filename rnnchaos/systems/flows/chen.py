"""Chen's attractor, dual to Lorenz's."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, PublishedExponents


class Chen(AbstractFlow):
    """x' = a(y - x), y' = (c - a)x - xz + cy, z' = xy - bz (Chen & Ueta 1999, Int. J. Bifurcation Chaos 9, 1465)."""

    a: float = 35.0
    b: float = 3.0
    c: float = 28.0
    dt: float = 0.005
    substeps: int = 4

    published: ClassVar = (
        PublishedExponents(
            {"a": 35.0, "b": 3.0, "c": 28.0},
            (2.027, 0.0, -12.027),
            (0.002, 0.002, 0.002),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([-10.0, 0.0, 37.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack(
            [
                self.a * (y - x),
                (self.c - self.a) * x - x * z + self.c * y,
                x * y - self.b * z,
            ]
        )
