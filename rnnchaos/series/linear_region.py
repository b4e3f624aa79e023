"""The stretch over which a curve of mean log distance grows along a straight line, found by scoring all of them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

# A stretch is straight if the curve strays from its line by no more than this share of its rise (root mean square).
STRAIGHT = 0.03
# It ends where the curve has come this part of the way from the closest neighbours to the size of the attractor.
_FREE_SHARE = 0.75
# Stretches begin and end at multiples of half a mean period, and hold so many of them at least.
_MIN_WINDOWS = 3
_WINDOWS_TO_SATURATION = 5
# Where a map's curve has little room, so many steps from the closest neighbours on do.
_LEAST_STEPS = 2
# And a linear region rises by so many nats at least: a shorter curve is nearly straight whatever it is.
_LEAST_RISE = 0.5
# Other stretches count for the error if they rise by this share of the best one's rise.
_COMPARABLE = 0.5


class Fit(NamedTuple):
    """The slope of a curve over its linear region, nats per time unit, and how good the region is."""

    slope: float
    standard_error: float
    """From the spread over stretches of the series and over all linear regions that would do, and how it bends."""
    fit_range: tuple[float, float]
    """Time units."""
    rise: float
    """Nats by which the line rises."""
    bend: float
    """Root mean square distance of the curve from the line, as a share of the rise."""
    straight: bool
    """Whether any region is straight; otherwise the line goes through all that is not saturated."""


class _Candidates(NamedTuple):
    first: np.ndarray
    last: np.ndarray
    slope: Float[np.ndarray, " candidate"]
    rise: Float[np.ndarray, " candidate"]
    bend: Float[np.ndarray, " candidate"]

    @property
    def straight(self) -> Bool[np.ndarray, " candidate"]:
        return (self.bend <= STRAIGHT) & (self.rise >= _LEAST_RISE)


def fit_linear_region(
    curves: Float[np.ndarray, "group lag"],
    lags: Float[np.ndarray, " lag"],
    *,
    half_period: int,
    saturated: float,
) -> Fit:
    """The slope of the mean of `curves`, one for each stretch of the series, over its best linear region.

    `lags` are equally spaced, in time units; `half_period` is in lags, 1 for a map; the curve levels off at
    `saturated` nats. Regions compete that begin after one half period and end three quarters of the way from the
    closest neighbours to saturation. A region scores its rise in nats, times 1 - (bend / 3 %)², so that it is the
    longest one that is still straight. Where neighbours of a map part within a few steps, regions that begin at
    the closest neighbours compete as well.
    """
    mean = curves.mean(axis=0)
    ceiling = mean[0] + _FREE_SHARE * max(0.0, saturated - mean[0])
    above = mean > ceiling
    last = int(np.argmax(above)) if above.any() else len(mean) - 1
    window = max(1, min(half_period, last // _WINDOWS_TO_SATURATION, (len(mean) - 1) // (1 + _MIN_WINDOWS)))
    tried = _candidates(mean, lags, window, last)
    straight = tried.straight
    if straight.any():
        best = int(np.argmax(np.where(straight, tried.rise * (1 - (tried.bend / STRAIGHT) ** 2), -np.inf)))
        others = tried.slope[straight & (tried.rise >= _COMPARABLE * tried.rise[best])]
    else:
        best, others = 0, tried.slope
    first, last = int(tried.first[best]), int(tried.last[best])
    of_groups = np.polyfit(lags[first : last + 1], curves[:, first : last + 1].T, 1)[0]
    by_chance = of_groups.std(ddof=1) / np.sqrt(len(of_groups))
    error = np.linalg.norm([by_chance, others.std(), _bends(lags[first : last + 1], mean[first : last + 1])])
    return Fit(
        float(of_groups.mean()),
        float(error),
        (float(lags[first]), float(lags[last])),
        float(tried.rise[best]),
        float(tried.bend[best]),
        bool(straight.any()),
    )


def _bends(x: Float[np.ndarray, " lag"], y: Float[np.ndarray, " lag"]) -> float:
    """By how much the slope of the second half is above that of the first: noise flattens the beginning of a curve.

    Of two steps alone, by how much it differs: nothing else says how well they show the slope.
    """
    half = (len(x) + 1) // 2
    steeper = _line(x[-half:], y[-half:])[0] - _line(x[:half], y[:half])[0]
    return abs(steeper) if len(x) == _LEAST_STEPS + 1 else max(0.0, steeper)


def _candidates(
    mean: Float[np.ndarray, " lag"], lags: Float[np.ndarray, " lag"], window: int, end: int
) -> _Candidates:
    """All regions before the lag with index `end`, the longest first.

    Where a map's neighbours part within a few steps, those that begin at the closest neighbours as well; all lags where
    none fits in.
    """
    pairs: list[tuple[int, int]] = []
    if window == 1 and end <= _WINDOWS_TO_SATURATION:
        pairs = [(0, b) for b in range(end - 1, _LEAST_STEPS - 1, -1)]
    if not pairs and end < (1 + _MIN_WINDOWS) * window:
        end = len(mean) - 1
    bounds = range(window, end + 1, window)
    pairs += [(a, b) for i, a in enumerate(bounds) for b in bounds[: i + _MIN_WINDOWS - 1 : -1]]
    found = [(a, b, *_line(lags[a : b + 1], mean[a : b + 1])) for a, b in pairs]
    return _Candidates(*(np.array(column) for column in zip(*found, strict=True)))


def _line(x: Float[np.ndarray, " lag"], y: Float[np.ndarray, " lag"]) -> tuple[float, float, float]:
    """Slope, rise, and root mean square residual as a share of the rise."""
    x = x - x.mean()
    slope = float(x @ y / (x @ x))
    rise = slope * float(x[-1] - x[0])
    strays = float(np.sqrt(np.mean((y - y.mean() - slope * x) ** 2)))
    return slope, rise, strays / max(abs(rise), np.finfo(float).tiny)
