"""A damped oscillator, which comes to rest."""

from typing import Annotated

import jax.numpy as jnp
from annotated_types import Gt
from jaxtyping import Array, Float

from rnnchaos.setting import Reason
from rnnchaos.systems.base import AbstractFlow


class StableFixedPoint(AbstractFlow):
    """x' = -γx - ωy, y' = ωx - γy: a spiral into 0 (Strogatz 1994, Nonlinear Dynamics and Chaos, chapter 5).

    Both exponents are exactly -γ.
    """

    damping: Annotated[float, Gt(0), Reason("without it nothing comes to rest")] = 0.01
    frequency: float = 1.0
    dt: float = 0.1
    substeps: int = 4

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 0.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y = state
        return jnp.stack([-self.damping * x - self.frequency * y, self.frequency * x - self.damping * y])
