"""How neighbours of a series are found and followed, and how far apart they are."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.signal import periodogram

from rnnchaos.errors import ConfigError

GROUPS = 10
# With fewer samples in its mean period a series shows no direction of flow: it is treated as that of a map.
_SAMPLES_OF_A_FLOW = 10
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
    """They are followed for so long."""
    across_flow: bool
    """Whether only the distance across the local direction of flow counts."""

    @property
    def lags(self) -> Int[np.ndarray, " lag"]:
        """The lags at which distances are taken, from 0 to the longest: up to 200 of them."""
        return np.arange(0, self.longest + 1, self._stride)

    @property
    def half_period(self) -> int:
        """Lags in half a mean period, over which a flow's curve goes up and down; 1 for a map."""
        return 1 if self.period < _SAMPLES_OF_A_FLOW else max(1, round(self.period / 2 / self._stride))

    @property
    def _stride(self) -> int:
        return max(1, self.longest // _MOST_LAGS)


def plan_for(
    series: Float[np.ndarray, "time dimension"], *, dt: float, theiler_window: int | None, max_lag: int | None
) -> DivergencePlan:
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
    if longest < _FEWEST_LAGS and max_lag is None:
        raise ConfigError(
            f"the series must hold at least {4 * _FEWEST_LAGS} points to show an exponent, got {len(series)}"
        )
    if longest < _FEWEST_LAGS:
        raise ConfigError(f"max_lag must be at least {_FEWEST_LAGS} steps, got {longest}")
    needed = longest + 2 * apart + GROUPS + 2
    if len(series) < needed:
        raise ConfigError(
            f"the series must hold at least {needed} points, for lags of {longest} steps and neighbours "
            f"more than {apart} steps apart, got {len(series)}"
        )
    return DivergencePlan(period, apart, longest, period >= _SAMPLES_OF_A_FLOW and series.shape[1] > 1)


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


def saturated(
    series: Float[np.ndarray, "time dimension"],
    plan: DivergencePlan,
    *,
    direction: Float[np.ndarray, "time dimension"] | None,
    of_logarithms: bool,
) -> float:
    """Where curves level off: the mean log distance of points of the series at random, or log of the mean distance."""
    first, second = np.random.default_rng(0).integers(0, len(series), (2, _PAIRS))
    apart = np.abs(first - second) > plan.apart
    found = distances(series, first[apart], second[apart], 0, direction)
    found = found[found > 0]
    return float(np.mean(np.log(found)) if of_logarithms else np.log(np.mean(found)))


def periods_of_a_flow(series: Float[np.ndarray, "time dimension"], steps: float) -> float | None:
    """Mean periods in so many steps, None of a map."""
    period = _mean_period(series)
    return None if period < _SAMPLES_OF_A_FLOW else steps / period


def _mean_period(series: Float[np.ndarray, "time dimension"]) -> float:
    """One over the mean frequency of the power spectrum, in steps."""
    frequency, power = periodogram(series, axis=0)
    total = power.sum(axis=1)
    return float(total.sum() / (frequency @ total))
