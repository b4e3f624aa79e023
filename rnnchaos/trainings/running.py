"""rnnchaos train, rnnchaos resume: data, forcing interval, training, and what the trained network is worth."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypedDict

from rich.console import Console

from rnnchaos import __version__, plugins, stopping
from rnnchaos.console import coloured
from rnnchaos.data import same_files
from rnnchaos.diagnostics import measure_after_training
from rnnchaos.diagnostics.findings import show, store
from rnnchaos.errors import ConfigError
from rnnchaos.outcome import Outcome
from rnnchaos.runs import (
    Claim,
    Kind,
    RunFolder,
    RunWriter,
    Status,
    check_writable,
    collect_provenance,
    layout,
)
from rnnchaos.runs.claim import how_long_it_counts
from rnnchaos.settings import build, stored
from rnnchaos.settings.schema import Settings
from rnnchaos.settings.sinks import sinks_of
from rnnchaos.sinks import AbstractSink
from rnnchaos.trainings.experiment import Experiment, prepare_experiment
from rnnchaos.trainings.loop import train_members
from rnnchaos.trainings.recording import Recorder


def train(settings: Settings, console: Console, sinks: Sequence[AbstractSink] = ()) -> Outcome:
    """Train one network and measure it; everything is written to a new run folder, the record's `run`.

    Progress goes to `sinks` and to what `logging` chooses as well.

    Raises ConfigError, before anything is written, for settings that do not fit the data.
    """
    started = time.process_time()
    check_writable(settings.outputs, settings.name)
    experiment = prepare_experiment(settings, _saying(console))
    begun = (RunWriter.create(settings.outputs, **_identity(own)) for own in [experiment])
    (outcome,) = _train_and_measure([experiment], begun, console, started=started, sinks=sinks)
    return outcome


def train_at(
    claims: Sequence[Claim], settings: Sequence[Settings], console: Console, titles: Sequence[str] = ()
) -> list[Outcome]:
    """Train in the folders that were claimed, each from the start or on from where an earlier attempt was cut off.

    Several are trained in one program; their `settings` may differ in seeds and names alone. Sinks call them by their
    `titles`. Each run records how it
    ended; the first error of any is raised once all have been measured.
    """
    started = time.process_time()
    first = prepare_experiment(settings[0], _saying(console))
    experiments = [first, *map(first.alike, settings[1:])]
    begun = (_begin_at(claim, own) for claim, own in zip(claims, experiments, strict=True))
    return _train_and_measure(experiments, begun, console, started=started, titles=titles)


def resume(path: Path, console: Console) -> Outcome:
    """Go on with a training that was cut off, from its last checkpoint, in its own folder.

    On the same machine the result is bit for bit that of a training that was not cut off.
    Raises ConfigError for a run that has ended with a result, is going on, or is no training.
    """
    started = time.process_time()
    folder = RunFolder.open(path)
    _check_can_resume(folder)
    plugins.check_unchanged(folder.provenance.get("plugins"), of=folder.path)
    settings = stored.from_yaml(folder.config_text)
    assert isinstance(settings, Settings)
    _check_same_data(folder, settings)
    experiment = prepare_experiment(settings, _saying(console))
    claim = Claim.take(folder.path)
    if claim is None:
        raise ConfigError(_still_running(folder))
    begun = (_begin_at(claim, own) for own in [experiment])
    (outcome,) = _train_and_measure([experiment], begun, console, started=started)
    return outcome


def _saying(console: Console) -> Callable[[str], object]:
    return lambda line: console.print(line, highlight=False, soft_wrap=True, markup=False)


class _Identity(TypedDict):
    name: str
    kind: str
    config_text: str
    provenance: dict[str, Any]


def _identity(experiment: Experiment) -> _Identity:
    settings = experiment.settings
    provenance = collect_provenance(seed=settings.seed, precision=settings.precision)._asdict()
    return {
        "name": settings.name,
        "kind": Kind.TRAIN,
        "config_text": stored.to_yaml(settings),
        "provenance": provenance | {"data": same_files.digests(build.source(settings))},
    }


def _begin_at(claim: Claim, experiment: Experiment) -> RunWriter:
    """The run in the folder that was claimed: a new one, or the one that was cut off there."""
    if (claim.folder / layout.RUN).is_file():
        _check_same_data(RunFolder.open(claim.folder), experiment.settings)
        return RunWriter.reopen(claim, version=__version__)
    return RunWriter.create_at(claim, **_identity(experiment))


def _check_same_data(folder: RunFolder, settings: Settings) -> None:
    same_files.check_same(folder.provenance.get("data"), build.source(settings), of=folder.path)


def _check_can_resume(folder: RunFolder) -> None:
    record = folder.record
    if record.kind == Kind.ENSEMBLE:
        raise ConfigError(
            f"{folder.path} is an ensemble of rnnchaos 0.1: resume the runs of its members one by one, or train "
            "ensemble.seeds=N anew, which is a sweep now and can be resumed"
        )
    if record.kind != Kind.TRAIN:
        raise ConfigError(f"{folder.path} is no training but a {record.kind} run: run it again")
    if record.status.has_result:
        raise ConfigError(f"{folder.path} has nothing to resume: {record.status} ({record.status.message})")
    if record.status is Status.RUNNING and record.process.is_alive():
        raise ConfigError(_still_running(folder))


def _still_running(folder: RunFolder) -> str:
    process = folder.record.process
    since = "" if process.is_alive() else f"; {how_long_it_counts(folder.path)}"
    return f"{folder.path} is still running, as process {process.pid} on {process.host}{since}"


def _train_and_measure(
    experiments: Sequence[Experiment],
    begun: Iterable[RunWriter],
    console: Console,
    *,
    started: float,
    sinks: Sequence[AbstractSink] = (),
    titles: Sequence[str] = (),
) -> list[Outcome]:
    """`started` is the CPU time of this process at which all of them began; each counts its share."""
    announced = experiments[0].announcement()
    console.print(announced, highlight=False, soft_wrap=True)
    outcomes, errors = [], []
    told = [[*sinks, *sinks_of(own.settings.logging)] for own in experiments]
    members: list[Recorder] = []
    stopping.obey()
    with ExitStack() as ending:
        ending.callback(_end_telling, members)  # once the runs have ended, as they have
        runs = [ending.enter_context(run) for run in begun]
        named = zip(experiments, runs, told, titles or [""] * len(runs), strict=True)
        members += [Recorder(own, run, console, sinks, title) for own, run, sinks, title in named]
        for member in members:
            for line in (*experiments[0].understood, announced):
                member.run.log(line)
            member.clock.start(started, runs=len(members))
        train_members(members)
        for member in members:
            member.clock.stop()
        for member in members:
            try:
                with member.run:
                    outcomes.append(_finish(member))
            except Exception as error:  # of this run alone, whose log has the traceback
                errors.append(error)
        if errors:
            raise errors[0]
    return outcomes


def _end_telling(members: Sequence[Recorder]) -> None:
    for member in members:
        record = member.run.record
        member.telling.end(str(record.status), record.headline)


def _finish(member: Recorder) -> Outcome:
    """Measure the trained network, and end its run."""
    training_seconds = member.clock.seconds
    member.clock.start()
    experiment, run, selection, console = member.kept, member.run, member.selection, member.console
    member.say(selection.sentence())
    status = Status.DIVERGED if member.diverged else Status.FINISHED
    taken = {"steps": member.step, "attempts": member.attempt.number}
    summary = taken | experiment.facts() | selection.facts() | {"cpu_seconds_training": training_seconds}
    of = f", the last of {member.attempt.number} attempts" if member.attempt.number > 1 else ""
    reason = f"diverged at step {member.step}{of}" if status is Status.DIVERGED else None
    if reason is not None:
        summary |= {
            "learned": "no",
            "sentence": f"not learned: training {reason}; try {experiment.trainer.steadier}",
        }
    if status is Status.FINISHED:
        trained = experiment.trained(selection.network)
        for found in measure_after_training(trained, run, console, summary.keys()):
            store(found, run, figures=experiment.settings.diagnostics.figures)
            summary |= found.summary
            run.save_summary(summary)  # whatever comes next, this has been found
            show(found, console)
            stopping.obey()
        escape = summary.get("escape_step")
        if escape is not None:
            status, reason = Status.ESCAPED, f"the free run escapes to infinity at step {escape}"
    summary["cpu_seconds"] = member.clock.seconds
    run.log(f"{status} after {member.step} steps, {summary['cpu_seconds']:.0f} s of CPU time")
    with stopping.deferred():
        run.finish(status, summary, reason=reason)
    if status is Status.DIVERGED:
        rest = f": the loss or a weight is not finite; see {run.path}/history.jsonl"
        console.print(coloured(str(reason), "red", rest), highlight=False, soft_wrap=True)
        console.print(summary["sentence"], highlight=False, soft_wrap=True)
    console.print(f"written to {run.path}", highlight=False, soft_wrap=True)
    return Outcome(status.exit_code, {"run": str(run.path), "status": str(status), **summary})
