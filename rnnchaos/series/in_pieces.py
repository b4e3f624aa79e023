"""A series in pieces or in one: what is followed through it stays within its piece."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Array, Bool, Int, Shaped

from rnnchaos.errors import ConfigError
from rnnchaos.given import as_numbers
from rnnchaos.pieces import Pieces

Series = Pieces | Shaped[Array | np.ndarray, "time *axis"] | Sequence[Any]
"""An array (time, axis), of one axis also (time,), is one piece: of any type of real numbers, or lists."""


def as_pieces(series: Series) -> Pieces:
    """A series that may be an array: one piece, in float64.

    Raises ConfigError for an array that is not (time, axis) or (time,), has more axes than times, or has entries that
    are masked, complex, or not finite.
    """
    if isinstance(series, Pieces):
        return series
    values = as_numbers("the series", series)
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2 or values.shape[1] == 0:
        raise ConfigError(f"the series must be (time, axis) or (time,), got shape {values.shape}")
    if values.shape[1] > len(values) > 0:
        raise ConfigError(
            f"the series must have a row for each time, got {len(values)} by {values.shape[1]}: series.T turns it"
        )
    if not np.isfinite(values).all():
        raise ConfigError("the series must be finite, got nan or inf values")
    return Pieces.of(values)


def reach(series: Pieces) -> int:
    """The lag at which lag times pairs of points so far apart is largest: half of a piece where all are alike."""
    lags = np.arange(series.longest + 1)
    return int(np.argmax(lags * num_pairs(series, len(lags))))


def num_pairs(series: Pieces, num_lags: int) -> Int[np.ndarray, " lag"]:
    """Pairs of points of the same piece that lie 0, 1, … steps apart."""
    lengths, counts = np.unique(series.lengths, return_counts=True)
    return sum(
        count * np.maximum(length - np.arange(num_lags), 0)
        for length, count in zip(lengths, counts, strict=True)
    )


def apart_in_time(
    series: Pieces, first: np.ndarray, second: np.ndarray | int, steps: int
) -> Bool[np.ndarray, "..."]:
    """Whether rows are more than so many steps apart, as those of two pieces always are."""
    since = series.since
    return (np.abs(first - second) > steps) | (first - since[first] != second - since[second])


def thinned(series: Pieces, stride: int) -> Pieces:
    """Every so many points of each piece, from its first on."""
    return Pieces(series.values[series.since % stride == 0], tuple(-(-n // stride) for n in series.lengths))


def one_more_delay(series: Pieces, *, axes: int, lag: int) -> Pieces:
    """With another delay of each axis, the oldest of which stand in the last columns; short pieces are left out."""
    rows = series.ends(before=lag)
    values = np.concatenate([series.values[rows], series.values[rows - lag, -axes:]], axis=1)
    return Pieces(values, tuple(length - lag for length in series.lengths if length > lag))
