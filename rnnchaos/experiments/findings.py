"""What a measurement found, before it is stored and shown."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rnnchaos.runs import RunWriter

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType


class Findings(NamedTuple):
    """One measurement's results, by name: numbers for the summary, arrays, figures, and what to show."""

    summary: Mapping[str, Any]
    arrays: Mapping[str, Mapping[str, np.ndarray]]
    figures: "Mapping[str, Callable[[], Figure]]"
    shown: "tuple[RenderableType, ...]"


def store(findings: Findings, run: RunWriter, *, figures: bool) -> None:
    """Write arrays and figures to the run folder; the summary is written when the run ends."""
    for name, arrays in findings.arrays.items():
        run.save_arrays(name, arrays)
    if not figures:
        return
    from rnnchaos.figures import save_figure

    for name, draw in findings.figures.items():
        with run.figure(name) as path:
            save_figure(draw(), path)
