"""Writing a figure of the paper, its table and its page into the folder of its sweep."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from rich.console import Console

from rnnchaos.outcome import Outcome
from rnnchaos.paper import gradients, page, reproduction
from rnnchaos.paper.catalogue import FIGURES, PaperFigure, figure_named
from rnnchaos.runs import opening
from rnnchaos.runs.atomic import replacing, write
from rnnchaos.sweeps.sweep import Sweep

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "paper"


def present(name: str, sweep: Sweep, console: Console) -> Outcome:
    """Write what the sweep of a figure has given so far, and print the page.

    Raises ConfigError where no cell has a result that the figure shows.
    """
    figure = figure_named(name)
    if isinstance(figure, PaperFigure):
        found = reproduction.found_in(sweep, figure)
        drawn, text = reproduction.draw(found), page.section(figure, found.rows, found.floors)
        return _store(sweep.path / FOLDER, name, drawn, found.rows, text, console)
    runs = gradients.gradients_found(sweep, figure)
    drawn, text = gradients.draw(figure, runs), gradients.section(figure, runs)
    return _store(sweep.path / FOLDER, name, drawn, gradients.results(runs), text, console)


def figure_from(name: str, sweep: Sweep) -> "Figure":
    """The figure alone. Raises ConfigError as `present` does."""
    figure = figure_named(name)
    if isinstance(figure, PaperFigure):
        return reproduction.draw(reproduction.found_in(sweep, figure))
    return gradients.draw(figure, gradients.gradients_found(sweep, figure))


def presented(sweep: Sweep) -> list[str]:
    """The figures that were presented of a sweep, by name."""
    return [name for name in FIGURES if (sweep.path / FOLDER / f"{name}.md").is_file()]


def _store(
    folder: Path, name: str, drawn: "Figure", rows: pl.DataFrame, text: str, console: Console
) -> Outcome:
    from rnnchaos.figures import save_figure

    opening.inside(folder.parent, folder.name).mkdir(exist_ok=True)
    with replacing(folder / f"{name}.png") as temporary:
        save_figure(drawn, temporary)
    write(folder / f"{name}.csv", rows.write_csv(float_precision=6))
    write(folder / f"{name}.md", text)
    console.print(text, highlight=False, soft_wrap=True, markup=False)
    console.print(f"written to {folder}: {name}.png, {name}.csv, {name}.md", highlight=False, soft_wrap=True)
    return Outcome(0, {"figure": str(folder / f"{name}.png"), "table": str(folder / f"{name}.csv")})
