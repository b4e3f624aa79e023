"""What a measurement found, before it is stored and shown."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rnnchaos.outcome import Outcome
from rnnchaos.runs import RunWriter, Status, collect_provenance
from rnnchaos.settings import stored
from rnnchaos.settings.schema import Settings, SystemSettings, WeightsSettings

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console, RenderableType


class Findings(NamedTuple):
    """One measurement's results, by name: numbers for the summary, arrays, figures, and what to show."""

    summary: Mapping[str, Any]
    arrays: Mapping[str, Mapping[str, np.ndarray]]
    figures: "Mapping[str, Callable[[], Figure]]"
    shown: "tuple[RenderableType, ...]"

    def joined(self, other: "Findings") -> "Findings":
        """Both measurements as one."""
        return Findings(
            {**self.summary, **other.summary},
            {**self.arrays, **other.arrays},
            {**self.figures, **other.figures},
            (*self.shown, *other.shown),
        )


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


def show(findings: Findings, console: "Console") -> None:
    """Print tables as they are, and sentences without breaking them."""
    for shown in findings.shown:
        console.print(shown, highlight=False, soft_wrap=isinstance(shown, str))


def record_measurement(
    findings: Findings,
    settings: Settings | SystemSettings | WeightsSettings,
    console: "Console",
    *,
    outputs: Path,
    name: str,
    kind: str,
    started: float,
    parent: Path | None = None,
) -> Outcome:
    """Store and show a measurement as a run of its own; `parent` is the run that was measured.

    `started` is the CPU time in seconds at which the measurement began.
    """
    run = RunWriter.create(
        outputs,
        name=name,
        kind=kind,
        config_text=stored.to_yaml(settings),
        provenance=collect_provenance(seed=settings.seed, precision="float64")._asdict(),
        parent=parent,
    )
    with run:
        store(findings, run, figures=settings.diagnostics.figures)
        summary = {**findings.summary, "cpu_seconds": time.process_time() - started}
        run.finish(Status.FINISHED, summary)
    show(findings, console)
    console.print(f"written to {run.path}", highlight=False, soft_wrap=True)
    measured = {} if parent is None else {"measured": str(parent)}
    return Outcome(0, {"run": str(run.path), **measured, **summary})
