"""How a network is forced in training, and what else a protocol adds to the loss and to the data."""

from rnnchaos.protocols.base import AbstractForcing, AbstractProtocol
from rnnchaos.protocols.choices import (
    AdaptiveForcing,
    AnnealedInterval,
    ComposedForcing,
    FreeRunning,
    GeneralizedForcing,
    RandomInterval,
    SparseForcing,
    TeacherForcing,
    TruncatedBackpropagation,
    Windowed,
)
from rnnchaos.protocols.flossing import GradientFlossing
from rnnchaos.protocols.forcing import Forcing as Forcing  # no config names it: its numbers may be schedules
from rnnchaos.protocols.invariant_measure import InvariantMeasure
from rnnchaos.protocols.jacobian_matching import JacobianMatching
from rnnchaos.protocols.manifold_attractor import ManifoldAttractor
from rnnchaos.protocols.penalty import AbstractPenalty, Batch
from rnnchaos.protocols.regularization import Regularization
from rnnchaos.protocols.schedules import AbstractSchedule, Around, Exponential, Following, Linear, as_data
from rnnchaos.protocols.windows import TrainingSeries, Windows, draw_windows

__all__ = [
    "AbstractForcing",
    "AbstractPenalty",
    "AbstractProtocol",
    "AbstractSchedule",
    "AdaptiveForcing",
    "AnnealedInterval",
    "Around",
    "Batch",
    "ComposedForcing",
    "Exponential",
    "Following",
    "FreeRunning",
    "GeneralizedForcing",
    "GradientFlossing",
    "InvariantMeasure",
    "JacobianMatching",
    "Linear",
    "ManifoldAttractor",
    "RandomInterval",
    "Regularization",
    "SparseForcing",
    "TeacherForcing",
    "TrainingSeries",
    "TruncatedBackpropagation",
    "Windowed",
    "as_data",
    "Windows",
    "draw_windows",
]
