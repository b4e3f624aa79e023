"""Running what is missing of a sweep, and saying how each cell ended."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from rich.console import Console

from rnnchaos.escaping import one_line
from rnnchaos.numbers import counted
from rnnchaos.outcome import Outcome
from rnnchaos.runs import RESULTS, Status
from rnnchaos.runs.process import usable_cores
from rnnchaos.sweeps import estimate, local
from rnnchaos.sweeps.batches import Batch, batches, has_gpu
from rnnchaos.sweeps.slurm.submissions import queued, submissions
from rnnchaos.sweeps.standing import QUEUED, Standing, log_of, standings
from rnnchaos.sweeps.statistics import is_over_seeds, spread_table, spreads
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.worker import train_batch

_SHOWN = {"D_stsp": "d_stsp_paper", "λ_max": "lambda_max", "share": "share"}
_SHOWN_FAILURES = 20


def run(sweep: Sweep, console: Console, *, n_jobs: int | None = None, retry_failed: bool = False) -> Outcome:
    """Train the cells without a result on this machine; the exit code is 1 where any is left without one.

    Cells on which another process is at work are left to it.
    """
    before = standings(sweep)
    gpu = has_gpu()
    made = batches(sweep, missing(before, retry_failed=retry_failed), gpu=gpu)
    count = min(n_jobs or (1 if gpu else usable_cores()), max(1, len(made)))
    done = len(before) - sum(map(len, made))
    largest = max(map(len, made), default=1)
    together = f", up to {largest} in one program" if largest > 1 else ""
    line = f"{sweep.path}: {counted(len(before), 'cell')}, {done} done, {count} at a time{together}"
    console.print(line, highlight=False, soft_wrap=True)
    left = deque(made)
    once_killed = partial(train_batch, sweep.path)  # where deaths have an end
    train = partial(once_killed, retry_failed=retry_failed)

    def draw(_: object) -> Batch | None:
        return left.popleft() if left else None

    try:
        for batch, ended in local.train_all(draw, train, n_jobs=count, once_killed=once_killed):
            for index, standing in zip(batch, ended, strict=True):
                if standing.status != Status.RUNNING:  # else another process is at it
                    done += standing.has_result
                    say(sweep, index, standing, console, done=done)
    except KeyboardInterrupt:
        report(sweep, console)
        raise
    return report(sweep, console)


def missing(found: Sequence[Standing], *, retry_failed: bool) -> list[int]:
    """The places of the cells that are still to be trained."""
    return [
        index
        for index, standing in enumerate(found)
        if not standing.has_result and (retry_failed or standing.status != Status.FAILED)
    ]


def say(sweep: Sweep, index: int, standing: Standing, console: Console, *, done: int) -> None:
    """One line on a cell that has ended."""
    numbers = [
        f"{label} {standing.headline[name]:.4g}"
        for label, name in _SHOWN.items()
        if isinstance(standing.headline.get(name), int | float)
        and (
            name != "share" or standing.headline[name] < 1
        )  # of its orbits on the attractor that λ_max is of
    ]
    why = [] if standing.reason is None else [standing.reason]
    line = (
        f"{done}/{len(sweep.ids)}  {sweep.cell(index).title}: {', '.join([standing.status, *why, *numbers])}"
    )
    console.print(one_line(line), highlight=False, soft_wrap=True, markup=False)


def report(sweep: Sweep, console: Console) -> Outcome:
    """Count the outcomes, list the failures with their reasons and logs, and say what is left and how to go on."""
    found = _with_jobs(standings(sweep), queued(submissions(sweep)))
    counts = Counter(standing.status for standing in found)
    console.print(
        one_line(", ".join(f"{count} {status}" for status, count in counts.items())), highlight=False
    )
    failed = [index for index, standing in enumerate(found) if standing.status == Status.FAILED]
    for index in failed[:_SHOWN_FAILURES]:
        cell = sweep.cell(index)
        log = log_of(sweep, cell.id)
        line = f"failed: {cell.title}: {found[index].reason}{f'; see {log}' if log.exists() else ''}"
        console.print(one_line(line), style="red", highlight=False, soft_wrap=True, markup=False)
    if len(failed) > _SHOWN_FAILURES:
        console.print(f"and {len(failed) - _SHOWN_FAILURES} more that failed; --json lists all")
    stated = record(sweep, found)
    if is_over_seeds(sweep):
        numbers = spreads(found)
        if numbers:
            console.print(spread_table(numbers))
        stated["statistics"] = {name: asdict(spread) for name, spread in numbers.items()}
    if not sweep.search:  # what is left of a search is for its sampler to draw
        _say_what_is_left(sweep, counts, estimate.by_those_done(found), console)
    return Outcome(_exit_code(counts), stated)


def _with_jobs(found: Sequence[Standing], jobs: Mapping[int, str]) -> list[Standing]:
    """Of a cell at which nobody is and that a scheduler's job waits for, that it does."""
    return [
        Standing(QUEUED, f"job {jobs[index]}")
        if index in jobs
        and not standing.has_result
        and standing.status not in (Status.RUNNING, Status.FAILED)
        else standing
        for index, standing in enumerate(found)
    ]


def _say_what_is_left(sweep: Sweep, counts: Counter[str], seconds: float | None, console: Console) -> None:
    left = counts.total() - _with_result(counts)
    running = counts[str(Status.RUNNING)]
    if seconds:
        shared = f", {estimate.said(seconds / running)} on the {running} that run" if running > 1 else ""
        console.print(f"left: about {estimate.said(seconds)} of CPU time{shared}", highlight=False)
    if left > running + counts[QUEUED]:
        retry = " --retry-failed" if counts[str(Status.FAILED)] else ""
        console.print(f"go on with: rnnchaos sweep run {sweep.path}{retry}", highlight=False, soft_wrap=True)


def record(sweep: Sweep, found: Sequence[Standing]) -> dict[str, Any]:
    """How a sweep stands, in plain values."""
    failures = [
        {"cell": cell, "run": str(sweep.folder(cell)), "reason": standing.reason}
        for cell, standing in zip(sweep.ids, found, strict=True)
        if standing.status == Status.FAILED
    ]
    counts = Counter(standing.status for standing in found)
    return {"sweep": str(sweep.path), "cells": len(found), "counts": dict(counts), "failures": failures}


def _exit_code(counts: Counter[str]) -> int:
    """0 where every cell has a result, 3 where all of them diverged, 4 where they did or escaped."""
    if counts.total() > _with_result(counts):
        return 1
    ended = [status for status in RESULTS if counts[str(status)]]
    return 0 if Status.FINISHED in ended else max((status.exit_code for status in ended), default=0)


def _with_result(counts: Counter[str]) -> int:
    return sum(counts[str(status)] for status in RESULTS)
