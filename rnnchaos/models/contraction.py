"""Bounds on how much one step of a network moves two states apart, whatever the states: below 1 it contracts."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.typing import PiecewiseLinearMap

Matrix = Float[np.ndarray, "state state"]

_ITERATIONS = 200


def factor_of_units(recurrent: Matrix, *, leak: float = 1.0) -> float:
    """The bound for z' = (1 - a) z + a σ(W z + b) of slopes from 0 to 1, such as tanh and relu; a = `leak`.

    The least of two norms: the spectral one of W (Jaeger 2001, GMD Report 148), also with units scaled so that it is at
    most the spectral radius of |W| (after Buehner & Young 2006, IEEE Trans. Neural Netw. 17, 820). Holds for any b,
    hence under any input.
    """
    left, right = _perron(np.abs(recurrent).T)[1], _perron(np.abs(recurrent))[1]
    scale = np.sqrt(left / right)
    return 1 - leak + leak * min(_norm(recurrent), _norm(scale[:, None] * recurrent / scale))


def factor_of_piecewise_linear(map: PiecewiseLinearMap) -> float:
    """The bound for z ↦ C z + D relu(E z + e) + f: over all slopes of the units at once, for any e and f."""
    linear, output, gate = (np.asarray(part, dtype=float) for part in (map.linear, map.output, map.gate))
    # With slopes (1 ± s)/2, |s| ≤ 1, the Jacobian is a middle and what the slopes add to it.
    spectral = _norm(linear + output @ gate / 2) + _norm(output) * _norm(gate) / 2
    # Each entry lies between those of no unit and of all that add to it, or of all that take from it.
    parts = output[:, :, None] * gate[None]
    highest = linear + np.maximum(parts, 0).sum(axis=1)
    lowest = linear + np.minimum(parts, 0).sum(axis=1)
    return min(spectral, _perron(np.maximum(np.abs(highest), np.abs(lowest)))[0])


class Gate(NamedTuple):
    """What goes into gates or candidates: rows W h + b, |W| and b given."""

    weight: Float[np.ndarray, "unit state"]
    """|W| of the state, readout fed back included."""
    reach: Float[np.ndarray, " unit"]
    """Largest |W h + C s + b| over |h| ≤ 1 and the inputs."""


def factor_of_lstm(take: Gate, keep: Gate, candidate: Gate, release: Gate) -> float:
    """The bound for an LSTM where its orbits end: |h| < 1 and |c| ≤ max i g / (1 - max f), a box they cannot leave.

    From bounds on each entry of the Jacobian, after the sufficient conditions of Bonassi, Terzi, Farina & Scattolini
    (2020), L4DC, PMLR 120, 85.
    """
    taken, kept, released = (_sigmoid(gate.reach) for gate in (take, keep, release))
    if kept.max() == 1:  # by rounding: the memory has no bound to speak of
        return np.inf
    proposed = np.tanh(candidate.reach)
    memory = taken * proposed / (1 - kept)
    slopes = [_steepest(gate.weight) for gate in (take, keep, release)]
    by_hidden = (
        memory[:, None] * slopes[1] + proposed[:, None] * slopes[0] + taken[:, None] * candidate.weight
    )
    by_memory = np.diag(kept)
    hidden_by_hidden = np.tanh(memory)[:, None] * slopes[2] + released[:, None] * by_hidden
    hidden_by_memory = released[:, None] * by_memory
    return _perron(np.block([[hidden_by_hidden, hidden_by_memory], [by_hidden, by_memory]]))[0]


def factor_of_gru(reset: Gate, update: Gate, given: Gate, kept: Gate) -> float:
    """The bound for a GRU where its orbits end, |h| ≤ 1: its candidate is tanh(`given` + r · `kept`).

    From bounds on each row of the Jacobian at both ends of what the update gate lets through, after Bonassi, Farina &
    Scattolini (2021), Syst. Control Lett. 157, 105049.
    """
    passing = _sigmoid(reset.reach)
    candidate = given.weight + passing[:, None] * kept.weight + kept.reach[:, None] * _steepest(reset.weight)
    unit = np.eye(len(candidate))
    # |h - n| ≤ 1 + max |n|.
    moved = (1 + np.tanh(given.reach + passing * kept.reach))[:, None] * _steepest(update.weight)
    ends = [_sigmoid(update.reach), _sigmoid(-update.reach)]
    rows = [end[:, None] * unit + (1 - end)[:, None] * candidate + moved for end in ends]
    return _worst_rows(rows)


def _worst_rows(rows: Sequence[Matrix]) -> float:
    """A norm of the matrix whose every row may be any of those given, weighted for the worst of them."""
    worst = rows[0]
    best = np.inf
    for _ in range(10):
        _, weights = _perron(worst)
        grown = np.stack([each @ weights / weights for each in rows])
        best = min(best, float(grown.max()))
        chosen = grown.argmax(axis=0)
        worst = np.stack([rows[choice][index] for index, choice in enumerate(chosen)])
    return best


def _perron(matrix: Matrix) -> tuple[float, Float[np.ndarray, " state"]]:
    """A norm of a matrix without negative entries, max_i (M v)_i / v_i, as near to its spectral radius, and v > 0."""
    weights = np.ones(len(matrix))
    least, found = float(matrix.sum(axis=1).max()), weights
    for _ in range(_ITERATIONS):
        weights = matrix @ weights + 1e-12 * weights.sum() + 0.1 * weights * max(least, 1e-300)
        weights = weights / weights.max()
        norm = float((matrix @ weights / weights).max())
        if norm < least:
            least, found = norm, weights
    return least, found


def _norm(matrix: Float[np.ndarray, "row column"]) -> float:
    return float(np.linalg.norm(matrix, 2))


def _sigmoid(x: Float[np.ndarray, " unit"]) -> Float[np.ndarray, " unit"]:
    return 1 / (1 + np.exp(-x))


def _steepest(weight: Float[np.ndarray, "unit state"]) -> Float[np.ndarray, "unit state"]:
    """σ' is at most 1/4."""
    return weight / 4
