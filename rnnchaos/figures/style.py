"""One place for what all figures share: the fixed role of each colour, sizes, panels and their letters."""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec

import matplotlib
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import TightLayoutEngine
from matplotlib.lines import Line2D

from rnnchaos.figures.look import narrow, styled, width_in_use

# Okabe and Ito's palette, which readers with any colour vision tell apart. What is true is black in every figure, the
# network vermilion; where several networks are beside each other, the others have the others.
TRUTH = "#222222"
NETWORK = "#D55E00"
SECOND = "#0072B2"
OTHERS = (SECOND, "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
THEORY = "#555555"
THEORY_DASHES: tuple[Any, ...] = (0, (4, 2))
# In the order in which curves of one colour are told apart.
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5)), (0, (9, 2)))
MARKERS = "osD^vP*"

SMALL = "small"  # letters beside the axes' own
LINE, THIN, HAIR = 1.2, 0.7, 0.35  # points; times what a style makes of lines.linewidth
_PAD = 0.5  # around panels, in sizes of the font

P = ParamSpec("P")


def drawn(function: Callable[P, Figure]) -> Callable[P, Figure]:
    """A figure that is made in the look in use, with a letter at each panel where there are several."""

    @functools.wraps(function)
    def made(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with styled():
            figure = function(*args, **kwargs)
            _letter(figure)
            if (factor := matplotlib.rcParams["lines.linewidth"] / LINE) != 1:
                for line in figure.findobj(Line2D):
                    line.set_linewidth(factor * line.get_linewidth())
        return figure

    return made


def new_figure(width: float, height: float, *, legend_outside: bool = False) -> Figure:
    """An empty figure, outside pyplot and its global state, of so many inches unless the look in use has its own width.

    Room for a `legend_outside` all panels takes a layout that measures every panel several times as often.
    """
    size = (width_in_use(width), height)
    if legend_outside:
        return Figure(figsize=size, layout="constrained")
    # With a rectangle, be it the whole figure, all panels are measured a second time, for the same layout.
    layout = TightLayoutEngine(pad=_PAD, w_pad=_PAD, h_pad=_PAD, rect=None)  # type: ignore[arg-type]
    return Figure(figsize=size, layout=layout)


def side_by_side(
    count: int,
    width: float,
    height: float,
    *,
    ratios: Sequence[float] | None = None,
    legend_outside: bool = False,
    sharey: bool = False,
) -> tuple[Figure, list[Axes]]:
    """A figure of so many panels of one height beside each other; in one column of a page, under each other."""
    under = narrow()
    figure = new_figure(width, height * (count if under else 1), legend_outside=legend_outside)
    grid = figure.subplots(
        count if under else 1,
        1 if under else count,
        squeeze=False,
        sharey=sharey,
        width_ratios=None if under else ratios,
    )
    return figure, list(grid.ravel())


def dress(axes: Axes, x_label: str, y_label: str, title: str = "") -> None:
    """Label a panel."""
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    if title:
        axes.set_title(title)


def legend_above(axes: Axes, columns: int = 2) -> None:
    """A legend over the panel, where it covers no data."""
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.2)


def legend_of_all(figure: Figure, panels: Iterable[Axes], columns: int) -> None:
    """What the panels have labelled, each once, over all of them."""
    found = [pair for axes in panels for pair in zip(*axes.get_legend_handles_labels(), strict=True)]
    handles = {label: handle for handle, label in found}
    figure.legend(
        handles.values(),
        handles.keys(),
        loc="outside upper center",
        ncols=min(columns, 2) if narrow() else columns,
    )


def finite_or_gap(values: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """The values, with NaN, which draws as a gap, for all that is not finite."""
    return np.where(np.isfinite(values), values, np.nan)


def _letter(figure: Figure) -> None:
    panels = [axes for axes in figure.axes if axes.get_visible()]
    for axes, letter in zip(panels, "abcdefghijklmnopqrstuvwxyz", strict=False):
        if len(panels) > 1:
            axes.annotate(
                letter,
                (0, 1),
                xycoords="axes fraction",
                xytext=(-9, 3),
                textcoords="offset points",
                ha="right",
                fontweight="bold",
                gid="panel letter",
            )
