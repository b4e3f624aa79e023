"""rnnchaos train, rnnchaos resume: data, forcing interval, training, and what the trained network is worth."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypedDict

import jax.numpy as jnp
from rich.console import Console

from rnnchaos import __version__, plugins
from rnnchaos.diagnostics import measure_after_training
from rnnchaos.diagnostics.findings import show, store
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.outcome import Outcome
from rnnchaos.runs import Claim, Kind, RunFolder, RunWriter, Status, collect_provenance, layout
from rnnchaos.settings import stored
from rnnchaos.settings.schema import Settings
from rnnchaos.training import TrainState
from rnnchaos.trainings.experiment import Experiment, prepare_experiment
from rnnchaos.trainings.progress import TrainingProgress
from rnnchaos.trainings.recording import Recorder
from rnnchaos.trainings.stopping import Request, deferred


class _Identity(TypedDict):
    name: str
    kind: str
    config_text: str
    provenance: dict[str, Any]


def train(settings: Settings, console: Console) -> Outcome:
    """Train one network and measure it; everything is written to a new run folder.

    Raises ConfigError, before anything is written, for settings that do not fit the data.
    """
    started = time.process_time()
    experiment = prepare_experiment(settings)
    return _train_and_measure(experiment, lambda: create_run(experiment), console, started=started)


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
    experiment = prepare_experiment(settings)
    claim = Claim.take(folder.path)
    if claim is None:
        raise ConfigError(_still_running(folder))
    return _train_and_measure(
        experiment, lambda: RunWriter.reopen(claim, version=__version__), console, started=started
    )


def train_at(claim: Claim, settings: Settings, console: Console) -> Outcome:
    """Train in the folder that was claimed: from the start, or on from where an earlier attempt was cut off."""
    started = time.process_time()
    experiment = prepare_experiment(settings)

    return _train_and_measure(experiment, lambda: begin_at(claim, experiment), console, started=started)


def begin_at(claim: Claim, experiment: Experiment) -> RunWriter:
    """The run in the folder that was claimed: a new one, or the one that was cut off there."""
    if (claim.folder / layout.RUN).is_file():
        return RunWriter.reopen(claim, version=__version__)
    return RunWriter.create_at(claim, **_identity(experiment))


def _train_and_measure(
    experiment: Experiment, begin: Callable[[], RunWriter], console: Console, *, started: float
) -> Outcome:
    announced = experiment.announcement()
    console.print(announced, highlight=False, soft_wrap=True)
    with begin() as run:
        run.log(announced)
        recorder = Recorder(experiment, run)
        recorder.clock.start(started)
        state = _train(experiment, recorder, console)
        return finish(recorder, state, console)


def _check_can_resume(folder: RunFolder) -> None:
    record = folder.record
    if record.kind == Kind.ENSEMBLE:
        raise ConfigError(f"{folder.path} is an ensemble: resume the runs of its members one by one")
    if record.kind != Kind.TRAIN:
        raise ConfigError(f"{folder.path} is no training but a {record.kind} run: run it again")
    if record.status.has_result:
        raise ConfigError(f"{folder.path} has nothing to resume: {record.status} ({record.status.message})")
    if record.observed_status() is Status.RUNNING and record.process.is_alive():
        raise ConfigError(_still_running(folder))


def _still_running(folder: RunFolder) -> str:
    process = folder.record.process
    return f"{folder.path} is still running, as process {process.pid} on {process.host}"


def create_run(experiment: Experiment) -> RunWriter:
    """The folder of one training."""
    settings = experiment.settings
    return RunWriter.create(
        settings.outputs,
        **_identity(experiment),
    )


def _identity(experiment: Experiment) -> _Identity:
    settings = experiment.settings
    return {
        "name": settings.name,
        "kind": Kind.TRAIN,
        "config_text": stored.to_yaml(settings),
        "provenance": collect_provenance(seed=settings.seed, precision=settings.precision)._asdict(),
    }


def finish(recorder: Recorder, state: TrainState, console: Console) -> Outcome:
    """Measure the trained network, and end its run."""
    experiment, run, selection = recorder.experiment, recorder.run, recorder.selection
    training_seconds = recorder.clock.seconds
    said = selection.sentence()
    run.log(said)
    console.print(said, highlight=False, soft_wrap=True)
    status = Status.DIVERGED if bool(state.diverged) else Status.FINISHED
    summary = experiment.facts(state) | selection.facts() | {"cpu_seconds_training": training_seconds}
    if status is Status.FINISHED:
        for found in measure_after_training(experiment.trained(selection.network), run, console):
            store(found, run, figures=experiment.settings.diagnostics.figures)
            summary |= found.summary
            show(found, console)
    summary["cpu_seconds"] = recorder.clock.seconds
    run.log(f"{status} after {int(state.step)} steps, {summary['cpu_seconds']:.0f} s of CPU time")
    reason = f"diverged at step {int(state.step)}" if status is Status.DIVERGED else None
    run.finish(status, summary, reason=reason)
    if reason is not None:
        console.print(
            f"[red]{reason}[/red]: the loss or a weight is not finite; see {run.path}/history.jsonl"
        )
    console.print(f"written to {run.path}", highlight=False, soft_wrap=True)
    return Outcome(status.exit_code, {"run": str(run.path), "status": str(status), **summary})


def _train(experiment: Experiment, recorder: Recorder, console: Console) -> TrainState:
    """Train to the end or to divergence, leaving history, checkpoints and weights in the run folder."""
    trainer, settings = experiment.trainer, experiment.settings
    series = jnp.asarray(experiment.dataset.train, settings.precision)
    state = last_saved(recorder, console)
    try:
        with TrainingProgress(console, trainer.num_steps) as progress, deferred() as request:
            for num_steps in chunks(trainer.num_steps, settings.training.record_every, done=int(state.step)):
                state, records = trainer.run(state, series, num_steps)
                line = recorder.record(state, records)
                if bool(state.diverged):
                    break
                progress.update(int(state.step), line["loss"], line["gradient_norm"])
                if request.received:
                    stop([(recorder, state)], request, console)
            else:
                recorder.save(state)  # a run that is cut off later has only its measurements to repeat
    finally:
        recorder.close()
    return state


def last_saved(recorder: Recorder, console: Console) -> TrainState:
    """The state of the newest checkpoint that is whole, or the one before training."""
    for step in recorder.run.checkpoint_steps():
        try:
            state = recorder.restore(recorder.run.load_checkpoint(step))
        except (ConfigError, RunError) as error:
            said = f"step {step} is passed over: {error}"
        else:
            said = f"resumed from step {step}"
            recorder.run.log(said)
            console.print(said, highlight=False, soft_wrap=True)
            return state
        recorder.run.log(said)
        console.print(said, highlight=False, soft_wrap=True)
    recorder.run.start_history()
    return recorder.experiment.initial


def stop(unfinished: Sequence[tuple[Recorder, TrainState]], request: Request, console: Console) -> None:
    """Save the states of trainings that somebody has asked to stop, and raise what the request stands for."""
    for recorder, state in unfinished:
        recorder.save(state)
        said = f"stopped after step {int(state.step)}; go on with: rnnchaos resume {recorder.run.path}"
        recorder.run.log(said)
        console.print(said, highlight=False, soft_wrap=True)
    request.obey()


def chunks(num_steps: int, record_every: int, *, done: int = 0) -> Iterator[int]:
    """The lengths of the compiled stretches of a training of which `done` steps have been taken."""
    for start in range(done, num_steps, record_every):
        yield min(record_every, num_steps - start)
