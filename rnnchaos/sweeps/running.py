"""Running what is missing of a sweep, and saying how each cell ended."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from rnnchaos.experiments import Outcome
from rnnchaos.runs import Status
from rnnchaos.sweeps import local
from rnnchaos.sweeps.standing import Standing, log_of, standings
from rnnchaos.sweeps.sweep import Sweep

_SHOWN = {"D_stsp": "d_stsp_paper", "λ_max": "lambda_max"}
_SHOWN_FAILURES = 20


def run(sweep: Sweep, console: Console, *, n_jobs: int | None = None, retry_failed: bool = False) -> Outcome:
    """Train the cells without a result on this machine; the exit code is 1 where any is left without one.

    Cells on which another process is at work are left to it.
    """
    before = standings(sweep)
    missing = [index for index, found in enumerate(before) if _is_missing(found, retry_failed=retry_failed)]
    count = min(n_jobs or local.cores(), max(1, len(missing)))
    done = len(before) - len(missing)
    console.print(
        f"{sweep.path}: {len(before)} cells, {done} done, {count} at a time", highlight=False, soft_wrap=True
    )
    for index, standing in local.train_cells(sweep.path, missing, n_jobs=count, retry_failed=retry_failed):
        if standing.status == Status.RUNNING:
            continue  # another process is at it
        done += 1
        line = f"{done}/{len(before)}  {sweep.cell(index).title}: {_said(standing)}"
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    return report(sweep, console)


def report(sweep: Sweep, console: Console) -> Outcome:
    """Count the outcomes, list the failures with their reasons and logs, and say how to go on."""
    found = standings(sweep)
    counts = Counter(standing.status for standing in found)
    console.print(", ".join(f"{count} {status}" for status, count in counts.items()), highlight=False)
    lost = [index for index, standing in enumerate(found) if not standing.has_result]
    for index in lost[:_SHOWN_FAILURES]:
        if found[index].status == Status.FAILED:
            cell = sweep.cell(index)
            log = log_of(sweep, cell.id)
            line = f"failed: {cell.title}: {found[index].reason}{f'; see {log}' if log.exists() else ''}"
            console.print(line, style="red", highlight=False, soft_wrap=True, markup=False)
    if sweep.search:
        from rnnchaos.sweeps.searching import conclude

        return conclude(sweep, found, record(sweep, found), console)
    if lost:
        retry = " --retry-failed" if counts[str(Status.FAILED)] else ""
        console.print(f"go on with: rnnchaos sweep run {sweep.path}{retry}", highlight=False, soft_wrap=True)
    return Outcome(_exit_code(counts), record(sweep, found))


def record(sweep: Sweep, found: Sequence[Standing]) -> dict[str, Any]:
    """How a sweep stands, in plain values."""
    failures = [
        {"cell": cell, "run": str(sweep.folder(cell)), "reason": standing.reason}
        for cell, standing in zip(sweep.ids, found, strict=True)
        if standing.status == Status.FAILED
    ]
    counts = Counter(standing.status for standing in found)
    return {"sweep": str(sweep.path), "cells": len(found), "counts": dict(counts), "failures": failures}


def _is_missing(standing: Standing, *, retry_failed: bool) -> bool:
    return not standing.has_result and (retry_failed or standing.status != Status.FAILED)


def _exit_code(counts: Counter[str]) -> int:
    """0 where every cell has a result, 3 where all of them diverged."""
    if counts.total() > counts[str(Status.FINISHED)] + counts[str(Status.DIVERGED)]:
        return 1
    return 0 if counts[str(Status.FINISHED)] else Status.DIVERGED.exit_code


def _said(standing: Standing) -> str:
    numbers = [
        f"{label} {standing.headline[name]:.4g}"
        for label, name in _SHOWN.items()
        if isinstance(standing.headline.get(name), int | float)
    ]
    why = [] if standing.reason is None else [standing.reason]
    return ", ".join([standing.status, *why, *numbers])
