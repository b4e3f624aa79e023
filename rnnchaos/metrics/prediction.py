"""How well, and for how long, a network predicts from given starts."""

from typing import Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Bool, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.forecast_errors import forecast_errors
from rnnchaos.metrics.blocks import block_means, mean_error
from rnnchaos.metrics.series import Forecasts, Series, as_numbers
from rnnchaos.setting import SettingError, check_choice

ErrorForm = Literal["normalised", "smape", "cumulative_smape"]

_NORMAL = 1.96
# Standard deviation of what rounding to a whole step takes away.
_ROUNDING = 1 / np.sqrt(12)


class PredictionError(NamedTuple):
    """Mean squared error at one lead time, over starts and axes, in squared data units."""

    value: float | None
    """None where any prediction is not finite: such a mean has no value."""
    standard_error: float | None
    """From blocks of successive starts, on the logarithm's wider side; None with fewer than 2 starts."""
    num_starts: int
    num_diverged: int


class PredictionTime(NamedTuple):
    """For how long predictions stay valid, over the starts."""

    median: float
    lower_quartile: float
    upper_quartile: float
    standard_error: float | None
    """Of the median, from how the share below it scatters over blocks of successive starts, and of rounding to steps;
    None with fewer than 2."""
    unit: str
    threshold: float
    num_starts: int
    num_censored: int
    """Predictions still valid at the horizon, which count with the horizon as their time."""


def n_step_error(truth: Forecasts, predicted: Forecasts) -> PredictionError:
    """Mean squared error exactly n steps ahead: one pair of points a start, both n steps after it.

    Starts are in their order along the series: neighbours err alike, blocks of them hardly. Squared errors have a long
    tail, so that a mean which came out low is farther from the truth than one which came out high: the interval is
    taken in the logarithm, and the standard error is that of its wider side.

    Raises:
        ConfigError: a truth that is not finite, no starts, or shapes that differ or are none of forecasts.
    """
    truth, predicted = _checked(truth, predicted, axes=("start", "dimension"))
    finite = np.isfinite(predicted).all(axis=1)
    diverged = int(np.sum(~finite))
    if diverged:
        return PredictionError(None, None, len(truth), diverged)
    with np.errstate(over="ignore"):
        errors = np.mean((predicted - truth) ** 2, axis=1)
    if not np.isfinite(errors).all():
        return PredictionError(None, None, len(truth), int(np.sum(~np.isfinite(errors))))
    error_bar = _error_of_positive_mean(errors) if len(errors) > 1 else None
    return PredictionError(float(errors.mean()), error_bar, len(truth), 0)


def valid_prediction_time(
    truth: Forecasts,
    predicted: Forecasts,
    *,
    scale: Series,
    threshold: float = 0.4,
    time_per_step: float,
    lyapunov_exponent: float | None = None,
    error: ErrorForm = "normalised",
) -> PredictionTime:
    """The first time at which the normalised error passes the threshold (Vlachas et al., arXiv:1910.05266).

    The error is √⟨((x̂ - x) / scale)²⟩ over the axes; `scale` is the truth's standard deviation along each,
    over the attractor. Step 0 of both arrays is one step after the start. A value that is not finite passes.
    `error="smape"` is that of the benchmarks on dysts (Zhang & Gilpin, arXiv:2409.15771, equation 1; Gilpin,
    arXiv:2303.08011): 200 ⟨|x̂ - x| / (|x̂| + |x|)⟩ over the axes, in per cent, with `threshold=30.0`; their public code
    takes the mean over the axes and all steps from the start up to that time, `error="cumulative_smape"`. Both hang on
    where the zero of the data lies, so they want them in their own units; `scale` is not used. Theirs is the time of
    the step before.
    In Lyapunov times 1/λ₁ where `lyapunov_exponent` (nats per time unit) is above 0, else in time units.

    Raises:
        ConfigError: a threshold or scale that is not above 0, an error that is none, or shapes that do not fit.
    """
    check_choice("error", error, get_args(ErrorForm))
    truth, predicted = _checked(truth, predicted, axes=("start", "horizon", "dimension"))
    scale = as_numbers("scale", scale)
    if not 0 < threshold < np.inf:
        raise SettingError("threshold", "be greater than 0", threshold)
    if not 0 < time_per_step < np.inf:
        raise SettingError("time_per_step", "be greater than 0", time_per_step)
    if scale.shape != truth.shape[2:]:
        raise ConfigError(
            f"scale must be a number for each axis of the truth ({truth.shape[2]}), got shape {scale.shape}"
        )
    if not (np.all(scale > 0) and np.isfinite(scale).all()):
        raise ConfigError(f"the truth must vary along every axis, got standard deviations {scale.tolist()}")
    rate = 0.0 if lyapunov_exponent is None else lyapunov_exponent
    if not np.isfinite(rate):
        raise SettingError("lyapunov_exponent", "be finite", rate)
    unit, time_of_step = (
        ("Lyapunov times", time_per_step * rate) if rate > 0 else ("time units", time_per_step)
    )
    if error == "normalised":
        valid = forecast_errors(truth, predicted, scale) <= threshold
    else:
        valid = _near(truth, predicted, threshold, cumulative=error == "cumulative_smape")
    num_starts, horizon = valid.shape
    censored = valid.all(axis=1)
    steps = np.where(censored, horizon, np.argmin(valid, axis=1) + 1)
    lower, median, upper = np.quantile(time_of_step * steps, [0.25, 0.5, 0.75])
    error_in_steps = _median_error(steps, horizon)
    return PredictionTime(
        median=float(median),
        lower_quartile=float(lower),
        upper_quartile=float(upper),
        standard_error=None if error_in_steps is None else time_of_step * error_in_steps,
        unit=unit,
        threshold=threshold,
        num_starts=num_starts,
        num_censored=int(censored.sum()),
    )


