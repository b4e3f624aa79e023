"""rnnchaos paper: the sweep of a figure, and then the figure, its table and its page."""

from collections.abc import Sequence
from pathlib import Path

from rnnchaos.cli import jobs
from rnnchaos.console import Console
from rnnchaos.outcome import Outcome


def reproduce(name: str, words: Sequence[str], *, only_look: bool) -> Outcome:
    """Train what is missing of the sweep of figure `name`, then present what there is; the sweep's exit code counts.

    Raises ConfigError for a figure that is not there.
    """
    from rnnchaos.paper.catalogue import figure_named
    from rnnchaos.paper.presenting import present
    from rnnchaos.sweeps.sweep import Sweep

    figure_named(name)
    trained = jobs.run(jobs.train, ["-m", f"experiment=paper/{name}", *words], config_name="train")
    if only_look or "sweep" not in trained.record or not trained.record["counts"].get("finished"):
        return trained
    sweep = Sweep.open(Path(trained.record["sweep"]))
    shown = present(name, sweep, Console())
    return Outcome(trained.exit_code, {**trained.record, **shown.record})


def list_figures(console: Console) -> Outcome:
    """The figures by name."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from rnnchaos.paper.catalogue import FIGURES

    table = Table("figure", "what it shows", box=SIMPLE_HEAD, pad_edge=False)
    for name, figure in FIGURES.items():
        table.add_row(name, figure.title)
    console.print(table)
    return Outcome(0, {"figures": {name: figure.title for name, figure in FIGURES.items()}})
