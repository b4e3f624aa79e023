"""Results of many trainings against a setting, beside what others have published: a panel for each result."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.look import PAGE, narrow
from rnnchaos.figures.style import (
    THEORY,
    THEORY_DASHES,
    THIN,
    TRUTH,
    drawn,
    dress,
    new_figure,
)
from rnnchaos.figures.sweep import Trainings, count_lost, draw_trainings, looks_of

_COLUMNS = 2
_PANEL_HEIGHT = 2.4
_HEAD = 0.45  # inches for the legend
# Between two groups at one place that is a name, and at most between the first and the last of them.
_APART, _TOGETHER = 0.1, 0.6
_DECADES = 5  # of a logarithmic axis of results: what lies above has escaped to infinity, or nearly
_LABEL_ROOM = 0.07  # of a logarithmic axis, for the number at a tick


class Points(NamedTuple):
    """Published values of one line."""

    label: str
    x: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]
    error: Float[np.ndarray, " point"]
    """NaN where none was published."""


class Panel(NamedTuple):
    """One result of all trainings."""

    y_label: str
    groups: Sequence[Trainings]
    published: Sequence[Points]
    levels: Mapping[str, float]
    """Values that do not depend on x, by name: a floor, the truth."""
    logarithmic: bool
    limits: tuple[float, float] | None = None
    """Of the axis; what lies beyond is not shown."""
    line_levels: Mapping[str, float] = MappingProxyType({})
    """Values by the label of the group for which they hold, such as floors of several data sets."""


@drawn
def comparison_figure(
    panels: Sequence[Panel],
    *,
    x_label: str,
    verticals: Mapping[str, float],
    logarithmic_x: bool,
    ticks: Sequence[float] | None = None,
    place_names: Sequence[str] | None = None,
) -> Figure:
    """Panels over the same axis: own medians with quartiles and every training, published values as hollow marks.

    A published line has the colour of the own one with its label. `verticals` are places on the axis, by name;
    `ticks` are those of a logarithmic axis, the places of the trainings unless given; `place_names` are what the
    places 0, 1, … are called where they are no numbers.
    """
    columns = 1 if narrow() else min(_COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    width = PAGE * columns / _COLUMNS + (1.2 if columns == 1 else 0)
    figure = new_figure(width, _HEAD + _PANEL_HEIGHT * rows, legend_outside=True)
    grid = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
    for index, (axes, panel) in enumerate(zip(grid, panels, strict=False)):
        _draw(axes, panel, verticals, connected=place_names is None)
        axes.set_yscale("log" if panel.logarithmic else "linear")
        axes.set_ylim(panel.limits or _shown(panel))
        if place_names is not None:
            axes.set_xticks(range(len(place_names)), place_names)
        elif logarithmic_x:
            _mark_places(axes, panels, ticks)
        count_lost(axes, _placed(panel, place_names is None))
        below = index + columns >= len(panels)
        dress(axes, x_label if below else "", panel.y_label)
        axes.tick_params(labelbottom=below)
    for empty in grid[len(panels) :]:
        empty.set_visible(False)
    _legend(figure, list(grid[: len(panels)]))
    return figure


def _draw(axes: Axes, panel: Panel, verticals: Mapping[str, float], *, connected: bool) -> None:
    groups = _placed(panel, connected)
    # A line that was published but not trained here has a look of its own.
    labels = list(
        dict.fromkeys([*(group.label for group in groups), *(each.label for each in panel.published)])
    )
    looks = dict(zip(labels, looks_of(labels), strict=True))
    draw_trainings(axes, groups, connected=connected, looks=[looks[group.label] for group in groups])
    for name, level in panel.line_levels.items():
        axes.axhline(level, color=looks[name].colour, linestyle=":", linewidth=THIN)
    if panel.line_levels:
        axes.plot([], [], color=TRUTH, linestyle=":", linewidth=THIN, label="floor of each")
    for points in panel.published:
        colour, marker, _ = looks[points.label]
        axes.errorbar(
            points.x,
            points.y,
            yerr=np.where(np.isfinite(points.error), points.error, 0.0),
            color=colour,
            marker=marker,
            markerfacecolor="none",
            ms=4.5,
            mew=0.8,
            linestyle=":",
            linewidth=THIN,
            elinewidth=THIN,
            label=f"{points.label}, published",
        )
    for dashes, (name, level) in zip((":", "-.", "--"), panel.levels.items(), strict=False):
        axes.axhline(level, color=TRUTH, linestyle=dashes, linewidth=THIN, label=name)
    for dots, (name, x) in zip((THEORY_DASHES, (0, (1, 1))), list(verticals.items())[::-1], strict=False):
        axes.axvline(x, color=THEORY, linestyle=dots, linewidth=THIN, label=name)
    axes.margins(y=0.12)


def _shown(panel: Panel) -> tuple[float, float] | None:
    """Limits of a logarithmic axis that has to be cut off above; None for any other."""
    levels = [*panel.levels.values(), *panel.line_levels.values()]
    lines = [*(group.y for group in panel.groups), *(points.y for points in panel.published)]
    values = np.concatenate([*lines, np.array(levels)])
    values = values[np.isfinite(values) & (values > 0)]
    if not panel.logarithmic or values.size == 0:
        return None
    least, most = values.min(), values.min() * 10.0**_DECADES
    return (0.5 * least, most) if values.max() > most else None


def _placed(panel: Panel, connected: bool) -> Sequence[Trainings]:
    return panel.groups if connected else _side_by_side(panel.groups)


def _side_by_side(groups: Sequence[Trainings]) -> list[Trainings]:
    """Groups at the same places, none on top of another."""
    step = min(_APART, _TOGETHER / len(groups))
    return [
        group._replace(x=group.x + step * (index - (len(groups) - 1) / 2))
        for index, group in enumerate(groups)
    ]


def _mark_places(axes: Axes, panels: Sequence[Panel], ticks: Sequence[float] | None) -> None:
    """A logarithmic axis with the given ticks, or at the places of the own trainings and published ones beyond them."""
    axes.set_xscale("log")
    axes.set_xticks([], minor=True)
    if ticks is not None:
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        return
    own = np.concatenate([group.x for panel in panels for group in panel.groups])
    others = np.concatenate([own[:0], *(points.x for panel in panels for points in panel.published)])
    places = np.unique(np.concatenate([own, others[(others < own.min()) | (others > own.max())]]))
    axes.set_xticks(places, _labels(places))


def _labels(places: Float[np.ndarray, " place"]) -> list[str]:
    """The places in words; one that is too near to the last that was named is left unnamed."""
    room = _LABEL_ROOM * np.log(places[-1] / places[0])
    labels, last = [], -np.inf
    for place in np.log(places):
        near = place - last < room
        labels.append("" if near else f"{np.exp(place):.4g}")
        last = last if near else place
    return labels


def _legend(figure: Figure, panels: Sequence[Axes]) -> None:
    """One legend for all panels, over them: own lines, published ones, then what they are held against."""
    handles = {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    order = sorted(
        handles, key=lambda label: (hasattr(handles[label], "get_linestyle"), "published" in label)
    )
    figure.legend(
        [handles[label] for label in order],
        order,
        loc="outside upper center",
        ncols=2 if narrow() else 4,
    )
