"""Dynamical systems with known equations: a package for each family."""

from rnnchaos.systems.base import AbstractFlow, AbstractMap, AbstractSystem, PublishedExponents
from rnnchaos.systems.delay.base import AbstractDelay
from rnnchaos.systems.delay.mackey_glass import MackeyGlass
from rnnchaos.systems.equations import EquationsFlow, EquationsMap
from rnnchaos.systems.flows.aizawa import Aizawa
from rnnchaos.systems.flows.arneodo import Arneodo
from rnnchaos.systems.flows.chen import Chen
from rnnchaos.systems.flows.chua import Chua
from rnnchaos.systems.flows.coupled_lorenz import CoupledLorenz
from rnnchaos.systems.flows.dadras import Dadras
from rnnchaos.systems.flows.double_pendulum import DoublePendulum
from rnnchaos.systems.flows.driven import AbstractDrivenOscillator
from rnnchaos.systems.flows.driven_lorenz import DrivenLorenz
from rnnchaos.systems.flows.duffing import Duffing
from rnnchaos.systems.flows.forced_pendulum import ForcedPendulum
from rnnchaos.systems.flows.forced_van_der_pol import ForcedVanDerPol
from rnnchaos.systems.flows.halvorsen import Halvorsen
from rnnchaos.systems.flows.hamiltonian import AbstractHamiltonian
from rnnchaos.systems.flows.henon_heiles import HenonHeiles
from rnnchaos.systems.flows.hindmarsh_rose import HindmarshRose
from rnnchaos.systems.flows.hyper_rossler import HyperRossler
from rnnchaos.systems.flows.lorenz63 import Lorenz63
from rnnchaos.systems.flows.lorenz84 import Lorenz84
from rnnchaos.systems.flows.lorenz96 import Lorenz96
from rnnchaos.systems.flows.lu import Lu
from rnnchaos.systems.flows.nose_hoover import NoseHoover
from rnnchaos.systems.flows.rabinovich_fabrikant import RabinovichFabrikant
from rnnchaos.systems.flows.rossler import Rossler
from rnnchaos.systems.flows.rucklidge import Rucklidge
from rnnchaos.systems.flows.sprott import Sprott
from rnnchaos.systems.flows.thomas import Thomas
from rnnchaos.systems.maps.baker import Baker
from rnnchaos.systems.maps.cat_map import CatMap
from rnnchaos.systems.maps.coupled_map_lattice import CoupledMapLattice
from rnnchaos.systems.maps.generalised_henon import GeneralisedHenon
from rnnchaos.systems.maps.henon import Henon
from rnnchaos.systems.maps.ikeda import Ikeda
from rnnchaos.systems.maps.logistic import Logistic
from rnnchaos.systems.maps.lozi import Lozi
from rnnchaos.systems.maps.standard_map import StandardMap
from rnnchaos.systems.maps.tent import Tent
from rnnchaos.systems.maps.tinkerbell import Tinkerbell
from rnnchaos.systems.reference import Reference, reference, settings_of
from rnnchaos.systems.regular.limit_cycle import LimitCycle
from rnnchaos.systems.regular.stable_fixed_point import StableFixedPoint
from rnnchaos.systems.regular.torus import Torus
from rnnchaos.systems.regular.two_cycle import TwoCycle
from rnnchaos.systems.spatial.kuramoto_sivashinsky import KuramotoSivashinsky

__all__ = [
    "AbstractDelay",
    "AbstractDrivenOscillator",
    "AbstractFlow",
    "AbstractHamiltonian",
    "AbstractMap",
    "AbstractSystem",
    "Aizawa",
    "Arneodo",
    "Baker",
    "CatMap",
    "Chen",
    "Chua",
    "CoupledLorenz",
    "CoupledMapLattice",
    "Dadras",
    "DoublePendulum",
    "DrivenLorenz",
    "Duffing",
    "EquationsFlow",
    "EquationsMap",
    "ForcedPendulum",
    "ForcedVanDerPol",
    "GeneralisedHenon",
    "Halvorsen",
    "Henon",
    "HenonHeiles",
    "HindmarshRose",
    "HyperRossler",
    "Ikeda",
    "KuramotoSivashinsky",
    "LimitCycle",
    "Logistic",
    "Lorenz63",
    "Lorenz84",
    "Lorenz96",
    "Lozi",
    "Lu",
    "MackeyGlass",
    "NoseHoover",
    "PublishedExponents",
    "RabinovichFabrikant",
    "Reference",
    "Rossler",
    "Rucklidge",
    "Sprott",
    "StableFixedPoint",
    "StandardMap",
    "Tent",
    "Thomas",
    "Tinkerbell",
    "Torus",
    "TwoCycle",
    "reference",
    "settings_of",
]
