"""What a protocol decides: what replaces the latent state during training, and when."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, Shaped

from rnnchaos.setting import check_fields


class AbstractProtocol(eqx.Module):
    """What a config names: settings, which are the fields, checked against their declared bounds, for a forcing."""

    def __check_init__(self) -> None:
        check_fields(self)

    @abstractmethod
    def forcing(self) -> "AbstractForcing":
        """How windows are run in training."""


class AbstractForcing(AbstractProtocol):
    """How a window x_0 … x_T is run in training.

    The state starts from the data, z̃_0 = B⁺x_0, unless `start` says otherwise. At every later step t < T the loss of
    step t has been taken, and `force` says from which state the network goes on.
    """

    @abstractmethod
    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        """The state z̃_t that replaces `state` = z_t at step t of the window.

        `data_state` is B⁺x_t, and `seen_state` is B⁺B z_t: what the network's own observation would put there.
        """

    @abstractmethod
    def reset_interval(self, window: int) -> int | None:
        """Steps between resets of the whole state, or None where part of the state survives a forcing.

        A window that is wholly reset runs as independent segments of this length; otherwise step by step. Raises
        SettingError for a window that it does not fit.
        """

    @property
    def blends(self) -> bool:
        """Whether a forced state keeps a share of itself, as in generalised teacher forcing."""
        return False

    @abstractmethod
    def describe(self) -> str:
        """How the network is forced, in a few words."""

    def forcing(self) -> "AbstractForcing":
        return self

    def as_data(self, *, interval: bool) -> "AbstractForcing":
        """The same with numbers as arrays, where that changes nothing but how many trainings share a program.

        With `interval` that between resets, too, which the length of segments goes by. What is an array has to be
        told from a number that says of what kind the forcing is. By default nothing is.
        """
        return self

    def interval(self, window: int) -> int:
        """Steps between forcings, for diagnostics; the window's length where nothing is forced after its start."""
        return self.reset_interval(window) or window

    def uncut(self) -> "AbstractForcing":
        """What puts the same states with all their derivatives, of a forcing that cuts gradients on purpose."""
        return self

    def start(self, data_state: Float[Array, " state"]) -> Float[Array, " state"]:
        """The state z̃_0 at the beginning of a window or of a segment."""
        return data_state

    def counts(self, t: Int[Array, " time"]) -> Bool[Array, " time"]:
        """Whether the error of the prediction from step t to t + 1 counts in the loss."""
        return jnp.ones_like(t, dtype=bool)

    def at_step(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> "AbstractForcing":
        """The forcing of one optimiser step, `progress` being the share of training that is done (0 to 1).

        What is drawn at random or annealed has its value from here.
        """
        return self

    @property
    def adapts_every(self) -> int | Int[Array, ""] | None:
        """Optimiser steps between calls of `adapt`, or None for a forcing that does not depend on the network."""
        return None

    def adapt(self, sigma_max: Float[Array, ""]) -> "AbstractForcing":
        """The forcing that training goes on with, `sigma_max` being how much a step's Jacobian stretches at most."""
        return self

    def trace(self) -> dict[str, Shaped[Array, ""]]:
        """What of this forcing changes while training runs, for the history."""
        return {}

    def as_traced(self, values: Mapping[str, Any]) -> "AbstractForcing":
        """The forcing as it was when `trace` gave these values, as far as they say."""
        return self
