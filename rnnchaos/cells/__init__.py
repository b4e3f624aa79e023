"""Recurrent cells, one file each, and the observation maps that read them."""

from rnnchaos.cells.base import AbstractCell
from rnnchaos.cells.gru import GRU
from rnnchaos.cells.imported import ImportedKind, ImportedNetwork, network_from_arrays
from rnnchaos.cells.lstm import LSTM
from rnnchaos.cells.network import Network
from rnnchaos.cells.observation import AbstractObservation, IdentityObservation, LinearObservation
from rnnchaos.cells.plrnn import PLRNN
from rnnchaos.cells.rnn import RNN

__all__ = [
    "GRU",
    "LSTM",
    "PLRNN",
    "RNN",
    "AbstractCell",
    "AbstractObservation",
    "IdentityObservation",
    "ImportedKind",
    "ImportedNetwork",
    "LinearObservation",
    "Network",
    "network_from_arrays",
]
