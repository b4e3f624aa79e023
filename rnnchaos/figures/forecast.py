"""Forecasts against what came."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.look import PAGE
from rnnchaos.figures.names import axis_names_or_default, shown_of_all
from rnnchaos.figures.style import (
    DASHES,
    HAIR,
    LINE,
    NETWORK,
    SMALL,
    THEORY,
    THEORY_DASHES,
    TRUTH,
    drawn,
    dress,
    finite_or_gap,
    legend_above,
    new_figure,
)
from rnnchaos.forecast_errors import forecast_errors

MAX_PANELS = 4
_SMALLEST = 1e-12  # an error of exactly 0 has no logarithm


@drawn
def forecast_figure(
    truth: Float[np.ndarray, "start horizon dimension"],
    predicted: Float[np.ndarray, "start horizon dimension"],
    *,
    time_per_step: float,
    scale: Float[np.ndarray, " dimension"] | None = None,
    lyapunov_exponent: float | None = None,
    threshold: float | None = None,
    axis_names: Sequence[str] | None = None,
) -> Figure:
    """One forecast axis by axis (the first four), in the units given, and below it how the error of all grows.

    The forecast shown is the one of median error. The error is the root mean square over the axes, each in
    standard deviations of the truth: `scale` has them of the whole series, without it they are those of `truth`.
    A dashed line is `threshold`, where given. Step 0 is one step after the start. Time is in Lyapunov times where
    `lyapunov_exponent` (nats per time unit) is above 0, else in time units.
    """
    rate = 0.0 if lyapunov_exponent is None else lyapunov_exponent
    label, step = ("Lyapunov times", rate * time_per_step) if rate > 0 else ("time units", time_per_step)
    time = step * np.arange(1, truth.shape[1] + 1)
    names = axis_names_or_default(axis_names, truth.shape[2])
    panels = min(truth.shape[2], MAX_PANELS)
    errors = forecast_errors(truth, predicted, scale)
    shown = _median_forecast(errors)

    figure = new_figure(PAGE, 1.9 + 0.9 * panels)
    all_axes = figure.subplots(panels + 1, 1, sharex=True, height_ratios=[1.0] * panels + [1.6])
    curves = names[:panels], truth[shown, :, :panels].T, predicted[shown, :, :panels].T
    for axes, name, true, guess in zip(all_axes[:-1], *curves, strict=True):
        axes.plot(time, true, color=TRUTH, linewidth=LINE, label="truth")
        # The panel keeps the truth's range, whatever a diverging forecast does.
        axes.set_ylim(*_padded_range(true))
        axes.plot(
            time, finite_or_gap(guess), color=NETWORK, linestyle=DASHES[1], linewidth=LINE, label="network"
        )
        dress(axes, "", name)
    legend_above(all_axes[0])
    all_axes[0].set_title(shown_of_all(panels, truth.shape[2]), fontsize=SMALL, loc="right")
    _draw_errors(all_axes[-1], time, errors, threshold)
    dress(all_axes[-1], f"time after the start ({label})", "error (s.d.)")
    all_axes[-1].set_xlim(0, time[-1])
    figure.align_ylabels(all_axes)
    return figure


def _median_forecast(errors: Float[np.ndarray, "start horizon"]) -> int:
    """The forecast in the middle of the order by mean log error; those that diverge come last."""
    score = np.log(np.maximum(np.where(np.isfinite(errors), errors, np.inf), _SMALLEST)).mean(axis=1)
    return int(np.argsort(score)[len(score) // 2])


def _draw_errors(
    axes: Axes,
    time: Float[np.ndarray, " horizon"],
    errors: Float[np.ndarray, "start horizon"],
    threshold: float | None,
) -> None:
    axes.semilogy(
        time, np.maximum(finite_or_gap(errors), _SMALLEST).T, color=NETWORK, linewidth=HAIR, alpha=0.25
    )
    # A forecast that is no longer finite counts as the largest error, so it cannot flatter the median.
    median = finite_or_gap(np.median(np.where(np.isfinite(errors), errors, np.inf), axis=0))
    axes.semilogy(time, np.maximum(median, _SMALLEST), color=NETWORK, linewidth=1.5 * LINE)
    title = "one forecast" if len(errors) == 1 else f"{len(errors)} forecasts and their median"
    if threshold is not None:
        axes.axhline(threshold, color=THEORY, linestyle=THEORY_DASHES, linewidth=LINE)
        title += f"; dashed: threshold {threshold:g}"
    axes.set_title(title, fontsize=SMALL, loc="right")
    drawn = errors[np.isfinite(errors) & (errors > _SMALLEST)]
    if drawn.size:
        axes.set_ylim(0.5 * float(np.quantile(drawn, 0.001)), min(2 * float(drawn.max()), 30.0))


def _padded_range(values: Float[np.ndarray, " time"]) -> tuple[float, float]:
    """The range of the values and a quarter of it to either side."""
    reach = 0.25 * max(float(np.ptp(values)), 1e-9)
    return float(values.min()) - reach, float(values.max()) + reach
