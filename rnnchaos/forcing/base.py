"""What every teacher-forcing protocol decides: what replaces the latent state during training, and when."""

from abc import abstractmethod

import equinox as eqx
from jaxtyping import Array, Float, Int, PRNGKeyArray


class AbstractForcing(eqx.Module):
    """How a window x_0 … x_T is run in training.

    The state always starts from the data, z̃_0 = B⁺x_0. At every later step t < T the loss of step t has been
    taken, and `force` says from which state the network goes on. Array fields may change while training runs.
    """

    @abstractmethod
    def force(
        self, state: Float[Array, " state"], data_state: Float[Array, " state"], t: Int[Array, ""]
    ) -> Float[Array, " state"]:
        """The state z̃_t that replaces `state` at step t of the window, given `data_state` = B⁺x_t."""

    @abstractmethod
    def reset_interval(self, window: int) -> int | None:
        """Steps between resets of the whole state, or None where part of the state survives a forcing.

        A window that is wholly reset runs as independent segments of this length; otherwise step by step.
        """

    @property
    def uncounted(self) -> int:
        """Steps after each forcing, and after a window's start, whose errors are left out of the loss."""
        return 0

    def at_step(self, step: Int[Array, ""], *, key: PRNGKeyArray) -> "AbstractForcing":
        """The forcing of one optimiser step; forms that are drawn at random or annealed make theirs here."""
        return self
