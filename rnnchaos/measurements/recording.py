"""A measurement as a run of its own."""

import time
from pathlib import Path

from rich.console import Console

from rnnchaos import stopping
from rnnchaos.diagnostics import Findings
from rnnchaos.diagnostics.findings import show, store
from rnnchaos.outcome import Outcome
from rnnchaos.runs import RunWriter, Status, collect_provenance
from rnnchaos.settings import stored
from rnnchaos.settings.schema import Settings, SystemSettings, WeightsSettings


def record(
    findings: Findings,
    settings: Settings | SystemSettings | WeightsSettings,
    console: Console,
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
    stopping.obey()
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
