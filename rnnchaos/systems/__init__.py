"""Dynamical systems with known equations: a package for each family. Each is imported when it is first asked for."""

from typing import TYPE_CHECKING

from rnnchaos.lazy import lazily
from rnnchaos.systems.base import AbstractFlow, AbstractMap, AbstractSystem, PublishedExponents
from rnnchaos.systems.reference import Reference, reference, settings_of

if TYPE_CHECKING:
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
    from rnnchaos.systems.regular.limit_cycle import LimitCycle
    from rnnchaos.systems.regular.stable_fixed_point import StableFixedPoint
    from rnnchaos.systems.regular.torus import Torus
    from rnnchaos.systems.regular.two_cycle import TwoCycle
    from rnnchaos.systems.spatial.kuramoto_sivashinsky import KuramotoSivashinsky

_LAZY = {
    "AbstractDelay": "rnnchaos.systems.delay.base",
    "MackeyGlass": "rnnchaos.systems.delay.mackey_glass",
    "EquationsFlow": "rnnchaos.systems.equations",
    "EquationsMap": "rnnchaos.systems.equations",
    "Aizawa": "rnnchaos.systems.flows.aizawa",
    "Arneodo": "rnnchaos.systems.flows.arneodo",
    "Chen": "rnnchaos.systems.flows.chen",
    "Chua": "rnnchaos.systems.flows.chua",
    "CoupledLorenz": "rnnchaos.systems.flows.coupled_lorenz",
    "Dadras": "rnnchaos.systems.flows.dadras",
    "DoublePendulum": "rnnchaos.systems.flows.double_pendulum",
    "AbstractDrivenOscillator": "rnnchaos.systems.flows.driven",
    "DrivenLorenz": "rnnchaos.systems.flows.driven_lorenz",
    "Duffing": "rnnchaos.systems.flows.duffing",
    "ForcedPendulum": "rnnchaos.systems.flows.forced_pendulum",
    "ForcedVanDerPol": "rnnchaos.systems.flows.forced_van_der_pol",
    "Halvorsen": "rnnchaos.systems.flows.halvorsen",
    "AbstractHamiltonian": "rnnchaos.systems.flows.hamiltonian",
    "HenonHeiles": "rnnchaos.systems.flows.henon_heiles",
    "HindmarshRose": "rnnchaos.systems.flows.hindmarsh_rose",
    "HyperRossler": "rnnchaos.systems.flows.hyper_rossler",
    "Lorenz63": "rnnchaos.systems.flows.lorenz63",
    "Lorenz84": "rnnchaos.systems.flows.lorenz84",
    "Lorenz96": "rnnchaos.systems.flows.lorenz96",
    "Lu": "rnnchaos.systems.flows.lu",
    "NoseHoover": "rnnchaos.systems.flows.nose_hoover",
    "RabinovichFabrikant": "rnnchaos.systems.flows.rabinovich_fabrikant",
    "Rossler": "rnnchaos.systems.flows.rossler",
    "Rucklidge": "rnnchaos.systems.flows.rucklidge",
    "Sprott": "rnnchaos.systems.flows.sprott",
    "Thomas": "rnnchaos.systems.flows.thomas",
    "Baker": "rnnchaos.systems.maps.baker",
    "CatMap": "rnnchaos.systems.maps.cat_map",
    "CoupledMapLattice": "rnnchaos.systems.maps.coupled_map_lattice",
    "GeneralisedHenon": "rnnchaos.systems.maps.generalised_henon",
    "Henon": "rnnchaos.systems.maps.henon",
    "Ikeda": "rnnchaos.systems.maps.ikeda",
    "Logistic": "rnnchaos.systems.maps.logistic",
    "Lozi": "rnnchaos.systems.maps.lozi",
    "StandardMap": "rnnchaos.systems.maps.standard_map",
    "Tent": "rnnchaos.systems.maps.tent",
    "Tinkerbell": "rnnchaos.systems.maps.tinkerbell",
    "LimitCycle": "rnnchaos.systems.regular.limit_cycle",
    "StableFixedPoint": "rnnchaos.systems.regular.stable_fixed_point",
    "Torus": "rnnchaos.systems.regular.torus",
    "TwoCycle": "rnnchaos.systems.regular.two_cycle",
    "KuramotoSivashinsky": "rnnchaos.systems.spatial.kuramoto_sivashinsky",
}

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

__getattr__ = lazily(__name__, _LAZY)
