"""No gradient descent: the trained part of the network is found by linear regression."""

from jaxtyping import Array, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.protocols.base import AbstractForcing


class ClosedForm(AbstractForcing):
    """Ridge regression on one-step predictions while the network hears the data, for networks made for it."""

    ridge: float
    """Weight of the squared readout in the mean squared error, for data scaled as the dataset says."""

    def __check_init__(self) -> None:
        if not self.ridge >= 0:
            raise ConfigError(f"protocol.ridge must be at least 0, got {self.ridge:g}")

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        return data_state

    def reset_interval(self, window: int) -> int:
        return 1

    def describe(self) -> str:
        return "fitted in closed form"
