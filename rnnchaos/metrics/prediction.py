"""How well, and for how long, a network predicts from given starts."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.series import standard_error
from rnnchaos.setting import SettingError


class PredictionError(NamedTuple):
    """Mean squared error at one lead time, over starts and axes, in squared data units."""

    value: float | None
    """None where any prediction is not finite: such a mean has no value."""
    standard_error: float | None
    """Across the starts, taken as independent; None with fewer than 2."""
    num_starts: int
    num_diverged: int


class PredictionTime(NamedTuple):
    """For how long predictions stay valid, over the starts."""

    median: float
    lower_quartile: float
    upper_quartile: float
    standard_error: float | None
    """Of the median: half the span of the ranks within one binomial standard deviation of it."""
    unit: str
    threshold: float
    num_starts: int
    num_censored: int
    """Predictions still valid at the horizon, which count with the horizon as their time."""


def n_step_error(
    truth: Float[np.ndarray, "starts dimension"], predicted: Float[np.ndarray, "starts dimension"]
) -> PredictionError:
    """Mean squared error exactly n steps ahead: one pair of points a start, both n steps after it."""
    _check_shapes(truth, predicted)
    finite = np.isfinite(predicted).all(axis=1)
    diverged = int(np.sum(~finite))
    if diverged:
        return PredictionError(None, None, len(truth), diverged)
    errors = np.mean((np.asarray(predicted, np.float64) - truth) ** 2, axis=1)
    error_bar = standard_error(errors) if len(errors) > 1 else None
    return PredictionError(float(errors.mean()), error_bar, len(truth), 0)


def valid_prediction_time(
    truth: Float[np.ndarray, "starts horizon dimension"],
    predicted: Float[np.ndarray, "starts horizon dimension"],
    *,
    scale: Float[np.ndarray, " dimension"],
    threshold: float = 0.4,
    time_per_step: float,
    lyapunov_exponent: float | None = None,
) -> PredictionTime:
    """The first time at which the normalised error passes the threshold (Vlachas et al., arXiv:1910.05266).

    The error is √⟨((x̂ - x) / scale)²⟩ over the axes; `scale` is the truth's standard deviation along each,
    over the attractor. Step 0 of both arrays is one step after the start. A value that is not finite passes.
    In Lyapunov times 1/λ₁ where `lyapunov_exponent` (nats per time unit) is above 0, else in time units.

    Raises:
        ConfigError: a threshold or scale that is not above 0, or shapes that differ.
    """
    _check_shapes(truth, predicted)
    if not threshold > 0:
        raise SettingError("threshold", "be greater than 0", threshold)
    if not np.all(scale > 0):
        raise ConfigError(f"the truth must vary along every axis, got standard deviations {scale.tolist()}")
    rate = 0.0 if lyapunov_exponent is None else lyapunov_exponent
    unit, time_of_step = (
        ("Lyapunov times", time_per_step * rate) if rate > 0 else ("time units", time_per_step)
    )
    valid = _valid(truth, predicted, scale, threshold)
    num_starts, horizon = valid.shape
    censored = valid.all(axis=1)
    times = time_of_step * np.where(censored, horizon, np.argmin(valid, axis=1) + 1)
    lower, median, upper = np.quantile(times, [0.25, 0.5, 0.75])
    return PredictionTime(
        median=float(median),
        lower_quartile=float(lower),
        upper_quartile=float(upper),
        standard_error=_median_error(times),
        unit=unit,
        threshold=threshold,
        num_starts=num_starts,
        num_censored=int(censored.sum()),
    )


def _valid(
    truth: Float[np.ndarray, "starts horizon dimension"],
    predicted: Float[np.ndarray, "starts horizon dimension"],
    scale: Float[np.ndarray, " dimension"],
    threshold: float,
) -> Bool[np.ndarray, "starts horizon"]:
    # A diverging forecast may overflow or turn to NaN: either way it is not below the threshold.
    with np.errstate(over="ignore", invalid="ignore"):
        squares = ((np.asarray(predicted, np.float64) - truth) / scale) ** 2
        return np.sqrt(squares.mean(axis=-1)) <= threshold


def _median_error(times: Float[np.ndarray, " starts"]) -> float | None:
    """Standard error of the median without a model of the distribution: the rank is binomial, ± √n/2."""
    if len(times) < 2:
        return None
    spread = 0.5 / np.sqrt(len(times))
    lower, upper = np.quantile(times, [0.5 - spread, 0.5 + spread])
    return float((upper - lower) / 2)


def _check_shapes(truth: Float[np.ndarray, "..."], predicted: Float[np.ndarray, "..."]) -> None:
    if truth.shape != predicted.shape or truth.size == 0:
        raise ConfigError(
            f"predictions must have the truth's shape {truth.shape} and not be empty, got {predicted.shape}"
        )
