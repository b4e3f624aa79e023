"""The largest Lyapunov exponent of a measured series, from the divergence of neighbouring points."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.signal import periodogram
from scipy.spatial import cKDTree

from rnnchaos.errors import ConfigError, RunError

_REFERENCES = 4_000
_GROUPS = 10
# With fewer samples in its mean period a series shows no direction of flow: it is treated as that of a map.
_SAMPLES_OF_A_FLOW = 10
# The linear region ends where the local growth falls below this share of the growth before.
_LINEAR_SHARE = 0.75
_MIN_WINDOWS = 3


class DataExponent(NamedTuple):
    """λ_max of a series, nats per time unit, and the curve that it is the slope of."""

    exponent: float
    standard_error: float
    """From the spread over stretches of the series and over the fitted range; blind to the bias of noise."""
    lags: Float[np.ndarray, " lag"]
    """Time units."""
    divergence: Float[np.ndarray, " lag"]
    """Mean log distance of neighbours, nats, this long after they were neighbours."""
    fit_range: tuple[float, float]
    """The linear region, time units."""


def lyapunov_from_data(
    series: Float[np.ndarray, "time dimension"],
    *,
    dt: float,
    theiler_window: int | None = None,
    max_lag: int | None = None,
) -> DataExponent:
    """λ_max from how fast neighbours in `series` separate (Rosenstein et al. 1993, Physica D 65, 117).

    `series` must show the whole state: the variables of the system or a delay embedding, one sample every
    `dt` time units. Neighbours are more than `theiler_window` steps apart in time (one mean period by
    default), and followed for `max_lag` steps (10 mean periods). In a series sampled finely in time, the
    distance across the local direction of flow counts, since displacement along it is neutral and would
    flatten the curve. The fitted region starts after at most half a mean period and ends before the curve
    saturates; it is part of the result, to be looked at.

    Raises ConfigError for a series that is too short, constant or not finite, RunError where neighbours
    never part.
    """
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
    needed = longest + 2 * apart + _GROUPS + 2
    if len(series) < needed:
        raise ConfigError(
            f"the series must hold at least {needed} points, for lags of {longest} steps and neighbours "
            f"more than {apart} steps apart, got {len(series)}"
        )
    flow = period >= _SAMPLES_OF_A_FLOW and series.shape[1] > 1
    curves = _divergence(series, apart=apart, longest=longest, across_flow=flow)
    mean = curves.mean(axis=0)
    window = _window(mean, period)
    first, last = _linear_region(mean, window)
    lags = dt * np.arange(longest + 1)

    of_groups = _slopes(lags[first : last + 1], curves[:, first : last + 1])
    windows = np.arange(first, last, window)[:, None] + np.arange(window + 1)
    of_windows = _slopes(lags[: window + 1], mean[windows])
    errors = [values.std(ddof=1) / np.sqrt(len(values)) for values in (of_groups, of_windows)]
    return DataExponent(
        exponent=float(of_groups.mean()),
        standard_error=float(np.hypot(*errors)),
        lags=lags,
        divergence=mean,
        fit_range=(float(lags[first]), float(lags[last])),
    )


def _slopes(
    lags: Float[np.ndarray, " lag"], curves: Float[np.ndarray, "curve lag"]
) -> Float[np.ndarray, " curve"]:
    return np.polyfit(lags, curves.T, 1)[0]


def _mean_period(series: Float[np.ndarray, "time dimension"]) -> float:
    """One over the mean frequency of the power spectrum, in steps."""
    frequency, power = periodogram(series, axis=0)
    total = power.sum(axis=1)
    return float(total.sum() / (frequency @ total))


def _divergence(
    series: Float[np.ndarray, "time dimension"], *, apart: int, longest: int, across_flow: bool
) -> Float[np.ndarray, "group lag"]:
    """Mean log distance of reference points and their neighbours at each lag, in stretches of the series."""
    starts = series[: len(series) - longest]
    references = np.unique(np.linspace(0, len(starts) - 1, min(_REFERENCES, len(starts))).astype(int))
    # At most 2·apart + 1 points lie within the window, so one of these lies outside.
    candidates = cKDTree(starts).query(starts[references], k=2 * apart + 2)[1]
    outside = np.abs(candidates - references[:, None]) > apart
    neighbours = candidates[np.arange(len(references)), outside.argmax(axis=1)]
    velocity = np.gradient(series, axis=0)
    direction = velocity / np.maximum(np.linalg.norm(velocity, axis=1, keepdims=True), np.finfo(float).tiny)

    logs = np.full((len(references), longest + 1), np.nan)
    for lag in range(longest + 1):
        gap = series[neighbours + lag] - series[references + lag]
        if across_flow:
            along = direction[references + lag]
            gap = gap - np.sum(gap * along, axis=1, keepdims=True) * along
        distance = np.linalg.norm(gap, axis=1)
        np.log(distance, out=logs[:, lag], where=distance > 0)  # points that coincide have no logarithm
    groups = [group[np.isfinite(group).all(axis=1)] for group in np.array_split(logs, _GROUPS)]
    if any(len(group) == 0 for group in groups):
        raise RunError("neighbours in the series coincide and never part: it repeats itself exactly")
    return np.stack([group.mean(axis=0) for group in groups])


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
