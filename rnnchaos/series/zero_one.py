"""The 0–1 test: whether a series is chaotic, without an embedding."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError

_LEAST_POINTS = 200
# Frequencies that resonate with the sampling, near 0 and π, are left out.
_LOWEST, _HIGHEST = np.pi / 5, 4 * np.pi / 5
_SHARE_OF_LAGS = 10


class ZeroOne(NamedTuple):
    """K near 1: chaotic; near 0: regular."""

    value: float
    """The median over frequencies."""
    spread: float
    """Half of the distance between the quartiles over frequencies."""


def zero_one_test(
    series: Float[np.ndarray, " time"], *, num_frequencies: int = 100, seed: int = 0
) -> ZeroOne:
    """K, the correlation with time of the mean square displacement that a series drives.

    Gottwald & Melbourne (2009, SIAM J. Appl. Dyn. Syst. 8, 129): the series, times a rotation of random frequency,
    drives a walk in the plane, which diffuses if the series is chaotic and stays bounded if it is regular; the
    oscillation that the mean of the series contributes is taken off. A flow must be sampled coarsely, about at the
    delay at which the series tells least about itself: sampled finely, every series looks regular.

    Raises ConfigError for fewer than 200 points, or for points that are not finite or all alike.
    """
    if len(series) < _LEAST_POINTS:
        raise ConfigError(
            f"the series must hold at least {_LEAST_POINTS} points for the 0-1 test, got {len(series)}"
        )
    if not np.isfinite(series).all() or np.ptp(series) == 0:
        raise ConfigError("the series must be finite and vary for the 0-1 test")
    frequencies = np.random.default_rng(seed).uniform(_LOWEST, _HIGHEST, num_frequencies)
    found = [_growth(series, frequency) for frequency in frequencies]
    low, middle, high = np.quantile(found, [0.25, 0.5, 0.75])
    return ZeroOne(float(middle), float(high - low) / 2)


def _growth(series: Float[np.ndarray, " time"], frequency: float) -> float:
    times = np.arange(1, len(series) + 1)
    walk = np.cumsum(series * np.exp(1j * frequency * times))
    longest = len(series) // _SHARE_OF_LAGS
    lags = np.arange(1, longest + 1)
    starts = len(series) - longest
    squared = np.array([np.mean(np.abs(walk[lag:][:starts] - walk[:starts]) ** 2) for lag in lags])
    mean = series.mean()
    oscillation = mean**2 * (1 - np.cos(lags * frequency)) / (1 - np.cos(frequency))
    return float(np.corrcoef(lags, squared - oscillation)[0, 1])
