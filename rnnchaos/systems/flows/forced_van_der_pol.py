"""Van der Pol's self-excited circuit under a periodic drive, the first in which irregular noise was heard."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import PublishedExponents
from rnnchaos.systems.flows.driven import AbstractDrivenOscillator


class ForcedVanDerPol(AbstractDrivenOscillator):
    """x'' = μ(1 - x²)x' - x + A cos ωt (van der Pol & van der Mark 1927, Nature 120, 363)."""

    mu: float = 3.0
    """Strength of the nonlinear damping."""
    amplitude: float = 5.0
    """Of the drive."""
    frequency: float = 1.788
    """Of the drive, radians per time unit."""
    dt: float = 0.05
    substeps: int = 4

    published: ClassVar = (
        PublishedExponents(
            {"mu": 3.0, "amplitude": 5.0, "frequency": 1.788},
            (0.1932, 0.0, -2.0614),
            (0.0005, 0.0005, 0.0005),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([-1.9, 0.0, 0.0], dtype=jnp.float64)

    def acceleration(
        self, x: Float[Array, ""], v: Float[Array, ""], phase: Float[Array, ""]
    ) -> Float[Array, ""]:
        return self.mu * (1.0 - x**2) * v - x + self.amplitude * jnp.cos(phase)
