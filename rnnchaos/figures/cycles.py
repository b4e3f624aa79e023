"""Fixed points and cycles of a network, on its attractor."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.style import (
    HAIR,
    NETWORK,
    PAGE,
    SECOND,
    SMALL,
    axis_names_or_default,
    dress,
    new_figure,
)

# More steps only blacken the attractor.
MAX_STEPS = 10_000
_ATTRACTOR = "#BBBBBB"
# Points that lie further outside the attractor, in its ranges, would shrink it to a dot.
_REACH = 1.0


class Marked(NamedTuple):
    """The observed points of a cycle, and whether it is stable."""

    points: Float[np.ndarray, "period dimension"]
    stable: bool


def cycles_figure(
    attractor: Float[np.ndarray, "time dimension"],
    cycles: Sequence[Marked],
    *,
    axis_names: Sequence[str] | None = None,
    connected: bool = True,
) -> Figure:
    """The free run in grey, fixed points as circles and cycles as squares joined by a line, filled where stable.

    One dimension is drawn as a return plot, x(t + 1) against x(t), on which cycles visit (x_t, x_{t+1}); of more than
    three dimensions the first three are drawn. `connected` joins successive points of the free run, which suits flows.
    What lies more than one range outside the attractor is left out, and counted in the title.
    """
    names = axis_names_or_default(axis_names, attractor.shape[1])
    attractor = attractor[:MAX_STEPS]
    if attractor.shape[1] == 1:
        attractor = np.concatenate([attractor[:-1], attractor[1:]], axis=1)
        cycles = [
            Marked(np.concatenate([cycle.points, np.roll(cycle.points, -1, axis=0)], axis=1), cycle.stable)
            for cycle in cycles
        ]
        names = [f"{names[0]}(t)", f"{names[0]}(t + 1 step)"]
    low, high = attractor.min(axis=0), attractor.max(axis=0)
    reach = _REACH * np.maximum(high - low, 1e-9)
    near = [c for c in cycles if np.all(c.points >= low - reach) and np.all(c.points <= high + reach)]

    planes = [(0, 1), (0, 2)][: attractor.shape[1] - 1]
    figure = new_figure(PAGE if len(planes) == 2 else PAGE / 2, 3.1, legend_outside=True)
    style = (
        {"linewidth": HAIR, "alpha": 0.8} if connected else {"linewidth": 0, "marker": ".", "markersize": 0.8}
    )
    panels = figure.subplots(1, len(planes), squeeze=False)[0]
    for axes, (across, up) in zip(panels, planes, strict=True):
        axes.plot(attractor[:, across], attractor[:, up], color=_ATTRACTOR, zorder=1, **style)
        for cycle in near:
            _mark(axes, cycle.points[:, across], cycle.points[:, up], stable=cycle.stable)
        dress(axes, names[across], names[up])
    _add_legend(figure, panels[0], hidden=len(cycles) - len(near))
    return figure


def _mark(
    axes: Axes, across: Float[np.ndarray, " period"], up: Float[np.ndarray, " period"], *, stable: bool
) -> None:
    colour = SECOND if stable else NETWORK
    fixed = len(across) == 1
    if not fixed:
        axes.plot(np.append(across, across[0]), np.append(up, up[0]), color=colour, linewidth=0.5, zorder=2)
    axes.plot(
        across,
        up,
        color=colour,
        linewidth=0,
        marker="o" if fixed else "s",
        markersize=5.5 if fixed else 4,
        markerfacecolor=colour if stable else "white",
        markeredgewidth=1.1,
        label=f"{'stable' if stable else 'unstable'} {'fixed point' if fixed else 'cycle'}",
        zorder=3,
    )


def _add_legend(figure: Figure, axes: Axes, *, hidden: int) -> None:
    """Each kind of mark once, above the panels."""
    handles, labels = axes.get_legend_handles_labels()
    kinds = dict(zip(labels, handles, strict=True))
    title = f"{hidden} further outside" if hidden else None
    if kinds or title:
        figure.legend(
            kinds.values(),
            kinds.keys(),
            title=title,
            title_fontsize=SMALL,
            loc="outside upper left",
            ncols=4,
            fontsize=SMALL,
            frameon=False,
        )