def _near(
    truth: Float[np.ndarray, "starts horizon dimension"],
    predicted: Float[np.ndarray, "starts horizon dimension"],
    threshold: float,
    *,
    cumulative: bool,
) -> Bool[np.ndarray, "starts horizon"]:
    """Where the symmetric mean absolute percentage error is not above the threshold; 0 for 0 is no error."""
    with np.errstate(over="ignore", invalid="ignore"):
        size, gap = np.abs(predicted) + np.abs(truth), np.abs(predicted - truth)
        error = 200 * np.mean(gap / np.where(size == 0, 1.0, size), axis=-1)
        if cumulative:
            error = np.cumsum(error, axis=1) / np.arange(1, error.shape[1] + 1)
        return error <= threshold


def _median_error(steps: Int[np.ndarray, " starts"], horizon: int) -> float | None:
    """Standard error of the median without a model of the distribution: from that of the share below it.

    A forecast fails within its last step, not at the end of it: times that are equal are spread over that step, and the
    median is off by what rounding to whole steps takes. At the horizon it is known only to be beyond.
    """
    if len(steps) < 2:
        return None
    median = np.median(steps)
    below = (steps < median) + 0.5 * (steps == median)
    spread = min(0.5, _NORMAL * mean_error(block_means(below)))
    lower, upper = np.quantile(_within_steps(steps, horizon), [0.5 - spread, 0.5 + spread])
    rounding = _ROUNDING if median < horizon else 0.0
    return float(np.hypot((upper - lower) / (2 * _NORMAL), rounding))


def _within_steps(steps: Int[np.ndarray, " starts"], horizon: int) -> Float[np.ndarray, " starts"]:
    """Sorted times, equal ones evenly within the step that ends there."""
    values, counts = np.unique(steps, return_counts=True)
    ranks = np.arange(len(steps)) - np.repeat(np.cumsum(counts) - counts, counts)
    ends = np.repeat(values, counts)
    return np.where(ends == horizon, ends, ends - 1 + (ranks + 0.5) / np.repeat(counts, counts))


def _error_of_positive_mean(values: Float[np.ndarray, " sample"]) -> float | None:
    """Standard error of a mean of positive values, on the side on which the interval of its logarithm is wider."""
    mean, error = values.mean(), mean_error(block_means(values))
    if not error > 0:
        return 0.0
    relative = _NORMAL * error / mean
    with np.errstate(over="ignore", invalid="ignore"):
        wider = float(error * (np.expm1(relative) / relative))
    return wider if np.isfinite(wider) else None


def _checked(
    truth: Forecasts, predicted: Forecasts, *, axes: tuple[str, ...]
) -> tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."]]:
    """Both in float64; predictions may be anything but masked, the truth is finite."""
    truth, predicted = as_numbers("truth", truth), as_numbers("predictions", predicted)
    if truth.ndim != len(axes):
        raise ConfigError(f"the truth must be ({', '.join(axes)}), got shape {truth.shape}")
    if truth.shape != predicted.shape or truth.size == 0:
        raise ConfigError(
            f"predictions must have the truth's shape {truth.shape} and not be empty, got {predicted.shape}"
        )
    if not np.isfinite(truth).all():
        raise ConfigError("the truth must be finite where predictions are held against it")
    return truth, predicted
