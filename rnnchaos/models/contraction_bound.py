"""For which networks a bound on the contraction of a step is known, and under which inputs it holds."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.models.contraction import (
    Gate,
    factor_of_gru,
    factor_of_lstm,
    factor_of_piecewise_linear,
    factor_of_units,
)
from rnnchaos.models.echo_state import EchoState
from rnnchaos.models.foreign.network import ImportedNetwork
from rnnchaos.models.foreign.recurrent import RecurrentNetwork
from rnnchaos.models.gru import GRU
from rnnchaos.models.lstm import LSTM
from rnnchaos.models.network import Network
from rnnchaos.models.rnn import RNN

ANY_INPUT = "any input"
_THESE = "inputs within the range of these, and |h| ≤ 1"

Rows = Float[np.ndarray, "row column"]


class ContractionBound(NamedTuple):
    """A factor by which every step changes distances in some norm, at most; below 1 it contracts them."""

    factor: float
    holds_for: str


def contraction_bound(
    network: Network | ImportedNetwork, inputs: Float[np.ndarray, "time input"] | None = None
) -> ContractionBound | None:
    """The bound for a network, None where none is known for its cell.

    For vanilla, echo-state and piecewise-linear cells it holds under any input; for LSTM and GRU, whose gates open
    further the larger the input is, within the range of `inputs`.
    """
    if isinstance(network, RecurrentNetwork):
        return _of_layers(network, inputs)
    if isinstance(network, ImportedNetwork):
        pieces = network.piecewise_linear()
        return None if pieces is None else ContractionBound(factor_of_piecewise_linear(pieces), ANY_INPUT)
    cell = network.cell
    if isinstance(cell, EchoState):
        recurrent = _array(cell.reservoir) + _array(cell.feedback)
        return ContractionBound(factor_of_units(recurrent, leak=cell.leak), ANY_INPUT)
    if isinstance(cell, RNN):
        return ContractionBound(factor_of_units(_array(cell.weight)), ANY_INPUT)
    if (map := cell.piecewise_linear()) is not None:
        return ContractionBound(factor_of_piecewise_linear(map), ANY_INPUT)
    if not isinstance(cell, GRU | LSTM):
        return None
    weight, constant = _array(cell.weight), _array(cell.bias)[None]
    if network.drive is not None and inputs is not None:
        constant = constant + inputs @ _array(network.drive.weight).T
    if isinstance(cell, LSTM):
        return ContractionBound(factor_of_lstm(*_gates(weight, constant, 4)), _THESE)
    reset, update, kept = _gates(weight, constant, 3)
    own = Gate(np.zeros_like(kept.weight), np.abs(_array(cell.candidate_bias)))
    return ContractionBound(factor_of_gru(reset, update, own, kept), _THESE)


def _of_layers(
    network: RecurrentNetwork, inputs: Float[np.ndarray, "time input"] | None
) -> ContractionBound | None:
    """Of layers each of which hears those below it alone, the largest of their own bounds.

    None where several layers hear the readout of the last one.
    """
    fed = network.feedback != "none" and network.observation is not None
    if fed and len(network.layers) > 1:
        return None
    factors = []
    for index, layer in enumerate(network.layers):
        weight, constant = _array(layer.from_hidden.weight), _array(layer.from_hidden.bias)[None]
        above, given = _array(layer.from_input.weight), _array(layer.from_input.bias)[None]
        heard = np.zeros_like(weight)
        if index > 0:  # hidden units of the layer below, |h| ≤ 1
            given_reach = np.abs(given) + np.abs(above).sum(axis=1)
        else:
            outside = np.zeros((1, network.num_inputs)) if inputs is None else inputs
            if fed:
                assert network.observation is not None
                readout, shift = _array(network.observation.weight), _array(network.observation.bias)
                back = slice(len(readout)) if network.feedback != "last" else slice(-len(readout), None)
                heard = above[:, back] @ readout
                given = given + above[:, back] @ shift
                rest = np.ones(above.shape[1], dtype=bool)
                rest[back] = False
                above = above[:, rest]
            given_reach = np.abs(given + outside @ above.T).max(axis=0, keepdims=True)
        if network.kind == "rnn":
            factors.append(factor_of_units(weight + heard))
        elif network.kind == "lstm":
            factors.append(factor_of_lstm(*_gates(weight + heard, np.abs(constant) + given_reach, 4)))
        else:
            reset, update, _ = _gates(weight + heard, np.abs(constant) + given_reach, 3)
            own, kept = _gates(heard, given_reach, 3)[2], _gates(weight, constant, 3)[2]
            factors.append(factor_of_gru(reset, update, own, kept))
    return ContractionBound(max(factors), ANY_INPUT if network.kind == "rnn" else _THESE)


def _gates(weight: Rows, constant: Float[np.ndarray, "time row"], count: int) -> list[Gate]:
    """Of |h| ≤ 1, and of a constant that takes these values."""
    sizes, reaches = np.abs(weight), np.abs(constant).max(axis=0)
    return [
        Gate(size, size.sum(axis=1) + reach)
        for size, reach in zip(np.split(sizes, count), np.split(reaches, count), strict=True)
    ]


def _array(part: object) -> Float[np.ndarray, "..."]:
    return np.asarray(part, dtype=float)
