"""Recurrent cells, one file each, and the observation maps that read them."""

from rnnchaos.cells.almost_linear_rnn import AlmostLinearRNN
from rnnchaos.cells.antisymmetric import AntisymmetricRNN
from rnnchaos.cells.base import AbstractCell
from rnnchaos.cells.cornn import CoRNN
from rnnchaos.cells.dendritic_plrnn import DendriticPLRNN
from rnnchaos.cells.echo_state import EchoState
from rnnchaos.cells.gru import GRU
from rnnchaos.cells.imported import ImportedKind, ImportedNetwork, network_from_arrays
from rnnchaos.cells.lstm import LSTM
from rnnchaos.cells.mean_centered_plrnn import MeanCenteredPLRNN
from rnnchaos.cells.network import Network
from rnnchaos.cells.next_generation import NextGenerationReservoir
from rnnchaos.cells.observation import AbstractObservation, IdentityObservation, LinearObservation
from rnnchaos.cells.orthogonal import OrthogonalRNN
from rnnchaos.cells.piecewise_linear import AbstractPLRNN
from rnnchaos.cells.plrnn import PLRNN
from rnnchaos.cells.regressed import AbstractRegressedCell
from rnnchaos.cells.rnn import RNN
from rnnchaos.cells.shallow_plrnn import ShallowPLRNN

__all__ = [
    "GRU",
    "LSTM",
    "PLRNN",
    "RNN",
    "AbstractCell",
    "AbstractObservation",
    "AbstractPLRNN",
    "AbstractRegressedCell",
    "AlmostLinearRNN",
    "AntisymmetricRNN",
    "CoRNN",
    "DendriticPLRNN",
    "EchoState",
    "IdentityObservation",
    "ImportedKind",
    "ImportedNetwork",
    "LinearObservation",
    "MeanCenteredPLRNN",
    "Network",
    "NextGenerationReservoir",
    "OrthogonalRNN",
    "ShallowPLRNN",
    "network_from_arrays",
]
