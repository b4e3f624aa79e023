"""Dynamical systems with known equations: a package for each family."""

from rnnchaos.systems.base import AbstractFlow, AbstractMap, AbstractSystem, PublishedExponents
from rnnchaos.systems.delay.base import AbstractDelay
from rnnchaos.systems.delay.mackey_glass import MackeyGlass
from rnnchaos.systems.flows.chua import Chua
from rnnchaos.systems.flows.double_pendulum import DoublePendulum
from rnnchaos.systems.flows.driven import AbstractDrivenOscillator
from rnnchaos.systems.flows.duffing import Duffing
from rnnchaos.systems.flows.forced_pendulum import ForcedPendulum
from rnnchaos.systems.flows.forced_van_der_pol import ForcedVanDerPol
from rnnchaos.systems.flows.hamiltonian import AbstractHamiltonian
from rnnchaos.systems.flows.henon_heiles import HenonHeiles
from rnnchaos.systems.flows.lorenz63 import Lorenz63
from rnnchaos.systems.flows.lorenz96 import Lorenz96
from rnnchaos.systems.flows.nose_hoover import NoseHoover
from rnnchaos.systems.flows.rossler import Rossler
from rnnchaos.systems.maps.henon import Henon
from rnnchaos.systems.reference import Reference, reference, settings_of
from rnnchaos.systems.regular.two_cycle import TwoCycle
from rnnchaos.systems.spatial.kuramoto_sivashinsky import KuramotoSivashinsky

__all__ = [
    "AbstractDelay",
    "AbstractDrivenOscillator",
    "AbstractFlow",
    "AbstractHamiltonian",
    "AbstractMap",
    "AbstractSystem",
    "Chua",
    "DoublePendulum",
    "Duffing",
    "ForcedPendulum",
    "ForcedVanDerPol",
    "Henon",
    "HenonHeiles",
    "KuramotoSivashinsky",
    "Lorenz63",
    "Lorenz96",
    "MackeyGlass",
    "NoseHoover",
    "PublishedExponents",
    "Reference",
    "Rossler",
    "TwoCycle",
    "reference",
    "settings_of",
]
