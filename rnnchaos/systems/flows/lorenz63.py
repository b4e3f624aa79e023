"""Lorenz's three-mode convection."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, PublishedExponents


class Lorenz63(AbstractFlow):
    """x' = σ(y - x), y' = x(ρ - z) - y, z' = xy - βz (Lorenz 1963, J. Atmos. Sci. 20, 130)."""

    sigma: float = 10.0
    """Prandtl number."""
    rho: float = 28.0
    """Rayleigh number over its critical value."""
    beta: float = 8 / 3
    """Aspect ratio, 8/3."""
    dt: float = 0.01
    substeps: int = 2

    published: ClassVar = (
        PublishedExponents(
            {"sigma": 10.0, "rho": 28.0, "beta": 8 / 3},
            (0.9056, 0.0, -14.5723),
            (0.0003, 0.0003, 0.0003),
            "Viswanath (1998); Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 1.0, self.rho - 1.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack([self.sigma * (y - x), x * (self.rho - z) - y, x * y - self.beta * z])
