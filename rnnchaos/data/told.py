"""What was found in the files of a series, beside the numbers."""

from typing import NamedTuple

import numpy as np

from rnnchaos.pieces import Pieces
from rnnchaos.series.breaks import Breaks, breaks_of
from rnnchaos.series.faults import Clipped, Repeat, Wrapped, clipped, repeated, wrapped

# A stretch of so many equal rows, and so many times longer than they are on average, is a sensor that hung.
_STANDS_STILL, _USUAL = 20, 10


class Told(NamedTuple):
    """What was found in the files, beside the numbers."""

    files: int
    trials: int
    """Tables, trials or arrays, before gaps part them."""
    gaps: int
    """Gaps that part pieces."""
    filled: int
    """Rows that were filled in."""
    skipped: int
    """Stretches of less than two rows, which are left out."""
    resampled: bool
    standstill: tuple[int, int] | None = None
    """First row and rows of a stretch that is all alike, far longer than others are."""
    breaks: Breaks | None = None
    """Where the series does not go on as it does everywhere else, within pieces."""
    repeat: Repeat | None = None
    """A long stretch of rows that comes twice."""
    clipped: tuple[Clipped, ...] = ()
    """Axes that stand at one of their ends, run after run."""
    wrapped: tuple[Wrapped, ...] = ()
    """Axes that jump from one end of their range to the other."""
    said: tuple[str, ...] = ()
    """What is odd about the lines of the files, in words."""
    names: tuple[str, ...] = ()
    """Of the axes that `clipped` and `wrapped` count."""


class Recorded(NamedTuple):
    """What a dataset was made of: pieces as they were read, and how they were split."""

    told: Told
    lengths: tuple[int, ...]
    split: str


class Faults(NamedTuple):
    """Those of `Told` that are seen in the numbers, in its order."""

    standstill: tuple[int, int] | None
    breaks: Breaks | None
    repeat: Repeat | None
    clipped: tuple[Clipped, ...]
    wrapped: tuple[Wrapped, ...]


def faults_of(series: Pieces) -> Faults:
    """What looks like a fault of the recording."""
    return Faults(
        _standstill(series),
        breaks_of(series),
        repeated(series),
        tuple(clipped(series)),
        tuple(wrapped(series)),
    )


def _standstill(series: Pieces) -> tuple[int, int] | None:
    """The longest stretch of equal rows, None where it is no longer than rounding and switching make it."""
    first, rows = series.standstill()
    stretches = 1 + int(np.any(np.diff(series.values, axis=0) != 0, axis=1).sum())
    return (first, rows) if rows >= max(_STANDS_STILL, _USUAL * len(series) / stretches) else None
