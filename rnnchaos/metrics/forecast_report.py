"""The metrics of forecasts beside their floors and their ceilings."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float

from rnnchaos.metrics.prediction import PredictionTime, n_step_error, valid_prediction_time
from rnnchaos.metrics.record import Metric
from rnnchaos.metrics.series import Forecasts, as_numbers
from rnnchaos.setting import SettingError

PREDICTIONS = ("n_step_error", "valid_prediction_time", "valid_prediction_time_smape")
"""Names of the metrics of forecasts, which say nothing of the attractor."""
# Per cent: that of the benchmarks on dysts.
_SMAPE_THRESHOLD = 30.0
# By so much, as a share of its size, rounding in float64 moves a state.
_ROUNDING = float(np.finfo(np.float64).eps)
# So many roundings a step may all go one way: those of an integrator's stages.
_ROUNDINGS_A_STEP = 4


def prediction_metrics(
    truth: Forecasts,
    predicted: Forecasts,
    *,
    mean: Float[np.ndarray, " dimension"],
    scale: Float[np.ndarray, " dimension"],
    n: int,
    ahead: tuple[Forecasts, Forecasts] | None = None,
    threshold: float = 0.4,
    time_per_step: float,
    lyapunov_exponent: float | None = None,
    in_own_units: Callable[[np.ndarray], np.ndarray] | None = None,
) -> list[Metric]:
    """The n-step error and the valid prediction times of forecasts from many starts, in order along the truth.

    Step 0 of `truth` and `predicted` is one step after the start; `mean` and `scale` are the truth's over the
    attractor. `ahead`: truth and predictions exactly n steps after other, more starts, for the n-step error alone,
    whose long tail takes many. Floors: the true equations from the true start err by what n steps of rounding may add
    up to in float64, growing as chaos does where it is known; their prediction time is the horizon, or where chaos is
    known less than that: after ln(threshold / float64 epsilon) Lyapunov times what rounding did to the start passes the
    threshold. Ceilings:
    predicting `mean` at every step from the same starts. `in_own_units` makes the data's own units of those of the
    arrays, for the error that is relative to them.

    Raises:
        SettingError: n beyond the horizon, or what `valid_prediction_time` raises.
    """
    truth, predicted = as_numbers("truth", truth), as_numbers("predictions", predicted)
    horizon = truth.shape[1]
    if not 1 <= n <= horizon:
        raise SettingError("n", f"be from 1 to horizon ({horizon} steps)", n)
    true_ahead, predicted_ahead = ahead or (truth[:, n - 1], predicted[:, n - 1])
    error = n_step_error(true_ahead, predicted_ahead)
    constant = np.broadcast_to(mean, truth.shape)
    own = in_own_units or (lambda values: values)
    common: dict[str, Any] = {
        "scale": scale,
        "time_per_step": time_per_step,
        "lyapunov_exponent": lyapunov_exponent,
    }
    ceiling = n_step_error(true_ahead, np.broadcast_to(mean, np.shape(true_ahead))).value
    floor = _rounding(true_ahead, own, n=n, rate=time_per_step * (lyapunov_exponent or 0.0))
    floor = floor if ceiling is None else min(floor, ceiling)
    followed = partial(_followed, truth, rate=time_per_step * (lyapunov_exponent or 0.0))
    times = [
        valid_prediction_time(truth, forecast, threshold=threshold, **common)
        for forecast in (predicted, followed(np.full_like(truth, np.nan), error=threshold), constant)
    ]
    # The mean over all steps so far passes only some time after a forecast is lost, and goes its own way.
    elsewhere = np.roll(truth, (len(truth) // 2, horizon // 2), axis=(0, 1))
    lost = followed(elsewhere, error=_SMAPE_THRESHOLD / 100)
    relative = [
        valid_prediction_time(
            own(truth), own(forecast), threshold=_SMAPE_THRESHOLD, error="cumulative_smape", **common
        )
        for forecast in (predicted, lost, constant)
    ]
    return [
        Metric(
            "n_step_error",
            error.value,
            error.standard_error,
            floor,
            ceiling,
            "scaled units²",
            f"mean squared error exactly {n} steps ahead, over {error.num_starts} starts",
            f"{error.num_diverged} of {error.num_starts} diverged" if error.num_diverged else "",
            floor_standard_error=floor,
        ),
        _of_times(
            "valid_prediction_time",
            times,
            f"median time until the error, in standard deviations of the truth, passes {threshold:g}",
        ),
        _of_times(
            "valid_prediction_time_smape",
            relative,
            "median time until the symmetric mean absolute percentage error of the forecast so far, in the data's "
            f"units, passes {_SMAPE_THRESHOLD:g} (arXiv:2409.15771)",
        ),
    ]


def _rounding(truth: Forecasts, own: Callable[[np.ndarray], np.ndarray], *, n: int, rate: float) -> float:
    """Mean square of what `n` steps of rounding may add up to, which grows by `rate` nats a step, in scaled units."""
    truth = as_numbers("truth", truth)
    unit = np.abs(own(np.ones(truth.shape[-1])) - own(np.zeros(truth.shape[-1])))
    sizes = np.abs(truth) + np.abs(own(truth)) / np.where(unit > 0, unit, 1.0)
    with np.errstate(over="ignore"):
        return float(
            np.mean((_ROUNDINGS_A_STEP * n * _ROUNDING * sizes) ** 2) * np.exp(2 * n * max(rate, 0.0))
        )


def _followed(
    truth: Float[np.ndarray, "start horizon dimension"],
    after: Float[np.ndarray, "start horizon dimension"],
    *,
    rate: float,
    error: float,
) -> Float[np.ndarray, "start horizon dimension"]:
    """The truth up to the last step at which an error of rounding that grows by `rate` nats a step is below `error`.

    From there on what comes `after`.
    """
    horizon, nats = truth.shape[1], np.log(max(error / _ROUNDING, 1.0))
    steps = int(nats / rate) - 1 if rate * horizon > nats else horizon
    return np.where((np.arange(horizon) < steps)[:, None], truth, after)


def _of_times(name: str, times: Sequence[PredictionTime], definition: str) -> Metric:
    """From the times of the forecasts, of perfect ones and of constant ones."""
    found, best, worst = times
    return Metric(
        name,
        found.median,
        found.standard_error,
        best.median,
        worst.median,
        found.unit,
        definition,
        f"{found.num_censored} of {found.num_starts} outlast the horizon" if found.num_censored else "",
        floor_standard_error=0.0,
    )
