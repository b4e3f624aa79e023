"""Curves of mean log distance between neighbours, and the region where they grow steadily."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.signal import periodogram

from rnnchaos.errors import ConfigError

GROUPS = 10
# With fewer samples in its mean period a series shows no direction of flow: it is treated as that of a map.
_SAMPLES_OF_A_FLOW = 10
# The linear region ends where the local growth falls below this share of the growth before.
_LINEAR_SHARE = 0.75
_MIN_WINDOWS = 3


class DataExponent(NamedTuple):
    """λ_max of a series, nats per time unit, and the curves that it is the slope of."""

    exponent: float
    standard_error: float
    """From the spread over stretches of the series and over the fitted range; blind to the bias of noise."""
    lags: Float[np.ndarray, " lag"]
    """Time units."""
    curves: Float[np.ndarray, "curve lag"]
    """Mean log distance of neighbours, nats, this long after they were close: one for each size of neighbourhood."""
    fit_ranges: tuple[tuple[float, float], ...]
    """The linear region of each curve, time units."""
    method: str

    @property
    def divergence(self) -> Float[np.ndarray, " lag"]:
        """The first curve, of the closest neighbours."""
        return self.curves[0]

    @property
    def fit_range(self) -> tuple[float, float]:
        """Its linear region, time units."""
        return self.fit_ranges[0]


class Plan(NamedTuple):
    """How neighbours of a series are found and followed, in steps."""

    period: float
    """Mean period: one over the mean frequency of the power spectrum."""
    apart: int
    """Neighbours lie more than this apart in time."""
    longest: int
    """They are followed for so long."""
    across_flow: bool
    """Whether only the distance across the local direction of flow counts."""


def plan_for(
    series: Float[np.ndarray, "time dimension"], *, dt: float, theiler_window: int | None, max_lag: int | None
) -> Plan:
    """What the settings stand for. Raises ConfigError for a series that is too short, constant or not finite."""
    if not dt > 0:
        raise ConfigError(f"dt must be above 0 time units, got {dt}")
    if not np.isfinite(series).all():
        raise ConfigError("the series must be finite, got nan or inf values")
    if len(series) < 2 or np.ptp(series, axis=0).max() == 0:
        raise ConfigError(f"the series must vary to have an exponent, got {len(series)} equal points")
    period = _mean_period(series)
    apart = max(1, round(period)) if theiler_window is None else theiler_window
    longest = min(max(round(10 * period), 30), len(series) // 4) if max_lag is None else max_lag
    if apart < 0:
        raise ConfigError(f"theiler_window must be at least 0 steps, got {apart}")
    if longest <= 1 + _MIN_WINDOWS:
        raise ConfigError(
            f"max_lag must be at least {2 + _MIN_WINDOWS} steps, a quarter of the series, got {longest}"
        )
    needed = longest + 2 * apart + GROUPS + 2
    if len(series) < needed:
        raise ConfigError(
            f"the series must hold at least {needed} points, for lags of {longest} steps and neighbours "
            f"more than {apart} steps apart, got {len(series)}"
        )
    return Plan(period, apart, longest, period >= _SAMPLES_OF_A_FLOW and series.shape[1] > 1)


class Fit(NamedTuple):
    """The slope of a curve over its linear region, nats per time unit."""

    slope: float
    standard_error: float
    fit_range: tuple[float, float]


def fit_linear_region(curves: Float[np.ndarray, "group lag"], plan: Plan, *, dt: float) -> Fit:
    """The linear region of the mean of `curves`, and its slope with an error from both groups and parts of it."""
    mean = curves.mean(axis=0)
    window = _window(mean, plan.period)
    first, last = _linear_region(mean, window)
    lags = dt * np.arange(len(mean))
    of_groups = _slopes(lags[first : last + 1], curves[:, first : last + 1])
    windows = np.arange(first, last, window)[:, None] + np.arange(window + 1)
    of_windows = _slopes(lags[: window + 1], mean[windows])
    errors = [values.std(ddof=1) / np.sqrt(len(values)) for values in (of_groups, of_windows)]
    return Fit(float(of_groups.mean()), float(np.hypot(*errors)), (float(lags[first]), float(lags[last])))


def distances(
    series: Float[np.ndarray, "time dimension"],
    references: np.ndarray,
    neighbours: np.ndarray,
    lag: int,
    direction: Float[np.ndarray, "time dimension"] | None,
) -> Float[np.ndarray, " pair"]:
    """How far apart pairs of points are `lag` steps later, across the direction of flow where that is given."""
    gap = series[neighbours + lag] - series[references + lag]
    if direction is not None:
        along = direction[references + lag]
        gap = gap - np.sum(gap * along, axis=1, keepdims=True) * along
    return np.linalg.norm(gap, axis=1)


def flow_direction(series: Float[np.ndarray, "time dimension"]) -> Float[np.ndarray, "time dimension"]:
    """Unit vectors along the series."""
    velocity = np.gradient(series, axis=0)
    return velocity / np.maximum(np.linalg.norm(velocity, axis=1, keepdims=True), np.finfo(float).tiny)


def _slopes(
    lags: Float[np.ndarray, " lag"], curves: Float[np.ndarray, "curve lag"]
) -> Float[np.ndarray, " curve"]:
    return np.polyfit(lags, curves.T, 1)[0]


def _mean_period(series: Float[np.ndarray, "time dimension"]) -> float:
    """One over the mean frequency of the power spectrum, in steps."""
    frequency, power = periodogram(series, axis=0)
    total = power.sum(axis=1)
    return float(total.sum() / (frequency @ total))


def _window(curve: Float[np.ndarray, " lag"], period: float) -> int:
    """Steps over which growth is compared: half a mean period if the curve is linear that long."""
    if period < _SAMPLES_OF_A_FLOW:
        return 1
    plateau = np.median(curve[len(curve) // 2 :])
    saturation = int(np.argmax(curve >= curve[0] + 0.9 * (plateau - curve[0])))
    longest = min(saturation // 8, (len(curve) - 1) // (1 + _MIN_WINDOWS))
    return max(1, min(round(period / 2), longest))


def _linear_region(curve: Float[np.ndarray, " lag"], window: int) -> tuple[int, int]:
    """First and last lag of the region where the curve grows steadily, after one window of transient."""
    last = (1 + _MIN_WINDOWS) * window
    while last + window < len(curve):
        growth = (curve[last] - curve[window]) / (last / window - 1)
        if curve[last + window] - curve[last] < _LINEAR_SHARE * growth:
            break
        last += window
    return window, last
