"""How neighbours of a series are found and followed, and how far apart they are."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.series.in_pieces import apart_in_time, num_pairs, reach
from rnnchaos.setting import positive, whole

GROUPS = 10
# With fewer samples in its mean period a series shows no direction of flow: it is treated as that of a map.
SAMPLES_OF_A_FLOW = 10
_FEWEST_LAGS, _MOST_LAGS = 5, 200
# Pairs of points at random, whose distance is the size of the attractor.
_PAIRS = 20_000


class DivergencePlan(NamedTuple):
    """How neighbours of a series are found and followed, in steps."""

    period: float
    """Mean period: one over the mean frequency of the power spectrum."""
    apart: int
    """Neighbours lie more than this apart in time."""
    longest: int
    """They are followed for so long, within their pieces."""
    across_flow: bool
    """Whether only the distance across the local direction of flow counts."""

    @property
    def lags(self) -> Int[np.ndarray, " lag"]:
        """The lags at which distances are taken, from 0 to the longest: up to 200 of them."""
        return np.arange(0, self.longest + 1, self._stride)

    @property
    def half_period(self) -> int:
        """Lags in half a mean period, over which a flow's curve goes up and down; 1 for a map."""
        return 1 if self.period < SAMPLES_OF_A_FLOW else max(1, round(self.period / 2 / self._stride))

    @property
    def _stride(self) -> int:
        return max(1, self.longest // _MOST_LAGS)


def plan_for(series: Pieces, *, dt: float, theiler_window: int | None, max_lag: int | None) -> DivergencePlan:
    """What the settings stand for. Raises ConfigError for a series that is too short, constant or not finite."""
    dt = positive("dt", dt, unit="time units")
    if not np.isfinite(series.values).all():
        raise ConfigError("the series must be finite, got nan or inf values")
    if len(series) < 2 or np.ptp(series.values, axis=0).max() == 0:
        raise ConfigError(f"the series must vary to have an exponent, got {len(series)} equal points")
    if all(np.ptp(part.values, axis=0).max() == 0 for part in series.parts()):
        raise ConfigError("the series must vary within its pieces to have an exponent")
    period = mean_period(series)
    apart = (
        max(1, round(period))
        if theiler_window is None
        else whole("theiler_window", theiler_window, least=0, unit="step")
    )
    one = len(series.lengths) == 1
    horizon = len(series) // 4 if one else reach(series)
    longest = (
        min(max(round(10 * period), 30), horizon)
        if max_lag is None
        else whole("max_lag", max_lag, unit="step")
    )
    if longest < _FEWEST_LAGS and max_lag is None:
        raise ConfigError(
            f"the series must hold at least {4 * _FEWEST_LAGS} points to show an exponent, got {len(series)}"
            if one
            else f"the series must have pieces of at least {2 * _FEWEST_LAGS} points to show an exponent, "
            f"got {len(series.lengths)} of up to {series.longest}"
        )
    if longest < _FEWEST_LAGS:
        raise ConfigError(f"max_lag must be at least {_FEWEST_LAGS} steps, got {longest}")
    starts, needed = int(num_pairs(series, longest + 1)[-1]), 2 * apart + GROUPS + 2
    if starts < needed:
        wanted = f"lags of {longest} steps and neighbours more than {apart} steps apart"
        raise ConfigError(
            f"the series must hold at least {longest + needed} points, for {wanted}, got {len(series)}"
            if one
            else f"the series must hold at least {needed} points with {longest} after them in their piece, "
            f"for {wanted}, got {starts}"
        )
    return DivergencePlan(period, apart, longest, period >= SAMPLES_OF_A_FLOW and series.dimension > 1)


def distances(
    series: Pieces,
    references: np.ndarray,
    neighbours: np.ndarray,
    lag: int,
    direction: Float[np.ndarray, "time dimension"] | None,
) -> Float[np.ndarray, " pair"]:
    """How far apart pairs of points are `lag` steps later, across the direction of flow where that is given."""
    gap = series.values[neighbours + lag] - series.values[references + lag]
    if direction is not None:
        along = direction[references + lag]
        gap = gap - np.sum(gap * along, axis=1, keepdims=True) * along
    return np.linalg.norm(gap, axis=1)


def flow_direction(series: Pieces) -> Float[np.ndarray, "time dimension"]:
    """Unit vectors along the pieces, of two points at least."""
    velocity = np.concatenate([np.gradient(part.values, axis=0) for part in series.parts()])
    return velocity / np.maximum(np.linalg.norm(velocity, axis=1, keepdims=True), np.finfo(float).tiny)


def saturated(
    series: Pieces,
    plan: DivergencePlan,
    *,
    direction: Float[np.ndarray, "time dimension"] | None,
    of_logarithms: bool,
) -> float:
    """Where curves level off: the mean log distance of points of the series at random, or log of the mean distance."""
    first, second = np.random.default_rng(0).integers(0, len(series), (2, _PAIRS))
    apart = apart_in_time(series, first, second, plan.apart)
    found = distances(series, first[apart], second[apart], 0, direction)
    found = found[found > 0]
    return float(np.mean(np.log(found)) if of_logarithms else np.log(np.mean(found)))


def in_groups(
    series: Pieces, rows: Int[np.ndarray, " reference"], found: Float[np.ndarray, "reference lag"]
) -> list[Float[np.ndarray, "member lag"]]:
    """What was found at `rows`, in ten stretches of the series; they end where pieces do if there are so many."""
    even = np.cumsum([len(part) for part in np.array_split(rows, GROUPS)])[:-1]
    borders = np.unique(np.searchsorted(rows, series.firsts))
    borders = borders[(borders > 0) & (borders < len(rows))]
    if len(borders) >= GROUPS - 1:
        nearest = borders[np.abs(borders[:, None] - even).argmin(axis=0)]
        if len(np.unique(nearest)) == len(even):
            even = nearest
    return np.split(found, even)


def periods_of_a_flow(series: Pieces, steps: float) -> float | None:
    """Mean periods in so many steps, None of a map."""
    period = mean_period(series)
    return None if period < SAMPLES_OF_A_FLOW else steps / period


def mean_period(series: Pieces) -> float:
    """One over the mean frequency of the power spectra of the pieces, in steps."""
    all_power = all_frequencies = 0.0
    for part in series.parts():
        power = np.abs(scipy.fft.rfft(part.values - part.values.mean(axis=0), axis=0)) ** 2
        power[1 : (len(part) + 1) // 2] *= 2  # negative frequencies
        frequency, total = np.fft.rfftfreq(len(part)), power.sum(axis=1)
        all_power += total.sum()
        all_frequencies += frequency @ total
    return float(all_power / all_frequencies)
