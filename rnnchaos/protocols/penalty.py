"""What every penalty is: a term added to the loss, and when."""

from abc import abstractmethod

import equinox as eqx
from jaxtyping import Array, Bool, Float, Int

from rnnchaos.models import Network
from rnnchaos.setting import check_fields


class AbstractPenalty(eqx.Module):
    """A term of the network's weights that is added to the loss; it is left out where its strength is 0."""

    strength: eqx.AbstractVar[float]
    """The factor before it."""

    def __check_init__(self) -> None:
        check_fields(self)

    @abstractmethod
    def describe(self) -> str:
        """What it is called."""

    @abstractmethod
    def penalty(
        self,
        network: Network,
        windows: Float[Array, "batch time dimension"],
        inputs: Float[Array, "batch time input"] | None = None,
    ) -> Float[Array, ""]:
        """The term, its strength included, for the batch of one optimiser step, with the inputs of a driven network."""

    def check(self, network: Network, *, window: int) -> None:
        """Raise SettingError for a network, or windows of so many steps, on which it is not defined."""

    def alone(self, step: Int[Array, ""]) -> Bool[Array, ""] | bool:
        """Whether an optimiser step sees this penalty and not the loss."""
        return False

    def due(self, step: Int[Array, ""]) -> Bool[Array, ""] | bool:
        """Whether an optimiser step sees this penalty."""
        return True
