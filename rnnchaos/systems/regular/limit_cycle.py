"""An oscillation of an amplitude of its own."""

from typing import Annotated

import jax.numpy as jnp
from annotated_types import Gt
from jaxtyping import Array, Float

from rnnchaos.setting import Reason
from rnnchaos.systems.base import AbstractFlow


class LimitCycle(AbstractFlow):
    """x' = (μ - r²)x - ωy, y' = ωx + (μ - r²)y, r² = x² + y²: a stable circle of radius √μ.

    Stuart (1960), J. Fluid Mech. 9, 353. The exponents are exactly 0 and -2μ.
    """

    mu: Annotated[float, Gt(0), Reason("below it there is no cycle")] = 0.5
    """Squared radius of the cycle."""
    frequency: float = 1.0
    dt: float = 0.1
    substeps: int = 4

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([jnp.sqrt(self.mu), 0.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return limit_cycle_velocity(state, self.mu, self.frequency)


def limit_cycle_velocity(state: Float[Array, " 2"], mu: float, frequency: float) -> Float[Array, " 2"]:
    """The normal form of an oscillation that sets in at μ = 0."""
    x, y = state
    growth = mu - x**2 - y**2
    return jnp.stack([growth * x - frequency * y, frequency * x + growth * y])
