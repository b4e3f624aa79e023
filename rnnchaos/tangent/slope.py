"""The slope of log norms against the lag, and its error: a norm's logarithm wanders about its line."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.tangent.tangent import check_lags

# From so many starts on, their spread alone gives the error.
_MANY_STARTS = 8
# Variance that a walk gathers over the whole range, over that of the noise: less does not count beside the noise.
_WALK_OVER_NOISE = np.logspace(-1, 5, 25)

# Lags of which no more than so many count as one: what wanders longer is the walk.
_MOST_ALIKE = 4.0


class Slope(NamedTuple):
    """The straight line through log‖·‖ against T: `value` in nats per step, `intercept` in nats."""

    value: float
    standard_error: float
    intercept: float


def fit_slope(
    lags: Sequence[int] | Int[np.ndarray, " lag"],
    log_norms: Float[np.ndarray, "start lag"],
    *,
    from_fraction: float = 0.1,
    diffusion: float | None = None,
) -> Slope:
    """The slope of log norms against the lag, by least squares from `from_fraction` of the longest lag on.

    The mean over starts. From 8 starts on, their spread divided by the root of their number is its error. Of fewer,
    each is a random walk about its line, as sums of local growth are, and `diffusion` the variance that the walk gains
    a step, in nats²: the squared error of λ_max per step times the steps of all its orbits; what is left beside the
    line is added as noise. Where the diffusion is not known, it is estimated together with that noise: the variance of
    the slope is averaged over how likely each share of the two makes the norms (restricted likelihood; Patterson &
    Thompson 1971, Biometrika 58, 545). A norm of exactly 0 makes the slope -inf.

    Raises ConfigError for fewer than 3 lags in the fitted range.
    """
    lags = np.asarray(lags)
    check_lags(lags)
    fitted = lags >= from_fraction * lags[-1]
    if np.count_nonzero(fitted) < 3:
        raise ConfigError(
            f"lags must hold at least 3 from {from_fraction:g} of the longest on, got {lags.tolist()}"
        )
    x, y = lags[fitted].astype(float), log_norms[:, fitted]
    if np.isneginf(y).any():
        return Slope(-np.inf, 0.0, 0.0)
    slopes, intercepts = np.polyfit(x, y.T, 1)
    return Slope(float(slopes.mean()), _error(x, y, slopes, diffusion), float(intercepts.mean()))


def _error(
    x: Float[np.ndarray, " lag"],
    y: Float[np.ndarray, "start lag"],
    slopes: Float[np.ndarray, " start"],
    diffusion: float | None,
) -> float:
    count = len(slopes)
    spread = float(slopes.std(ddof=1)) if count > 1 else 0.0
    if count >= _MANY_STARTS:
        deviation = spread
    elif diffusion is not None:
        noise = _noise(y.T - np.outer(x, slopes))
        deviation = float(np.sqrt(_of_slope(x, diffusion * _walk(x) + noise * np.eye(len(x)))))
    else:
        # The spread of few is no measure by itself, but more than the walks say is more.
        deviation = max(spread, _likely_deviation(x, y))
    return deviation / float(np.sqrt(count))


def _noise(left: Float[np.ndarray, "lag start"]) -> float:
    """Variance of what is left beside the line, as if it were independent from lag to lag: neighbours may err alike."""
    left = left - left.mean(axis=0)
    squares = np.sum(left**2)
    alike = np.sum(left[1:] * left[:-1]) / max(squares, np.finfo(float).tiny)
    fewer = np.clip((1 + alike) / (1 - alike), 1.0, _MOST_ALIKE)
    return float(fewer * squares / left.shape[1] / (len(left) - 2))


def _likely_deviation(x: Float[np.ndarray, " lag"], y: Float[np.ndarray, "start lag"]) -> float:
    """Standard deviation of one start's slope where its norms are a line, a random walk and independent noise."""
    scale = x[-1] - x[0]
    line = np.stack([np.ones_like(x), (x - x[0]) / scale], axis=1)
    # What is left of the norms once any line is taken out of them.
    residual = np.linalg.qr(line, mode="complete")[0][:, 2:]
    free = y.shape[0] * residual.shape[1]
    logs, variances = [], []
    for ratio in _WALK_OVER_NOISE:
        covariance = ratio * _walk(x) / scale + np.eye(len(x))
        factor = np.linalg.cholesky(residual.T @ covariance @ residual)
        squares = float(np.sum(np.linalg.solve(factor, residual.T @ y.T) ** 2))
        if squares == 0:
            return 0.0
        logs.append(-free / 2 * np.log(squares) - len(y) * np.log(np.diag(factor)).sum())
        variances.append(squares / free * _of_slope(x, covariance))
    weights = np.exp(np.array(logs) - max(logs))
    return float(np.sqrt(np.average(variances, weights=weights)))


def _walk(x: Float[np.ndarray, " lag"]) -> Float[np.ndarray, "lag lag"]:
    """Covariance of a random walk that gains a variance of 1 a step."""
    return np.minimum.outer(x, x) - x[0]


def _of_slope(x: Float[np.ndarray, " lag"], covariance: Float[np.ndarray, "lag lag"]) -> float:
    """Variance of the least-squares slope, which is a weighted sum of what it is fitted to."""
    centred = x - x.mean()
    weights = centred / np.sum(centred**2)
    return float(weights @ covariance @ weights)
