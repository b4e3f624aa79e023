"""Figures as files, in the format that the name of a file says; equal figures are equal bytes."""

from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from rnnchaos.figures.formats import format_of
from rnnchaos.figures.look import dpi_in_use, styled

DPI, SMALL_DPI = 200, 100  # dots per inch: for print, and beside every run
# Over more decades minor ticks are a grey bar, and cost more than all else in a figure.
_MOST_DECADES_WITH_MINOR_TICKS = 3
# Neither the version of matplotlib nor the time, which would tell equal figures apart.
_PDF: dict[str, Any] = {"Creator": None, "Producer": None, "CreationDate": None}
_SVG: dict[str, Any] = {"Creator": None, "Date": None}


def save_figure(figure: Figure, path: Path, *, dpi: int = DPI) -> None:
    """Write a figure as its suffix says: PNG, PDF with its fonts, SVG with its text. It is drawn once.

    `dpi` are the dots per inch of PNG, unless the look in use has its own. Raises ConfigError for another suffix.
    """
    kind = format_of(path)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = axis.get_view_interval()
            if axis.get_scale() == "log" and high > low * 10.0**_MOST_DECADES_WITH_MINOR_TICKS:
                axis.set_minor_locator(NullLocator())
    with styled():
        if kind == "png":
            figure.set_dpi(dpi_in_use(dpi))
            FigureCanvasAgg(figure).print_png(path, metadata={"Software": None})
        elif kind == "pdf":  # each of them imported where it is asked for: half a second beside every PNG
            from matplotlib.backends.backend_pdf import FigureCanvasPdf

            FigureCanvasPdf(figure).print_pdf(path, metadata=_PDF)
        else:
            from matplotlib.backends.backend_svg import FigureCanvasSVG

            FigureCanvasSVG(figure).print_svg(path, metadata=_SVG)
