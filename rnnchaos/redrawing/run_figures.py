"""All figures of one run, with what could not be drawn."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from rnnchaos.drawing import DRAWERS, Drawer
from rnnchaos.redrawing.folder import FolderResults
from rnnchaos.runs import RunFolder

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Wanted(NamedTuple):
    """A figure that can be tried."""

    name: str
    make: "Callable[[], Figure]"


def figures_of(run: RunFolder) -> Iterator[Wanted]:
    """The figures whose arrays the run holds; of several models that were judged, those of each with its number."""
    yield from _of(FolderResults(run), "")
    for number in itertools.count(1):
        results = FolderResults(run, number)
        found = list(_of(results, f"_{number}"))
        if not found:
            return
        yield from found


def not_drawn_again(run: RunFolder, known: set[str]) -> list[str]:
    """Figures in the folder whose arrays it does not hold: of a plugin, or of an earlier version."""
    return [stem for name in run.figure_names() if (stem := PurePath(name).stem) not in known]


def _of(results: FolderResults, suffix: str) -> Iterator[Wanted]:
    for drawer in DRAWERS:
        if results.holds(drawer.arrays) and _has(results, drawer):
            yield Wanted(f"{drawer.name}{suffix}", partial(drawer.draw, results))


def _has(results: FolderResults, drawer: Drawer) -> bool:
    """Whether a figure that not every run with its arrays has is among those that were drawn."""
    if drawer.name != "traces" or not results.run.figure_names():
        return True
    return "traces.png" in results.run.figure_names()
