"""What every penalty is: a term added to the loss, and when."""

from abc import abstractmethod
from typing import NamedTuple

import equinox as eqx
import jax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from rnnchaos.models import Network
from rnnchaos.protocols.schedules import as_data
from rnnchaos.protocols.windows import TrainingSeries, Windows
from rnnchaos.setting import check_fields


class Batch(NamedTuple):
    """What a penalty sees of one optimiser step."""

    windows: Windows
    """Those of the loss."""
    series: TrainingSeries
    """What they were drawn from."""
    key: PRNGKeyArray
    """For what the penalty draws itself; of this step and this penalty alone."""


class AbstractPenalty(eqx.Module):
    """A term of the network's weights that is added to the loss; it is left out where its strength is 0."""

    strength: eqx.AbstractVar[float]
    """The factor before it."""

    def __check_init__(self) -> None:
        check_fields(self)

    @property
    def is_there(self) -> bool:
        """Whether it has any strength; as data it is never 0."""
        return isinstance(self.strength, jax.Array) or self.strength > 0

    def as_data(self) -> "AbstractPenalty":
        """The same with its strength as data of the program; a penalty that is not there stays as it is."""
        if not self.is_there:
            return self
        return eqx.tree_at(lambda penalty: penalty.strength, self, as_data(self.strength))

    @abstractmethod
    def describe(self) -> str:
        """What it is called."""

    @abstractmethod
    def penalty(self, network: Network, batch: Batch) -> Float[Array, ""]:
        """The term, its strength included, in the precision of the batch."""

    def check(self, network: Network, *, window: int) -> None:
        """Raise SettingError for a network, or windows of so many steps, on which it is not defined."""

    def numbers(self, network: Network, dimension: int) -> int:
        """How many numbers its gradient keeps, about, on a network of so many observed dimensions."""
        return 0

    @property
    def uses_equations(self) -> bool:
        """Whether it knows more than data: the equations behind them."""
        return False

    def alone(self, step: Int[Array, ""]) -> Bool[Array, ""] | bool:
        """Whether an optimiser step sees this penalty and not the loss."""
        return False

    def due(self, step: Int[Array, ""]) -> Bool[Array, ""] | bool:
        """Whether an optimiser step sees this penalty."""
        return True
