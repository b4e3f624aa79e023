"""Equations as data: right-hand sides parsed and checked. Nothing of it is executed, and JAX is not imported."""

from rnnchaos.equations.description import Description, Kind
from rnnchaos.equations.expressions import TIME, EquationError, Expression, evaluate
from rnnchaos.equations.file import EquationsFile
from rnnchaos.equations.parser import parse
from rnnchaos.equations.periods import common_period

__all__ = [
    "Description",
    "EquationError",
    "EquationsFile",
    "Expression",
    "Kind",
    "TIME",
    "common_period",
    "evaluate",
    "parse",
]
