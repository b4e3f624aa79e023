"""Teacher-forcing protocols, one file each."""

from rnnchaos.forcing.adaptive import AdaptiveForcing
from rnnchaos.forcing.annealed_interval import AnnealedInterval
from rnnchaos.forcing.base import AbstractForcing
from rnnchaos.forcing.closed_form import ClosedForm
from rnnchaos.forcing.free import FreeRunning
from rnnchaos.forcing.generalized import GeneralizedForcing
from rnnchaos.forcing.random_interval import RandomInterval
from rnnchaos.forcing.sparse import SparseForcing
from rnnchaos.forcing.teacher import TeacherForcing
from rnnchaos.forcing.truncated import TruncatedBackpropagation
from rnnchaos.forcing.windowed import Windowed

__all__ = [
    "AbstractForcing",
    "AdaptiveForcing",
    "AnnealedInterval",
    "ClosedForm",
    "FreeRunning",
    "GeneralizedForcing",
    "RandomInterval",
    "SparseForcing",
    "TeacherForcing",
    "TruncatedBackpropagation",
    "Windowed",
]
