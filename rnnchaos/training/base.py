"""What a trainer is: whatever way there is from an untrained network to a trained one."""

from abc import abstractmethod
from typing import ClassVar

import equinox as eqx
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models import Network
from rnnchaos.protocols import TrainingSeries
from rnnchaos.training.state import StepRecord, TrainState


class AbstractTrainer(eqx.Module):
    """What turns an untrained network into a trained one, a compiled stretch at a time."""

    window: eqx.AbstractVar[int]
    """Predicted steps per window: a window holds window + 1 observations."""
    num_steps: eqx.AbstractVar[int]
    """Steps of the whole training."""
    steadier: ClassVar[str] = "a smaller optimizer.learning_rate or optimizer.clip_norm"
    """What keeps a training from diverging, by its settings, for advice."""

    @property
    @abstractmethod
    def interval(self) -> int:
        """Steps between two forcings; the window's length where nothing is forced."""

    @abstractmethod
    def describe(self) -> str:
        """What training does, in a few words."""

    def check(self, network: Network) -> None:
        """Raise SettingError where a network cannot be trained like this."""

    def numbers_of_step(self, network: Network, dimension: int) -> int:
        """How many numbers one step holds beside the state, about; of a network with that many observed dimensions."""
        return 0

    def bytes_of_jacobians(self, network: Network, number: int) -> int:
        """Of one step, where windows are run at all times at once, with numbers of so many bytes."""
        return 0

    @property
    def steps_in_a_row(self) -> int:
        """Steps of the network that one step of training takes one after the other."""
        return self.window

    @abstractmethod
    def init(self, network: Network, *, key: PRNGKeyArray) -> TrainState:
        """The state before the first step."""

    @abstractmethod
    def orbit(
        self,
        state: TrainState,
        window: Float[Array, "points dimension"],
        inputs: Float[Array, "points input"] | None = None,
    ) -> Float[Array, "steps state"]:
        """The states z_1 … z_T that one window x_0 … x_T passes through in training, before each is forced.

        `inputs`, of a driven network, are s_0 … s_T, of which s_0 acts on no step.
        """

    def as_data(self, network: Network) -> "AbstractTrainer":
        """The same with its numbers as arrays, as far as they say nothing of the shape of its program for `network`."""
        return self

    @abstractmethod
    def run(self, state: TrainState, series: TrainingSeries, num_steps: int) -> tuple[TrainState, StepRecord]:
        """Take `num_steps` steps. A state that diverged stays as it was before that step, marked `diverged`."""
