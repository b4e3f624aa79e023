"""One place for what all figures share: sizes, fonts, and the fixed role of each colour."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import TightLayoutEngine
from matplotlib.ticker import NullLocator

# Okabe and Ito's palette, which readers with any colour vision tell apart.
TRUTH = "#222222"
NETWORK = "#D55E00"
SECOND = "#0072B2"
THEORY = "#555555"
THEORY_DASHES = (0, (4, 2))

COLUMN = 3.4  # inches: one column of a paper
PAGE = 7.0
DPI, SMALL_DPI = 200, 100  # dots per inch: for print, and beside every run
TEXT, SMALL = 8.0, 7.0  # points
LINE, THIN, HAIR = 1.2, 0.7, 0.35
_PAD = 0.5  # around panels, in sizes of the font
# Over more decades minor ticks are a grey bar, and cost more than all else in a figure.
_MOST_DECADES_WITH_MINOR_TICKS = 3


def new_figure(width: float, height: float, *, legend_outside: bool = False) -> Figure:
    """An empty figure of so many inches, outside pyplot and its global state.

    Room for a `legend_outside` all panels takes a layout that measures every panel several times as often.
    """
    if legend_outside:
        return Figure(figsize=(width, height), layout="constrained")
    return Figure(figsize=(width, height), layout=TightLayoutEngine(pad=_PAD, w_pad=_PAD, h_pad=_PAD))


def dress(axes: Axes, x_label: str, y_label: str, title: str = "") -> None:
    """Label a panel and give it the common look."""
    axes.set_xlabel(x_label, fontsize=TEXT)
    axes.set_ylabel(y_label, fontsize=TEXT)
    if title:
        axes.set_title(title, fontsize=TEXT)
    axes.tick_params(which="both", labelsize=SMALL, width=0.6, length=2.5)
    axes.tick_params(which="minor", width=0.4, length=1.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_linewidth(0.6)


def legend_above(axes: Axes, columns: int = 2) -> None:
    """A legend over the panel, where it covers no data."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=columns,
        fontsize=SMALL,
        frameon=False,
        handlelength=1.8,
        columnspacing=1.2,
        borderaxespad=0.2,
    )


def axis_names_or_default(names: Sequence[str] | None, dimension: int) -> list[str]:
    """The given names of the axes, or x, y, z up to three and x₁, x₂, … beyond."""
    if names is not None:
        return list(names)
    return list("xyz"[:dimension]) if dimension <= 3 else [f"$x_{{{i + 1}}}$" for i in range(dimension)]


def shown_of_all(shown: int, dimension: int) -> str:
    """That only some axes are drawn; nothing where all are."""
    return f"{shown} of {dimension} axes" if shown < dimension else ""


def finite_or_gap(values: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """The values, with NaN, which draws as a gap, for all that is not finite."""
    return np.where(np.isfinite(values), values, np.nan)


def save_figure(figure: Figure, path: Path, *, dpi: int = DPI) -> None:
    """Write a figure as PNG. It is drawn once, where `savefig` does so twice."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = axis.get_view_interval()
            if axis.get_scale() == "log" and high > low * 10.0**_MOST_DECADES_WITH_MINOR_TICKS:
                axis.set_minor_locator(NullLocator())
    figure.set_dpi(dpi)
    # Without the version of matplotlib inside, equal figures are equal files.
    FigureCanvasAgg(figure).print_png(path, metadata={"Software": None})
