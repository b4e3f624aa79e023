"""Free-running training: plain backpropagation through the whole window."""

from jaxtyping import Array, Float, Int

from rnnchaos.protocols.base import AbstractForcing


class FreeRunning(AbstractForcing):
    """No forcing after the start of the window: backpropagation through all of its steps."""

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
        return "not forced"
