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
from rnnchaos.models.gru import GRU
from rnnchaos.models.lstm import LSTM
from rnnchaos.models.network import Network
from rnnchaos.models.rnn import RNN

ANY_INPUT = "any input"
_THESE = "inputs within the range of these, and |h| ≤ 1"


class ContractionBound(NamedTuple):
    """A factor by which every step changes distances in some norm, at most; below 1 it contracts them."""

    factor: float
    holds_for: str


def contraction_bound(
    network: Network, inputs: Float[np.ndarray, "time input"] | None = None
) -> ContractionBound | None:
    """The bound for a network, None where none is known for its cell.

    For vanilla, echo-state and piecewise-linear cells it holds under any input; for LSTM and GRU, whose gates open
    further the larger the input is, within the range of `inputs`.
    """
    cell = network.cell
    if isinstance(cell, EchoState):
        recurrent = np.asarray(cell.reservoir + cell.feedback, dtype=float)
        return ContractionBound(factor_of_units(recurrent, leak=cell.leak), ANY_INPUT)
    if isinstance(cell, RNN):
        return ContractionBound(factor_of_units(np.asarray(cell.weight, dtype=float)), ANY_INPUT)
    if (pieces := cell.piecewise_linear()) is not None:
        return ContractionBound(factor_of_piecewise_linear(pieces), ANY_INPUT)
    if not isinstance(cell, GRU | LSTM):
        return None
    weight, bias = (np.asarray(part, dtype=float) for part in (cell.weight, cell.bias))
    shifts = np.zeros((1, len(bias)))
    if network.drive is not None and inputs is not None:
        shifts = inputs @ np.asarray(network.drive.weight, dtype=float).T
    parts = 3 if isinstance(cell, GRU) else 4
    gates = [
        _gate(rows, bias_rows + shift)
        for rows, bias_rows, shift in zip(
            np.split(weight, parts), np.split(bias, parts), np.split(shifts, parts, axis=1), strict=True
        )
    ]
    if isinstance(cell, LSTM):
        return ContractionBound(factor_of_lstm(*gates), _THESE)
    own = np.asarray(cell.candidate_bias, dtype=float)
    given = Gate(np.zeros_like(gates[0].weight), np.abs(own))
    return ContractionBound(factor_of_gru(gates[0], gates[1], given, gates[2]), _THESE)


def _gate(weight: Float[np.ndarray, "unit state"], constant: Float[np.ndarray, "time unit"]) -> Gate:
    """Of |h| ≤ 1, and of a bias that takes these values."""
    size = np.abs(weight)
    return Gate(size, size.sum(axis=1) + np.abs(constant).max(axis=0))
