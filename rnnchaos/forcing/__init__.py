"""Teacher-forcing protocols, one file each."""

from rnnchaos.forcing.base import AbstractForcing
from rnnchaos.forcing.free import FreeRunning
from rnnchaos.forcing.sparse import SparseForcing
from rnnchaos.forcing.teacher import TeacherForcing

__all__ = ["AbstractForcing", "FreeRunning", "SparseForcing", "TeacherForcing"]
