"""Sparse teacher forcing: the state is put back to the data every τ steps."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.forcing.base import AbstractForcing


class SparseForcing(AbstractForcing):
    """Reset z̃_t = B⁺x_t at t = 0, τ, 2τ, …; products of Jacobians then have at most τ factors.

    arXiv:2110.07238, section 4; the recommended interval is the predictability time τ = ln 2 / λ_max.
    """

    tau: int

    def __check_init__(self) -> None:
        if self.tau < 1:
            raise ConfigError(f"protocol.tau must be at least 1 step, got {self.tau}")

    def force(
        self, state: Float[Array, " state"], data_state: Float[Array, " state"], t: Int[Array, ""]
    ) -> Float[Array, " state"]:
        return jnp.where(t % self.tau == 0, data_state, state)

    def reset_interval(self, window: int) -> int:
        if self.tau > window:
            raise ConfigError(
                f"protocol.tau must be at most training.window = {window} steps, got {self.tau}; "
                "protocol=free trains without forcing"
            )
        return self.tau
