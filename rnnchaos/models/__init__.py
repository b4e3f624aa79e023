"""Recurrent cells, one file each, and the observation maps that read them."""

from rnnchaos.models.almost_linear_rnn import AlmostLinearRNN
from rnnchaos.models.antisymmetric import AntisymmetricRNN
from rnnchaos.models.base import AbstractCell
from rnnchaos.models.cornn import CoRNN
from rnnchaos.models.dendritic_plrnn import DendriticPLRNN
from rnnchaos.models.echo_state import EchoState
from rnnchaos.models.foreign.network import ImportedNetwork
from rnnchaos.models.foreign.reading import ImportedKind, network_from_arrays
from rnnchaos.models.foreign.recurrent import RecurrentNetwork
from rnnchaos.models.gru import GRU
from rnnchaos.models.lstm import LSTM
from rnnchaos.models.mean_centered_plrnn import MeanCenteredPLRNN
from rnnchaos.models.network import InputTerm, Network
from rnnchaos.models.next_generation import NextGenerationReservoir
from rnnchaos.models.observation import (
    AbstractObservation,
    DelayObservation,
    Delays,
    IdentityObservation,
    LinearObservation,
)
from rnnchaos.models.orthogonal import OrthogonalRNN
from rnnchaos.models.piecewise_linear import AbstractPLRNN
from rnnchaos.models.plrnn import PLRNN
from rnnchaos.models.regressed import AbstractRegressedCell
from rnnchaos.models.rnn import RNN
from rnnchaos.models.shallow_plrnn import ShallowPLRNN
from rnnchaos.models.shallow_rnn import ShallowRNN

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
    "DelayObservation",
    "Delays",
    "DendriticPLRNN",
    "EchoState",
    "IdentityObservation",
    "ImportedKind",
    "ImportedNetwork",
    "InputTerm",
    "LinearObservation",
    "MeanCenteredPLRNN",
    "Network",
    "NextGenerationReservoir",
    "OrthogonalRNN",
    "RecurrentNetwork",
    "ShallowPLRNN",
    "ShallowRNN",
    "network_from_arrays",
]
