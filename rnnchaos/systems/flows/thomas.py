"""Thomas's cyclically symmetric attractor."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, PublishedExponents


class Thomas(AbstractFlow):
    """x' = sin y - bx, y' = sin z - by, z' = sin x - bz (Thomas 1999, Int. J. Bifurcation Chaos 9, 1889)."""

    b: float = 0.18
    """Damping; chaotic below 0.2082."""
    dt: float = 0.2
    substeps: int = 4

    published: ClassVar = (
        PublishedExponents(
            {"b": 0.18},
            (0.0349, 0.0, -0.5749),
            (0.0005, 0.0005, 0.0005),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 0.0, 0.5], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return jnp.sin(jnp.roll(state, -1)) - self.b * state
