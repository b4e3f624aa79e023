"""Sparse teacher forcing: the state is put back to the data every τ steps."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.forcing.base import AbstractForcing


class SparseForcing(AbstractForcing):
    """Reset z̃_t = B⁺x_t at t = 0, τ, 2τ, …; products of Jacobians then have at most τ factors.

    arXiv:2110.07238, section 4; the recommended interval is the predictability time τ = ln 2 / λ_max.
    What a state holds beside its observed part is lost at a forcing (an LSTM's memory starts from 0), and the first
    predictions after it cannot be good. The errors of the first `washout` steps therefore need not count; the last step
    before the next forcing always does.
    """

    tau: int
    washout: int = 0

    def __check_init__(self) -> None:
        if self.tau < 1:
            raise ConfigError(f"protocol.tau must be at least 1 step, got {self.tau}")
        if self.washout < 0:
            raise ConfigError(f"protocol.washout must be at least 0 steps, got {self.washout}")

    @property
    def uncounted(self) -> int:
        return min(self.washout, self.tau - 1)

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
