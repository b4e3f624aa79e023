"""Several trainings that differ in nothing but their seeds, in one program over all devices."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import jax.numpy as jnp
import numpy as np
from rich.console import Console

from rnnchaos.errors import LostClaimError
from rnnchaos.outcome import Outcome
from rnnchaos.runs import Claim, RunWriter, Status
from rnnchaos.settings.schema import Settings
from rnnchaos.training import TrainState, members, run_ensemble, stacked
from rnnchaos.trainings.experiment import Experiment, prepare_experiment
from rnnchaos.trainings.progress import TrainingProgress
from rnnchaos.trainings.recording import Recorder
from rnnchaos.trainings.single_training import begin_at, chunks, finish, last_saved, stop
from rnnchaos.trainings.stopping import deferred


def train_together_at(claims: Sequence[Claim], settings: Sequence[Settings], console: Console) -> None:
    """Train in the folders that were claimed, each from its last checkpoint; each run records how it ended.

    `settings` may differ in seeds and names alone.
    """
    started = time.process_time()
    first = prepare_experiment(settings[0])
    experiments = [first._replace(settings=own).of_seed(own.seed) for own in settings]
    with ExitStack() as ending:
        runs = [
            ending.enter_context(begin_at(claim, experiment))
            for claim, experiment in zip(claims, experiments, strict=True)
        ]
        for _ in train_together(experiments, runs, console, started=started):
            pass


def train_together(
    experiments: Sequence[Experiment], runs: Sequence[RunWriter], console: Console, *, started: float
) -> Iterator[Outcome]:
    """Train all in one program, then measure each; the outcomes in their order.

    The failure of one measurement is that of its run alone. `started` is the CPU time of this process at which they
    began; each counts its share. Whoever calls sees to it that the runs end, should the training be stopped.
    """
    recorders = [Recorder(experiment, run) for experiment, run in zip(experiments, runs, strict=True)]
    for recorder in recorders:
        recorder.clock.start(started, runs=len(recorders))
        recorder.run.log(recorder.experiment.announcement())
    states = [last_saved(recorder, console) for recorder in recorders]
    try:
        for chosen in _at_the_same_step(states):
            ends = _train(
                [recorders[index] for index in chosen], [states[index] for index in chosen], console
            )
            for index, state in zip(chosen, ends, strict=True):
                states[index] = state
    finally:
        for recorder in recorders:
            recorder.close()
    for recorder in recorders:
        recorder.clock.stop()
    for recorder, state in zip(recorders, states, strict=True):
        yield _measure(recorder, state, console)


def _at_the_same_step(states: Sequence[TrainState]) -> list[list[int]]:
    """The places of those that can go on in one program: trainings may have been cut off at different steps."""
    steps = [int(state.step) for state in states]
    return [[index for index, own in enumerate(steps) if own == step] for step in sorted(set(steps))]


def _train(
    recorders: Sequence[Recorder], initial: Sequence[TrainState], console: Console
) -> list[TrainState]:
    """Train from one step to the end, or until the last of them has diverged."""
    experiment = recorders[0].experiment
    trainer, settings = experiment.trainer, experiment.settings
    series = jnp.asarray(experiment.dataset.train, settings.precision)
    states, done = stacked(initial), int(initial[0].step)
    with TrainingProgress(console, trainer.num_steps) as progress, deferred() as request:
        for num_steps in chunks(trainer.num_steps, settings.training.record_every, done=done):
            states, records = run_ensemble(trainer, states, series, num_steps)
            going_on = [
                (recorder, state, recorder.record(state, taken))
                for recorder, state, taken in zip(recorders, members(states), members(records), strict=True)
                if not recorder.stopped
            ]
            if not going_on:
                break
            loss, norm = (
                float(np.median([line[key] for _, _, line in going_on])) for key in ("loss", "gradient_norm")
            )
            progress.update(int(jnp.max(states.step)), loss, norm)
            if request.received:
                stop([(recorder, state) for recorder, state, _ in going_on], request, console)
    ends = members(states)
    for recorder, state in zip(recorders, ends, strict=True):
        if not recorder.stopped:
            recorder.save(state)  # a run that is cut off later has only its measurements to repeat
    return ends


def _measure(recorder: Recorder, state: TrainState, console: Console) -> Outcome:
    recorder.clock.start()
    try:
        with recorder.run:
            return finish(recorder, state, console)
    except LostClaimError:
        return Outcome(1, {"status": str(Status.RUNNING), "reason": "another process has taken the run over"})
    except Exception as error:  # its traceback is in the log of its own run
        return Outcome(1, {"status": str(Status.FAILED), "reason": f"{type(error).__name__}: {error}"})
