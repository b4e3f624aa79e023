"""Any model that can be stepped, as a network: its state, its step, what is seen of it, and how data start it."""

from collections.abc import Callable
from dataclasses import dataclass

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.attractors import AttractorSet
from rnnchaos.data import DataUnits, Scaling
from rnnchaos.diagnostics.spectra import attractors_of_network
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.diagnostics.yardstick import Yardstick
from rnnchaos.errors import ConfigError
from rnnchaos.models import AbstractCell, IdentityObservation, Network
from rnnchaos.models.base import HiddenSize
from rnnchaos.models.simulation import measured


class ForeignCell(AbstractCell):
    """A step function as a cell: its hidden units are the observations, in the truth's scaled units."""

    hidden_size: HiddenSize = eqx.field(static=True)
    size: int = eqx.field(static=True)
    rows: int = eqx.field(static=True)
    advance: Callable
    observe: Callable
    begin: Callable
    scaling: Scaling | None
    """Between the units of the model and those of the truth; None where they are the same."""

    @property
    def state_size(self) -> int:
        return self.size

    @property
    def history(self) -> int:
        return self.rows

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return self.advance(state)

    def hidden(self, state: Float[Array, " state"]) -> Float[Array, " hidden"]:
        seen = self.observe(state)
        return seen if self.scaling is None else (seen - self.scaling.mean) / self.scaling.scale

    def from_history(
        self, hidden: Float[Array, "history hidden"], shifts: Float[Array, "history shift"] | None = None
    ) -> Float[Array, " state"]:
        seen = hidden if self.scaling is None else hidden * self.scaling.scale + self.scaling.mean
        return self.begin(seen)


@dataclass(frozen=True)
class ForeignModel(TrainedNetwork):
    """A model that something else has made, as the network that its evaluation runs."""

    alone: Network | None = None
    """The model whose attractors count, where its evaluation carries more in its state."""

    def find_attractors(self) -> AttractorSet:
        """Those that its orbits end on."""
        network = self.network if self.alone is None else self.alone
        return attractors_of_network(network, self.dataset, self.settings, seed=self.seed)


def foreign_network(
    yardstick: Yardstick,
    step: Callable,
    *,
    state_size: int,
    observe: Callable,
    start: Callable,
    history: int = 1,
    scaled: bool = False,
    own: Scaling | None = None,
) -> Network:
    """A model as a network: `step` from state to state, `observe` from a state to the data.

    `start` makes a state of `history` rows of the data, the newest last. The data are in their own units, or with
    `scaled` in the truth's, or in those of a scaling of its `own`.
    """
    dimension, scaling = yardstick.dataset.dimension, yardstick.dataset.scaling
    if own is not None:
        scaling = Scaling((scaling.mean - own.mean) / own.scale, scaling.scale / own.scale)
    cell = ForeignCell(dimension, state_size, history, step, observe, start, None if scaled else scaling)
    return Network(cell, IdentityObservation(dimension, dimension))


def foreign_subject(yardstick: Yardstick, network: Network, alone: Network | None = None) -> ForeignModel:
    """What is measured of a model against a truth."""
    return ForeignModel(
        network,
        yardstick.dataset,
        yardstick.settings,
        yardstick.seed,
        lambda: yardstick.truth,
        foreign=True,
        alone=alone,
    )


def seen_by(yardstick: Yardstick, network: Network, units: DataUnits) -> TrainedNetwork:
    """A network that was trained on other data, or with another scaling, against this truth.

    Raises ConfigError where it has other axes, or other delays.
    """
    names = yardstick.axis_names
    if network.num_inputs:
        raise ConfigError(
            f"the network takes inputs ({network.num_inputs}), which only its own run has: judge it against that"
        )
    if len(units.axis_names) != len(names) or (units.delays, units.lag) != (yardstick.delays, yardstick.lag):
        own = f"{len(units.axis_names)} axes, {units.delays} delays {units.lag} steps apart"
        raise ConfigError(
            f"the network must see what the truth shows ({len(names)} axes, {yardstick.delays} delays "
            f"{yardstick.lag} steps apart), got {own}"
        )
    scaling, repeats, network = units.scaling, units.delays, measured(network)
    mean, scale = np.tile(scaling.mean, repeats), np.tile(scaling.scale, repeats)
    made = foreign_network(
        yardstick,
        network.step,
        state_size=network.state_size,
        observe=lambda state: network.observe(state) * scale + mean,
        start=lambda rows: network.start((rows - mean) / scale),
        history=network.history,
    )
    return foreign_subject(yardstick, made)
