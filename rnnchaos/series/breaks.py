"""Where a recording does not go on as it does everywhere else, as where rows are missing."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.pieces import Pieces
from rnnchaos.tangent.grades import Check, Grade

# So many times as sharp a turn as at any other row: no system of the catalogue has one, with noise or without.
_SHARPER = 3.0
# Turns that are as sharp together, and rows about each that are part of it.
_MOST, _ABOUT = 10, 3
_FEWEST_ROWS = 100
# Below this share of the sharpest, turns are rounding: a line with a few corners is meant to have them.
_ROUNDING = 1e-9


class Breaks(NamedTuple):
    """A few turns of a series, far sharper than all others."""

    rows: tuple[int, ...]
    """The last row before each."""
    times: float
    """How many times as sharp as anywhere else they are."""


def breaks_of(series: Pieces) -> Breaks | None:
    """Where a series jumps off its way within a piece, alone among its neighbours; None where nothing stands out.

    A turn is the second difference, of each axis in units of its own. Rows that are taken out of a smooth motion leave
    one behind, whatever the noise on it, unless the two ends happen to meet.
    """
    if len(series) < _FEWEST_ROWS:
        return None
    turns = np.diff(series.values, 2, axis=0)
    sizes = np.sqrt(np.mean(turns**2, axis=0))
    sharpness = np.max(np.abs(turns) / np.where(sizes > 0, sizes, 1.0), axis=1)
    sharpness[series.since[2:] < 2] = 0.0  # across the border of a piece
    rows, values = _sharpest(sharpness)
    rounding = _ROUNDING * values[0]
    ratios = values[:-1] / np.maximum(values[1:], rounding if rounding > 0 else 1.0)
    count = int(np.argmax(ratios)) + 1
    if ratios[count - 1] < _SHARPER or values[count] <= rounding:
        return None
    if not all(_alone(sharpness, peak) for peak in rows[:count]):
        return None
    # A turn at row t is between t and t + 1, or between t - 1 and t, where the larger move is.
    moves = np.linalg.norm(np.diff(series.values, axis=0) / np.where(sizes > 0, sizes, 1.0), axis=1)
    before = sorted(peak + int(moves[peak + 1] > moves[peak]) for peak in rows[:count])
    return Breaks(tuple(before), float(ratios[count - 1]))


def break_checks(series: Pieces) -> list[Check]:
    """One that warns where the series breaks off its way; none where it does not."""
    found = breaks_of(series)
    if found is None:
        return []
    meaning = "times as sharply as anywhere else that it turns at a few rows, as where rows are missing (rnnchaos data)"
    return [Check("unbroken", Grade.WARN, found.times, _SHARPER, meaning)]


def _sharpest(sharpness: Float[np.ndarray, " turn"]) -> tuple[list[int], Float[np.ndarray, " peak"]]:
    """The sharpest turns apart from each other, one more than may be breaks, and how sharp they are."""
    rows, values, left = [], [], sharpness.copy()
    for _ in range(_MOST + 1):
        peak = int(np.argmax(left))
        rows.append(peak)
        values.append(left[peak])
        left[max(0, peak - _ABOUT) : peak + _ABOUT + 1] = 0.0
    return rows, np.array(values)


def _alone(sharpness: Float[np.ndarray, " turn"], peak: int) -> bool:
    """Whether rows on both sides are as everywhere else: not a burst, nor the end of a transient."""
    sides = peak - _ABOUT, peak + _ABOUT
    if sides[0] < 0 or sides[1] >= len(sharpness):
        return False
    return bool(max(sharpness[side] for side in sides) * _SHARPER < sharpness[peak])
