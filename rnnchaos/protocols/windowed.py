"""Windowing: every window starts from the state 0."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from rnnchaos.protocols.base import AbstractForcing


class Windowed(AbstractForcing):
    """Free-running windows from z_0 = 0, so that the network hears nothing of the data (arXiv:2110.07238, appendix)."""

    def start(self, data_state: Float[Array, " state"]) -> Float[Array, " state"]:
        return jnp.zeros_like(data_state)

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        return state

    def reset_interval(self, window: int) -> int:
        return window

    def describe(self) -> str:
        return "not forced, from the state 0"
