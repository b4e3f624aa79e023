"""Dynamical systems with known equations: one file each."""

from rnnchaos.systems.base import AbstractFlow, AbstractMap, AbstractSystem, PublishedExponents
from rnnchaos.systems.henon import Henon
from rnnchaos.systems.lorenz63 import Lorenz63
from rnnchaos.systems.lorenz96 import Lorenz96
from rnnchaos.systems.rossler import Rossler
from rnnchaos.systems.two_cycle import TwoCycle

__all__ = [
    "AbstractFlow",
    "AbstractMap",
    "AbstractSystem",
    "Henon",
    "Lorenz63",
    "Lorenz96",
    "PublishedExponents",
    "Rossler",
    "TwoCycle",
]
