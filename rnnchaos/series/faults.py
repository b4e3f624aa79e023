"""Faults of a recording that leave it a series of numbers: rows that come twice, axes that clip or wrap around."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, UInt64

from rnnchaos.pieces import Pieces

# Rows that are the same in the same order somewhere else: no orbit of real numbers comes back to so many.
_REPEATED = 50
# Of a stretch that comes twice, so many rows differ from each other: else it is a rest, or a short cycle.
_DIFFERENT = 0.5
# An axis clips where it stands at its end in several runs, far more often than at the level next to it.
_RUN, _RUNS, _CLIPPED_ROWS, _MORE_OFTEN, _LEVELS = 3, 2, 10, 5.0, 10
# An axis wraps where some steps are nearly its whole range and no other is more than this share of it.
_JUMP, _STEP, _JUMPS, _MOST_JUMPS = 0.8, 0.3, 2, 0.2


class Repeat(NamedTuple):
    """A stretch of rows that comes twice."""

    first: int
    """Where it stands first."""
    again: int
    """And where again."""
    rows: int


class Clipped(NamedTuple):
    """An axis that stands at its largest or smallest value."""

    axis: int
    value: float
    rows: int
    """How many rows have that value."""
    high: bool
    """Whether it is the largest one."""


class Wrapped(NamedTuple):
    """An axis that jumps across its range."""

    axis: int
    jumps: int


def repeated(series: Pieces) -> Repeat | None:
    """The first long stretch of rows that comes a second time, each row as before; None where there is none."""
    if len(series) < 2 * _REPEATED:
        return None
    rows = _hashed(series.values)
    count = len(rows) - _REPEATED + 1
    windows = np.zeros(count, dtype=np.uint64)
    for weight, place in zip(_odd(_REPEATED), range(_REPEATED), strict=True):
        windows += weight * rows[place : place + count]
    order = np.argsort(windows, kind="stable")
    same = windows[order][1:] == windows[order][:-1]
    if not same.any():
        return None
    pairs = np.stack([order[:-1][same], order[1:][same]], axis=1)
    first, again = (int(place) for place in pairs[pairs[:, 1].argmin()])
    equal = rows[first : first + len(rows) - again] == rows[again:]
    length = len(equal) if equal.all() else int(np.argmin(equal))
    if len(np.unique(rows[again : again + length])) < max(_DIFFERENT * length, _DIFFERENT * _REPEATED):
        return None
    return Repeat(first, again, length)


def clipped(series: Pieces) -> list[Clipped]:
    """The axes that stand at one of their ends, run after run, as those of a sensor beyond its range."""
    found = []
    for axis, values in enumerate(series.values.T):
        levels, counts = np.unique(values, return_counts=True)
        if len(levels) < _LEVELS:
            continue
        is_whole = bool(np.all(levels == np.round(levels)))
        for end, beside in ((-1, -2), (0, 1)):
            value, rows = float(levels[end]), int(counts[end])
            rests = value == 0 and not is_whole  # what is not there at times, as rain
            if rests or rows < max(_CLIPPED_ROWS, _MORE_OFTEN * counts[beside]):
                continue
            if _runs(values == value) >= _RUNS:
                found.append(Clipped(axis, value, rows, end == -1))
    return found


def wrapped(series: Pieces) -> list[Wrapped]:
    """The axes that jump from one end of their range to the other and go in small steps else, as angles do."""
    found = []
    within = series.since[1:] > 0
    for axis, values in enumerate(series.values.T):
        if len(np.unique(values)) < _LEVELS:
            continue
        steps = np.abs(np.diff(values))[within]
        shares = steps / max(float(np.ptp(values)), float(np.finfo(float).tiny))
        jumps = int((shares > _JUMP).sum())
        between = ((shares > _STEP) & (shares <= _JUMP)).any()
        if _JUMPS <= jumps <= _MOST_JUMPS * len(steps) and not between:
            found.append(Wrapped(axis, jumps))
    return found


def _hashed(values: Float[np.ndarray, "time axis"]) -> UInt64[np.ndarray, " time"]:
    """A number for each row, equal for equal rows."""
    bits = np.ascontiguousarray(values + 0.0, dtype=np.float64).view(np.uint64)  # -0 is 0
    mixed = (bits ^ (bits >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return ((mixed ^ (mixed >> np.uint64(32))) * _odd(values.shape[1])).sum(axis=1, dtype=np.uint64)


def _odd(count: int) -> UInt64[np.ndarray, " count"]:
    """Odd factors without a pattern."""
    return np.random.default_rng(0).integers(2**63, size=count, dtype=np.uint64) | np.uint64(1)


def _runs(marked: Bool[np.ndarray, " time"]) -> int:
    """How many long enough runs of marked rows there are."""
    borders = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(int)))
    return int((borders[1::2] - borders[::2] >= _RUN).sum())
