"""The 0–1 test: whether a series is chaotic, without an embedding."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Complex, Float

from rnnchaos.errors import ConfigError
from rnnchaos.given import as_numbers
from rnnchaos.pieces import Pieces
from rnnchaos.series.in_pieces import Series, as_pieces, num_pairs, reach
from rnnchaos.setting import whole

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


def zero_one_test(series: Series, *, num_frequencies: int = 100, seed: int = 0) -> ZeroOne:
    """K, the correlation with time of the mean square displacement that a series drives.

    Gottwald & Melbourne (2009, SIAM J. Appl. Dyn. Syst. 8, 129): the series, times a rotation of random frequency,
    drives a walk in the plane, which diffuses if the series is chaotic and stays bounded if it is regular; the
    oscillation that the mean of the series contributes is taken off. A flow must be sampled coarsely, about at the
    delay at which the series tells least about itself: sampled finely, every series looks regular. Through several
    pieces, of one axis, as many walks go.

    Raises ConfigError for several axes, for fewer than 200 points, pieces of fewer than 40, points that are not finite
    or all alike, no frequencies, or a negative `seed`.
    """
    num_frequencies, seed = whole("num_frequencies", num_frequencies, least=1), whole("seed", seed, least=0)
    series = _of_one_axis(series).at_least(2)
    if len(series) < _LEAST_POINTS:
        raise ConfigError(
            f"the series must hold at least {_LEAST_POINTS} points for the 0-1 test, got {len(series)}"
        )
    if not np.isfinite(series.values).all() or np.ptp(series.values) == 0:
        raise ConfigError("the series must be finite and vary for the 0-1 test")
    longest = min(len(series) // _SHARE_OF_LAGS, reach(series))
    if longest < _LEAST_POINTS // _SHARE_OF_LAGS:
        raise ConfigError(
            f"the pieces must hold at least {2 * _LEAST_POINTS // _SHARE_OF_LAGS} points each for the 0-1 test, "
            f"got {len(series.lengths)} of up to {max(series.lengths)}"
        )
    series = series.at_least(longest + 1)
    frequencies = np.random.default_rng(seed).uniform(_LOWEST, _HIGHEST, num_frequencies)
    found = [_growth(series, frequency, longest) for frequency in frequencies]
    low, middle, high = np.quantile(found, [0.25, 0.5, 0.75])
    return ZeroOne(float(middle), float(high - low) / 2)


def _of_one_axis(series: Series) -> Pieces:
    shape = series.values.shape if isinstance(series, Pieces) else as_numbers("the series", series).shape
    if shape[1:] not in ((), (1,)):
        got = " by ".join(map(str, shape))
        raise ConfigError(
            f"the series must have one axis for the 0-1 test, got {got}: take one column, series[:, 0]"
        )
    return as_pieces(series)


def _growth(series: Pieces, frequency: float, longest: int) -> float:
    lags, turns = np.arange(1, longest + 1), np.exp(1j * frequency * np.arange(1, series.longest + 1))
    squared = np.zeros(longest)
    for part in series.parts():
        squared += _displacements(np.cumsum(part.values[:, 0] * turns[: len(part)]), longest)
    squared /= num_pairs(series, longest + 1)[-1]
    mean = series.values.mean()
    oscillation = mean**2 * (1 - np.cos(lags * frequency)) / (1 - np.cos(frequency))
    return float(np.corrcoef(lags, squared - oscillation)[0, 1])


def _displacements(walk: Complex[np.ndarray, " time"], longest: int) -> Float[np.ndarray, " lag"]:
    """Sums of |w(t + lag) - w(t)|² over the starts t that have `longest` steps after them, for lags 1, 2, …"""
    starts, length = len(walk) - longest, scipy.fft.next_fast_len(2 * len(walk))
    walk = walk - walk.mean()
    sums = np.concatenate([[0.0], np.cumsum(np.abs(walk) ** 2)])
    ends = np.arange(1, longest + 1)
    # By the convolution theorem: lag by lag it takes a hundred times as long.
    waves, first = scipy.fft.fft(walk, length), scipy.fft.fft(walk[:starts], length)
    products = scipy.fft.ifft(waves * first.conj())[ends].real
    return sums[starts] + sums[ends + starts] - sums[ends] - 2 * products
