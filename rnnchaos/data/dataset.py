"""What training and evaluation use: scaled series, and what is known of them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.off_attractor import OffAttractor
from rnnchaos.data.scaling import Scaling
from rnnchaos.data.told import Recorded
from rnnchaos.pieces import Pieces


class AllAxes(NamedTuple):
    """All axes of a system of which some are observed, each scaled as the observed ones are; float64."""

    test: Float[np.ndarray, "time axis"]
    second_test: Float[np.ndarray, "time axis"]


class Dataset(NamedTuple):
    """Scaled series, float64. Exponents and times are in the source's time units."""

    train: Pieces
    """On the attractor: what everything but training itself sees of what is trained on."""
    test: Pieces
    second_test: Pieces
    """Another stretch of the truth, by which the floor of every metric is measured."""
    validation: Pieces
    """A stretch of its own, on which a training run chooses among its weights."""
    scaling: Scaling
    time_per_step: float
    axis_names: tuple[str, ...]
    continuous: bool
    """Whether successive points lie on a curve, as a flow's do and a map's do not."""
    all_axes: AllAxes | None = None
    """The test series with their hidden axes; None where there are none, or where hidden axes are embedded instead."""
    input_names: tuple[str, ...] = ()
    """What drives the dynamics, where the series have inputs."""
    input_scaling: Scaling | None = None
    """Of the inputs."""
    flow: bool = False
    """Whether the source is a flow that is known, or declared, to be one, in motion: one of its exponents is 0."""
    recorded: Recorded | None = None
    """Of measured series, the pieces that were read, and how they were split."""
    off_attractor: OffAttractor | None = None
    """What is trained on beside `train`, scaled as that is, and serves nothing else."""

    @property
    def dimension(self) -> int:
        """Observed dimensions, after embedding."""
        return self.train.dimension
