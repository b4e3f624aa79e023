"""Whether the last row of a table is a statistic of those above it: their means, sums, medians, or deviations."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.time_columns import even_step

# By so little chance a row of the series has that value in every column, to all digits that are written: to be told,
# and to be certain.
_CHANCE, _CERTAIN = 1e-3, 1e-5
# Rows below the table, each another statistic.
_BELOW = 4
_STATISTICS: Mapping[str, Callable[[np.ndarray], float]] = {
    "mean": lambda above: float(np.mean(above)),
    "sum": lambda above: float(np.sum(above)),
    "median": lambda above: float(np.median(above)),
    "standard deviation": lambda above: float(np.std(above, ddof=1)),
    "standard deviation of all": lambda above: float(np.std(above)),
}


class Statistic(NamedTuple):
    """What the last row is."""

    name: str
    certain: bool
    """Whether no series would go on so: in more than one column, and off its way."""


def statistic_of_last(values: Float[np.ndarray, "time column"], last: Sequence[str]) -> Statistic | None:
    """What the last row is of those above it, None where it is a row like others; `last` are its cells as written.

    Columns that do not vary, or rise evenly, say nothing. A row that stands elsewhere in the table, or goes on where
    the three before lead to, is one of the series.
    """
    told = [
        place
        for place, column in enumerate(values.T)
        if np.isfinite(column[-1]) and np.nanstd(column[:-1]) > 0 and even_step(column[:-_BELOW]) is None
    ]
    if not told:
        return None
    rows = values[:, told]
    half = np.array([_half_a_digit(last[place]) for place in told])
    for below in range(1, min(_BELOW, len(rows) - 3) + 1):
        above = [column[np.isfinite(column)] for column in rows[:-below].T]
        if any(len(column) < 2 for column in above):
            return None
        chance = float(
            np.prod([min(1.0, 2 * h / max(np.std(a), h)) for h, a in zip(half, above, strict=True)])
        )
        if chance > _CHANCE:
            return None
        for name, of in _STATISTICS.items():
            rounding = half * (np.sqrt(len(rows)) if name == "sum" else 1.0)
            found = np.array([of(column) for column in above])
            slack = 1.01 * rounding + 1e-9 * np.abs(found)
            if (np.abs(rows[-1] - found) <= slack).all() and not _goes_on(rows, slack):
                return Statistic(name, len(told) > 1 and chance < _CERTAIN)
    return None


def _goes_on(rows: Float[np.ndarray, "time column"], slack: Float[np.ndarray, " column"]) -> bool:
    """Whether the last row stands elsewhere, or is about where a parabola through the three before is next."""
    if (np.abs(rows[:-1] - rows[-1]) <= slack).all(axis=1).any():
        return True
    steps = np.abs(np.diff(rows[:-1], axis=0))
    foretold = 3 * rows[-2] - 3 * rows[-3] + rows[-4]
    return bool((np.abs(rows[-1] - foretold) <= np.maximum(slack, 0.5 * np.nanmedian(steps, axis=0))).all())


def _half_a_digit(cell: str) -> float:
    """Half a unit of the last digit of a number as it is written."""
    match = re.fullmatch(r"[^\d.,]*[\d.,'\s]*?(?:[.,](\d+))?(?:[eEdD]([+-]?\d+))?", cell.strip())
    decimals, exponent = (match[1] or "", match[2] or "0") if match else ("", "0")
    return 0.5 * 10.0 ** (int(exponent) - len(decimals))
