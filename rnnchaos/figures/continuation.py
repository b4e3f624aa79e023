"""What a network says comes after given data."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure

from rnnchaos.dates import Calendar, datetimes
from rnnchaos.figures.forecast import MAX_PANELS
from rnnchaos.figures.look import PAGE
from rnnchaos.figures.names import axis_names_or_default
from rnnchaos.figures.style import LINE, NETWORK, TRUTH, drawn, dress, finite_or_gap, legend_above, new_figure


@drawn
def continuation_figure(
    history: Float[np.ndarray, "history axis"],
    forecast: Float[np.ndarray, "time axis"],
    *,
    history_time: Float[np.ndarray, " history"],
    time: Float[np.ndarray, " time"],
    axis_names: Sequence[str],
    calendar: Calendar = "",
) -> Figure:
    """The given rows and those that follow them, axis by axis (the first four), over time in time units.

    With a `calendar` those are seconds since 1970, and the axis has dates.
    """
    if calendar:
        history_time, time = datetimes(history_time), datetimes(time)
    names, panels = axis_names_or_default(axis_names, history.shape[1]), min(history.shape[1], MAX_PANELS)
    figure = new_figure(PAGE, 0.6 + 1.1 * panels)
    all_axes = figure.subplots(panels, 1, sharex=True, squeeze=False)[:, 0]
    for axes, name, given, said in zip(all_axes, names, history.T, forecast.T, strict=False):
        # A single row has no line.
        axes.plot(
            history_time,
            given,
            color=TRUTH,
            linewidth=LINE,
            marker="." if len(given) == 1 else "",
            label="data",
        )
        axes.plot(time, finite_or_gap(said), color=NETWORK, linewidth=LINE, label="forecast")
        dress(axes, "", name)
    legend_above(all_axes[0])
    all_axes[-1].set_xlabel("time (time units)")
    if calendar:
        ticks = all_axes[-1].xaxis.get_major_locator()
        all_axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(ticks))
        all_axes[-1].set_xlabel("UTC" if calendar == "UTC" else "")
    figure.align_ylabels(all_axes)
    return figure
