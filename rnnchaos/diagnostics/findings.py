"""What a measurement found, before it is stored and shown."""

import functools
import traceback
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from rnnchaos.diagnostics.settings import Drawn
from rnnchaos.errors import RunError
from rnnchaos.memory import in_words

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from rich.console import Console, RenderableType

    from rnnchaos.runs import RunWriter


class Findings(NamedTuple):
    """One measurement's results, by name: numbers for the summary, arrays, figures, and what to show."""

    summary: Mapping[str, Any]
    arrays: "Mapping[str, Mapping[str, np.ndarray]]" = MappingProxyType({})
    figures: "Mapping[str, Callable[[], Figure]]" = MappingProxyType({})
    shown: "tuple[RenderableType, ...]" = ()
    tables: "Mapping[str, Mapping[str, np.ndarray]]" = MappingProxyType({})
    """Columns for a .csv file of the run folder."""

    def joined(self, other: "Findings") -> "Findings":
        """Both measurements as one."""
        return Findings(
            {**self.summary, **other.summary},
            {**self.arrays, **other.arrays},
            {**self.figures, **other.figures},
            (*self.shown, *other.shown),
            {**self.tables, **other.tables},
        )


def with_figures(findings: Findings, *names: tuple[str, str]) -> Findings:
    """With the figures of these names and arrays, as they can be drawn again from the run folder."""
    from rnnchaos.drawing import Found, drawer_of  # here, because help and completion do without NumPy

    found = Found(findings.arrays, findings.summary)
    drawers = [drawer_of(*each) for each in names]
    own = {each.name: functools.partial(each.draw, found) for each in drawers}
    return findings._replace(figures={**findings.figures, **own})


def store(findings: Findings, run: "RunWriter", *, figures: Drawn) -> None:
    """Write arrays and figures to the run folder; the summary is written when the run ends."""
    for name, arrays in findings.arrays.items():
        run.save_arrays(name, arrays)
    for name, columns in findings.tables.items():
        run.save_table(name, columns)
    draw(findings.figures, run, figures)


def draw(figures: "Mapping[str, Callable[[], Figure]]", run: "RunWriter", wanted: Drawn) -> None:
    """Write figures to the run folder, as `diagnostics.figures` says; what cannot be drawn is said, and logged."""
    if not wanted or not figures:
        return
    from rnnchaos.figures.saving import DPI, SMALL_DPI, save_figure
    from rnnchaos.runs.notices import say_once

    for name, make in figures.items():
        try:
            with run.figure(name) as path:
                save_figure(make(), path, dpi=DPI if wanted == "full" else SMALL_DPI)
        except (OSError, RunError):  # the folder is another's by now, or the disk full
            raise
        except Exception as error:  # the numbers are stored
            say_once(f"the figure {name} cannot be drawn: {in_words(error)}")
            run.log("".join(traceback.format_exception(error)))


def show(findings: Findings, console: "Console") -> None:
    """Print tables as they are, and sentences without breaking them."""
    from rich.text import Text

    for shown in findings.shown:
        console.print(shown, highlight=False, soft_wrap=isinstance(shown, str | Text))
