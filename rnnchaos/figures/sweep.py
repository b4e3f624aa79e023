"""A result of many trainings against a setting: medians with quartiles, every training a point."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.look import narrow
from rnnchaos.figures.style import (
    DASHES,
    LINE,
    MARKERS,
    NETWORK,
    OTHERS,
    SMALL,
    THEORY,
    THEORY_DASHES,
    THIN,
    drawn,
    dress,
    legend_above,
    new_figure,
)

# Beyond them colours come again, with other markers and dashes.
_COLOURS = (NETWORK, *OTHERS)
# The cells, by their classes and their names, so that each looks the same in all figures.
_MODELS = (
    *("shallowrnn", "lstm", "shallowplrnn", "gru", "plrnn", "rnn", "dendriticplrnn", "echostate"),
    *(
        "nextgenerationreservoir",
        "almostlinearrnn",
        "meancenteredplrnn",
        "cornn",
        "antisymmetricrnn",
        "orthogonalrnn",
    ),
)
# Of the counts under a panel: the width of a letter and the height of a line in points, and rows that may be taken.
_LETTER, _LINE_HEIGHT, _ROWS = 6.5, 8.0, 4


class GroupLook(NamedTuple):
    """How a group is told from the others, with colours and without."""

    colour: str
    marker: str
    dashes: Any


class Trainings(NamedTuple):
    """The trainings of one colour: where they stand, what came out (NaN where nothing did)."""

    label: str | None
    x: Float[np.ndarray, " training"]
    y: Float[np.ndarray, " training"]


@drawn
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
    count_lost(axes, groups)
    if axes.get_legend_handles_labels()[1]:
        legend_above(axes, columns=2 if narrow() else 3)
    return figure


def draw_trainings(
    axes: Axes, groups: Sequence[Trainings], *, connected: bool = True, looks: Sequence[GroupLook] = ()
) -> None:
    """The groups in one panel, each with a colour, a marker and dashes of its own.

    Medians are `connected` by lines, unless the places have no order.
    """
    for group, (colour, marker, dashes) in zip(
        groups, looks or looks_of([g.label for g in groups]), strict=True
    ):
        found = np.isfinite(group.y)
        axes.plot(group.x[found], group.y[found], marker, color=colour, alpha=0.5, ms=3, mew=0)
        places, middle, below, above = _spread(group)
        axes.errorbar(
            places,
            middle,
            yerr=(below, above),
            color=colour,
            marker=marker,
            ms=4,
            linestyle=dashes if connected else "none",
            linewidth=LINE,
            elinewidth=THIN,
            capsize=2,
            label=group.label,
        )


def looks_of(labels: Sequence[str | None]) -> list[GroupLook]:
    """Of each group: models have theirs in every figure, where nothing else is among them; others as they come."""
    known = [_MODELS.index(label.lower()) if label and label.lower() in _MODELS else None for label in labels]
    places = range(len(labels)) if None in known else known
    return [
        GroupLook(
            _COLOURS[place % len(_COLOURS)],
            MARKERS[place % len(MARKERS)],
            DASHES[place % len(DASHES)],
        )
        for place in places
        if place is not None
    ]


def _spread(group: Trainings) -> tuple[Float[np.ndarray, " place"], ...]:
    """The places that have results; of each the median, and how far the quartiles lie below and above it."""
    places = np.unique(group.x[np.isfinite(group.y)])
    quartiles = np.array(
        [np.nanquantile(group.y[group.x == place], [0.25, 0.5, 0.75]) for place in places]
    ).reshape(-1, 3)
    lower, middle, upper = quartiles.T
    return places, middle, middle - lower, upper - middle


def count_lost(axes: Axes, groups: Sequence[Trainings]) -> None:
    """How many trainings have no result, over the places where they stand; once the axis is as it stays.

    A count that would cover another stands in a row above it.
    """
    x, y = (np.concatenate([getattr(group, name) for group in groups]) for name in ("x", "y"))
    if np.all(np.isfinite(y)):
        return
    ends = [-np.inf] * _ROWS  # of what stands in each row, in points
    for place in np.unique(x[~np.isfinite(y)]):
        text = f"{int(np.sum(~np.isfinite(y[x == place])))}×"
        centre, half = _across(axes, place), _LETTER * len(text) / 2
        row = next((row for row, end in enumerate(ends) if centre - half > end), int(np.argmin(ends)))
        ends[row] = centre + half
        axes.annotate(
            text,
            (place, 0.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2 + _LINE_HEIGHT * row),
            textcoords="offset points",
            ha="center",
            fontsize=SMALL,
            color=THEORY,
        )
    axes.plot([], [], linestyle="none", marker="$n×$", ms=8, mew=0.3, color=THEORY, label="without a result")


def _across(axes: Axes, place: float) -> float:
    """How far a place is from the left end of the panel, in points, as far as can be told before the layout."""
    share = (axes.transScale + axes.transLimits).transform((place, axes.get_ylim()[0]))[0]
    return float(share) * axes.get_window_extent().width * 72 / axes.figure.dpi
