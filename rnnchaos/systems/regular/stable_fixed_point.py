"""A damped oscillator, which comes to rest."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.systems.base import AbstractFlow


class StableFixedPoint(AbstractFlow):
    """x' = -γx - ωy, y' = ωx - γy: a spiral into 0 (Strogatz 1994, Nonlinear Dynamics and Chaos, chapter 5).

    Both exponents are exactly -γ.
    """

    damping: float = 0.01
    frequency: float = 1.0
    dt: float = 0.1
    substeps: int = 4

    def __check_init__(self) -> None:
        if not self.damping > 0:
            raise ConfigError(f"dataset.damping must be above 0, where it comes to rest, got {self.damping}")

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 0.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y = state
        return jnp.stack([-self.damping * x - self.frequency * y, self.frequency * x - self.damping * y])
