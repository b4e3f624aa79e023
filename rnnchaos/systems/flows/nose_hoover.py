"""Nosé and Hoover's oscillator in a heat bath."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, PublishedExponents


class NoseHoover(AbstractFlow):
    """x' = y, y' = -x - zy, z' = α(y² - 1) (Hoover 1985, Phys. Rev. A 31, 1695; with α = 1, Sprott's case A).

    Volume grows and shrinks by turns but is conserved in the mean, so the exponents are λ, 0 and -λ. There are no
    attractors: the orbit from `initial_state` fills a chaotic sea, others lie on tori.
    """

    coupling: float = 1.0
    """To the heat bath."""
    dt: float = 0.1
    substeps: int = 4

    published: ClassVar = (
        PublishedExponents(
            {"coupling": 1.0},
            (0.0139, 0.0, -0.0139),
            (0.0003, 0.0003, 0.0003),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.0, 5.0, 0.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack([y, -x - z * y, self.coupling * (y**2 - 1.0)])
