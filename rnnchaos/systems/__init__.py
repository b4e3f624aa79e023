"""Dynamical systems with known equations: a package for each family."""

from rnnchaos.systems.base import AbstractFlow, AbstractMap, AbstractSystem, PublishedExponents
from rnnchaos.systems.flows.lorenz63 import Lorenz63
from rnnchaos.systems.flows.lorenz96 import Lorenz96
from rnnchaos.systems.flows.rossler import Rossler
from rnnchaos.systems.maps.henon import Henon
from rnnchaos.systems.regular.two_cycle import TwoCycle

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
