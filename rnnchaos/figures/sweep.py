"""A result of many trainings against a setting: medians with quartiles, every training a point."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.style import (
    LINE,
    NETWORK,
    SECOND,
    SMALL,
    THEORY,
    THEORY_DASHES,
    THIN,
    TRUTH,
    dress,
    legend_above,
    new_figure,
)

_COLOURS = (NETWORK, SECOND, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", TRUTH)
_MARKERS = "osD^vP*"


class Trainings(NamedTuple):
    """The trainings of one colour: where they stand, what came out (NaN where nothing did)."""

    label: str | None
    x: Float[np.ndarray, " training"]
    y: Float[np.ndarray, " training"]


def sweep_figure(
    groups: Sequence[Trainings],
    *,
    x_label: str,
    y_label: str,
    verticals: Mapping[str, float],
    logarithmic: tuple[bool, bool] = (False, False),
) -> Figure:
    """`y` against `x` by group: a line through the medians, bars from quartile to quartile, a point for each training.

    Where some trainings have no result, a number under the axis says how many. `verticals` are marked by dashed lines.
    """
    figure = new_figure(4.6, 3.0)
    axes = figure.subplots()
    draw_trainings(axes, groups)
    for name, place in verticals.items():
        axes.axvline(place, color=THEORY, linestyle=THEORY_DASHES, linewidth=THIN, label=name)
    axes.margins(y=0.12)
    axes.set_xscale("log" if logarithmic[0] else "linear")
    axes.set_yscale("log" if logarithmic[1] else "linear")
    dress(axes, x_label, y_label)
    if axes.get_legend_handles_labels()[1]:
        legend_above(axes, columns=3)
    return figure


def draw_trainings(axes: Axes, groups: Sequence[Trainings], *, connected: bool = True) -> None:
    """The groups in one panel, each with a colour and a marker of its own, and how many have no result.

    Medians are `connected` by lines, unless the places have no order.
    """
    for index, group in enumerate(groups):
        colour, marker = look(index)
        found = np.isfinite(group.y)
        axes.plot(group.x[found], group.y[found], ".", color=colour, alpha=0.3, ms=3, mew=0)
        places, middle, below, above = _spread(group)
        axes.errorbar(
            places,
            middle,
            yerr=(below, above),
            color=colour,
            marker=marker,
            ms=3.5,
            linestyle="-" if connected else "none",
            linewidth=LINE,
            elinewidth=THIN,
            capsize=2,
            label=group.label,
        )
    _count_lost(axes, groups)


def look(index: int) -> tuple[str, str]:
    """Colour and marker of the group at this place."""
    return _COLOURS[index % len(_COLOURS)], _MARKERS[index % len(_MARKERS)]


def _spread(group: Trainings) -> tuple[Float[np.ndarray, " place"], ...]:
    """The places that have results; of each the median, and how far the quartiles lie below and above it."""
    places = np.unique(group.x[np.isfinite(group.y)])
    quartiles = np.array(
        [np.nanquantile(group.y[group.x == place], [0.25, 0.5, 0.75]) for place in places]
    ).reshape(-1, 3)
    lower, middle, upper = quartiles.T
    return places, middle, middle - lower, upper - middle


def _count_lost(axes: Axes, groups: Sequence[Trainings]) -> None:
    """How many trainings have no result, over the places where they stand."""
    x, y = (np.concatenate([getattr(group, name) for group in groups]) for name in ("x", "y"))
    for place in np.unique(x[~np.isfinite(y)]):
        lost = int(np.sum(~np.isfinite(y[x == place])))
        axes.annotate(
            f"{lost}×",
            (place, 0.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=SMALL,
            color=THEORY,
        )
    if not np.all(np.isfinite(y)):
        axes.plot([], [], linestyle="none", marker="$n×$", ms=8, color=THEORY, label="without a result")
