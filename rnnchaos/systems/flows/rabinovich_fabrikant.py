"""Waves in a plasma that is not in equilibrium."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, PublishedExponents


class RabinovichFabrikant(AbstractFlow):
    """x' = y(z - 1 + x²) + γx, y' = x(3z + 1 - x²) + γy, z' = -2z(α + xy).

    Rabinovich & Fabrikant (1979), Sov. Phys. JETP 50, 311. From many states orbits escape or come to rest.
    """

    gamma: float = 0.87
    alpha: float = 1.1
    dt: float = 0.02
    substeps: int = 8

    published: ClassVar = (
        PublishedExponents(
            {"gamma": 0.87, "alpha": 1.1},
            (0.1981, 0.0, -0.6581),
            (0.0015, 0.0015, 0.0015),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([-1.0, 0.0, 0.5], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack(
            [
                y * (z - 1.0 + x**2) + self.gamma * x,
                x * (3.0 * z + 1.0 - x**2) + self.gamma * y,
                -2.0 * z * (self.alpha + x * y),
            ]
        )
