"""Between the data in their own units and what a network sees of them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.dataset import Dataset
from rnnchaos.data.embedding import delay_embedding
from rnnchaos.data.preparation import Preparation
from rnnchaos.data.scaling import Scaling


class DataUnits(NamedTuple):
    """The observed axes in their own units, and how a network sees them: scaled, and with their delays."""

    scaling: Scaling
    """Of the observed axes, without delays."""
    axis_names: tuple[str, ...]
    delays: int
    """Values of each axis that the network sees at once."""
    lag: int
    """Steps between them."""
    input_names: tuple[str, ...] = ()
    input_scaling: Scaling | None = None
    """Of the inputs, where there are any."""

    @classmethod
    def of(cls, dataset: Dataset, preparation: Preparation) -> "DataUnits":
        """The units of a dataset that was prepared as `preparation` says."""
        delays, lag = preparation.embedding
        axes = dataset.dimension // delays
        scaling = Scaling(dataset.scaling.mean[:axes], dataset.scaling.scale[:axes])
        names = dataset.axis_names[:axes]
        return cls(scaling, names, delays, lag, dataset.input_names, dataset.input_scaling)

    def rows_for(self, history: int) -> int:
        """Rows of the data that `history` points, as the network sees them, are made of."""
        return history + (self.delays - 1) * self.lag

    def seen(self, rows: Float[np.ndarray, "time axis"]) -> Float[np.ndarray, "seen_time dimension"]:
        """Rows in the data's units as the network sees them."""
        return delay_embedding(self.scaling.apply(rows), dimension=self.delays, lag=self.lag)

    def observed(self, seen: Float[np.ndarray, "*time dimension"]) -> Float[np.ndarray, "*time axis"]:
        """What the network sees or says, in the data's units: of every axis the newest value."""
        return self.scaling.invert(seen[..., : len(self.axis_names)])
