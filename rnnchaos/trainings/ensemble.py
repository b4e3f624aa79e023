"""rnnchaos train ensemble.seeds=N: the same training from many seeds, and what all of them come to."""

import concurrent.futures
import dataclasses
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jax
import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from rnnchaos.diagnostics.tables import number
from rnnchaos.outcome import Outcome
from rnnchaos.runs import Kind, RunWriter, Status, collect_provenance
from rnnchaos.runs.process import usable_cores
from rnnchaos.settings import stored
from rnnchaos.settings.schema import EnsembleSettings, Settings
from rnnchaos.trainings.experiment import Experiment, prepare_experiment
from rnnchaos.trainings.single_training import create_run, train
from rnnchaos.trainings.together import train_together

# Of a member's summary, what differs between members for no reason of interest.
_NOT_COMPARED = ("seed",)


def train_ensemble(settings: Settings, console: Console) -> Outcome:
    """Train and measure one network for each seed; each has a run folder of its own, and the ensemble another.

    Raises ConfigError, before anything is written, for settings that do not fit the data.
    """
    started = time.process_time()
    seeds = [settings.seed + index for index in range(settings.ensemble.seeds)]
    experiment = prepare_experiment(settings)
    form = _form(settings.ensemble)
    announced = (
        f"{experiment.announcement()}\n{len(seeds)} networks, seeds {seeds[0]} to {seeds[-1]}, {_said(form)}"
    )
    console.print(announced, highlight=False, soft_wrap=True)
    run = RunWriter.create(
        settings.outputs,
        name=f"{settings.name}.ensemble",
        kind=Kind.ENSEMBLE,
        config_text=stored.to_yaml(settings),
        provenance=collect_provenance(seed=settings.seed, precision=settings.precision)._asdict(),
    )
    with run:
        run.log(announced)
        outcomes = []
        trained = _in_processes if form == "processes" else _in_one_program
        for seed, outcome in trained(experiment, seeds, console):
            outcomes.append(outcome)
            said = f"seed {seed}: {_headline(outcome)}"
            run.log(said)
            console.print(said, highlight=False, soft_wrap=True)
        summary = statistics_of(outcomes) | {"cpu_seconds": time.process_time() - started}
        status = _status(outcomes)
        run.finish(status, summary, reason=None if status is Status.FINISHED else "no member finished")
    console.print(_table(summary))
    console.print(f"written to {run.path}", highlight=False, soft_wrap=True)
    return Outcome(_exit_code(outcomes, status), {"run": str(run.path), "status": str(status), **summary})


def statistics_of(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Counts by status, the members' folders, and median and quartiles of every number that finished members share."""
    records = [outcome.record for outcome in outcomes]
    finished = [record for record in records if record.get("status") == Status.FINISHED]
    statistics = {}
    for name in finished[0] if finished else ():
        numbers = [float(record[name]) for record in finished if _is_number(record.get(name))]
        if name not in _NOT_COMPARED and numbers:
            lower, median, upper = np.quantile(numbers, [0.25, 0.5, 0.75])
            statistics[name] = {
                "median": float(median),
                "lower_quartile": float(lower),
                "upper_quartile": float(upper),
                "smallest": min(numbers),
                "largest": max(numbers),
                "count": len(numbers),
            }
    return {
        "members": [record.get("run") for record in records],
        "finished": len(finished),
        "diverged": sum(record.get("status") == Status.DIVERGED for record in records),
        "failed": sum(record.get("status") not in (Status.FINISHED, Status.DIVERGED) for record in records),
        "statistics": statistics,
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _form(settings: EnsembleSettings) -> str:
    if settings.form != "auto":
        return settings.form
    return "processes" if jax.default_backend() == "cpu" else "batch"


def _said(form: str) -> str:
    if form == "processes":
        return f"{usable_cores()} at a time"
    count = jax.local_device_count()
    return f"in one program on {count} device{'s' if count > 1 else ''}"


def _in_processes(
    experiment: Experiment, seeds: Sequence[int], console: Console
) -> Iterator[tuple[int, Outcome]]:
    """One process a core: on a CPU a network of this size keeps one core busy, and gains nothing from company."""
    single = dataclasses.replace(experiment.settings, ensemble=EnsembleSettings())
    with concurrent.futures.ProcessPoolExecutor(
        min(usable_cores(), len(seeds)), mp_context=multiprocessing.get_context("spawn")
    ) as pool:
        waiting = {pool.submit(_train_one, dataclasses.replace(single, seed=seed)): seed for seed in seeds}
        for done in concurrent.futures.as_completed(waiting):
            yield waiting[done], done.result()


def _train_one(settings: Settings) -> Outcome:
    """One member, in a process of its own; its failure is its own."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        try:
            return train(settings, Console(file=nowhere))
        except Exception as error:  # its traceback is in the log of its own run
            return Outcome(1, {"status": str(Status.FAILED), "reason": f"{type(error).__name__}: {error}"})


def _in_one_program(
    experiment: Experiment, seeds: Sequence[int], console: Console
) -> Iterator[tuple[int, Outcome]]:
    """All members in one program, spread over the devices there are; then each is measured."""
    settings = dataclasses.replace(experiment.settings, ensemble=EnsembleSettings())
    single = [experiment._replace(settings=settings).of_seed(seed) for seed in seeds]
    with ExitStack() as ending:
        quiet = Console(file=ending.enter_context(open(os.devnull, "w", encoding="utf-8")))
        runs = [ending.enter_context(create_run(one)) for one in single]
        yield from zip(seeds, train_together(single, runs, quiet, started=time.process_time()), strict=True)


def _headline(outcome: Outcome) -> str:
    record = outcome.record
    if record.get("status") != Status.FINISHED:
        return f"{record.get('status')} ({record.get('reason') or record.get('run')})"
    shown = {"D_stsp": "d_stsp_paper", "λ_max": "lambda_max"}
    numbers = [f"{label} {record[key]:.4g}" for label, key in shown.items() if _is_number(record.get(key))]
    return ", ".join([*numbers, Path(record["run"]).as_posix()])


def _status(outcomes: Sequence[Outcome]) -> Status:
    """Finished as soon as one member is: the others are counted."""
    statuses = [outcome.record.get("status") for outcome in outcomes]
    if Status.FINISHED in statuses:
        return Status.FINISHED
    return Status.DIVERGED if Status.DIVERGED in statuses else Status.FAILED


def _exit_code(outcomes: Sequence[Outcome], status: Status) -> int:
    """1 where a member failed; a diverged one is a result."""
    failed = any(outcome.exit_code not in (0, Status.DIVERGED.exit_code) for outcome in outcomes)
    return 1 if failed else status.exit_code


def _table(summary: dict[str, Any]) -> Table:
    counts = f"{summary['finished']} finished, {summary['diverged']} diverged, {summary['failed']} failed"
    table = Table("", "median", "quartiles", "range", "of", box=SIMPLE_HEAD, pad_edge=False)
    table.caption, table.caption_justify = counts, "left"
    for name, spread in summary["statistics"].items():
        if spread["smallest"] == spread["largest"]:
            continue  # a setting, not a result
        quartiles = f"{number(spread['lower_quartile'])} … {number(spread['upper_quartile'])}"
        ends = f"{number(spread['smallest'])} … {number(spread['largest'])}"
        table.add_row(name, number(spread["median"]), quartiles, ends, str(spread["count"]))
    return table
