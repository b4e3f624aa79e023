"""Truncated backpropagation through time."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.protocols.base import AbstractForcing


class TruncatedBackpropagation(AbstractForcing):
    """The state runs on freely, but no gradient flows back across t = k, 2k, … (Williams & Peng 1990).

    A window cannot run as segments: each one starts from where the one before it ended.
    """

    length: int
    """k, in steps."""

    def __check_init__(self) -> None:
        if self.length < 1:
            raise ConfigError(f"protocol.length must be at least 1 step, got {self.length}")

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        return jnp.where(t % self.length == 0, jax.lax.stop_gradient(state), state)

    def reset_interval(self, window: int) -> None:
        return None

    def describe(self) -> str:
        return f"not forced, gradients cut every {self.length} steps"
