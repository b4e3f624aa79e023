"""How a network is forced in training, and what else a protocol adds to the loss and to the data; one file each."""

from rnnchaos.protocols.adaptive import AdaptiveForcing
from rnnchaos.protocols.annealed_interval import AnnealedInterval
from rnnchaos.protocols.base import AbstractForcing
from rnnchaos.protocols.closed_form import ClosedForm
from rnnchaos.protocols.flossing import GradientFlossing
from rnnchaos.protocols.free import FreeRunning
from rnnchaos.protocols.generalized import GeneralizedForcing
from rnnchaos.protocols.input_noise import with_noise
from rnnchaos.protocols.manifold_attractor import ManifoldAttractor
from rnnchaos.protocols.random_interval import RandomInterval
from rnnchaos.protocols.regularization import Regularization
from rnnchaos.protocols.sparse import SparseForcing
from rnnchaos.protocols.teacher import TeacherForcing
from rnnchaos.protocols.truncated import TruncatedBackpropagation
from rnnchaos.protocols.windowed import Windowed

__all__ = [
    "AbstractForcing",
    "AdaptiveForcing",
    "AnnealedInterval",
    "ClosedForm",
    "FreeRunning",
    "GeneralizedForcing",
    "GradientFlossing",
    "ManifoldAttractor",
    "RandomInterval",
    "Regularization",
    "SparseForcing",
    "TeacherForcing",
    "TruncatedBackpropagation",
    "Windowed",
    "with_noise",
]
