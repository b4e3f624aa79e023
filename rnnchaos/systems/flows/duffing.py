"""Duffing's driven beam between two magnets."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import PublishedExponents
from rnnchaos.systems.flows.driven import AbstractDrivenOscillator


class Duffing(AbstractDrivenOscillator):
    """x'' = -δx' - αx - βx³ + A cos ωt (Duffing 1918; two wells: Moon & Holmes 1979, J. Sound Vib. 65, 275).

    The parameters are those of arXiv:2110.07238; the exponents are λ, 0 and -δ - λ.
    """

    damping: float = 0.1
    stiffness: float = -1.0
    """Linear part of the restoring force; below 0 there are two wells."""
    cubic: float = 1.0
    """Cubic part of the restoring force."""
    amplitude: float = 0.35
    """Of the drive."""
    frequency: float = 1.4
    """Of the drive, radians per time unit."""
    dt: float = 0.1773
    substeps: int = 4

    published: ClassVar = (
        PublishedExponents(
            {"damping": 0.25, "stiffness": -1.0, "cubic": 1.0, "amplitude": 0.4, "frequency": 1.0},
            (0.1571, 0.0, -0.4071),
            (0.0005, 0.0005, 0.0005),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.5, 0.0, 0.0], dtype=jnp.float64)

    def acceleration(
        self, x: Float[Array, ""], v: Float[Array, ""], phase: Float[Array, ""]
    ) -> Float[Array, ""]:
        force = self.stiffness * x + self.cubic * x**3
        return -self.damping * v - force + self.amplitude * jnp.cos(phase)
