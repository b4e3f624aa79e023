"""Halvorsen's cyclically symmetric attractor."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, PublishedExponents


class Halvorsen(AbstractFlow):
    """x' = -ax - 4y - 4z - y², and cyclically (Sprott 2003, Chaos and Time-Series Analysis, section 4.7)."""

    a: float = 1.27
    """Damping."""
    dt: float = 0.01
    substeps: int = 2

    published: ClassVar = (
        PublishedExponents(
            {"a": 1.27},
            (0.7899, 0.0, -4.5999),
            (0.0008, 0.0008, 0.0008),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([-5.0, 0.0, 0.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        y, z = jnp.roll(state, -1), jnp.roll(state, -2)
        return -self.a * state - 4.0 * (y + z) - y**2
