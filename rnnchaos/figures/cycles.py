"""Fixed points and cycles of a network, on its attractor."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.look import PAGE
from rnnchaos.figures.names import axis_names_or_default
from rnnchaos.figures.orbits import MAX_POINTS, draw_orbit, planes
from rnnchaos.figures.style import SECOND, SMALL, drawn, dress, side_by_side

# Points that lie further outside the attractor, in its ranges, would shrink it to a dot.
_REACH = 1.0
_FAINT = "#EEB38A"  # the colour of the network, under what is marked


class Marked(NamedTuple):
    """The observed points of a cycle, and whether it is stable."""

    points: Float[np.ndarray, "period dimension"]
    stable: bool


@drawn
def cycles_figure(
    attractor: Float[np.ndarray, "time dimension"],
    cycles: Sequence[Marked],
    *,
    axis_names: Sequence[str] | None = None,
    connected: bool = True,
) -> Figure:
    """The free run, and on it fixed points as circles and cycles as squares joined by a line, filled where stable.

    One dimension is drawn as a return plot, x(t + 1) against x(t), on which cycles visit (x_t, x_{t+1}); of more than
    three dimensions the first three are drawn. `connected` joins successive points of the free run, which suits flows.
    What lies more than one range outside the attractor is left out, and counted in the title.
    """
    names = axis_names_or_default(axis_names, attractor.shape[1])
    attractor = attractor[:MAX_POINTS]
    if attractor.shape[1] == 1:
        cycles = [
            Marked(np.concatenate([cycle.points, np.roll(cycle.points, -1, axis=0)], axis=1), cycle.stable)
            for cycle in cycles
        ]
    (attractor,), labels, pairs = planes([attractor], names, lag=1)
    low, high = attractor.min(axis=0), attractor.max(axis=0)
    reach = _REACH * np.maximum(high - low, 1e-9)
    near = [c for c in cycles if np.all(c.points >= low - reach) and np.all(c.points <= high + reach)]

    figure, panels = side_by_side(len(pairs), PAGE * len(pairs) / 2, 3.1, legend_outside=True)
    for axes, (across, up) in zip(panels, pairs, strict=True):
        draw_orbit(axes, attractor[:, across], attractor[:, up], _FAINT, connected=connected)
        for cycle in near:
            _mark(axes, cycle.points[:, across], cycle.points[:, up], stable=cycle.stable)
        dress(axes, labels[across], labels[up])
    _add_legend(figure, panels[0], hidden=len(cycles) - len(near))
    return figure


def _mark(
    axes: Axes, across: Float[np.ndarray, " period"], up: Float[np.ndarray, " period"], *, stable: bool
) -> None:
    fixed = len(across) == 1
    if not fixed:
        axes.plot(np.append(across, across[0]), np.append(up, up[0]), color=SECOND, linewidth=0.5, zorder=2)
    axes.plot(
        across,
        up,
        color=SECOND,
        linewidth=0,
        marker="o" if fixed else "s",
        markersize=5.5 if fixed else 4,
        markerfacecolor=SECOND if stable else "white",
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
            ncols=2,
        )
