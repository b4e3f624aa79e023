"""How long a training will take, by a short one."""

import dataclasses
import os
import tempfile
import time
from pathlib import Path

import jax

from rnnchaos.console import Console
from rnnchaos.setting import chosen
from rnnchaos.settings.schema import Settings
from rnnchaos.settings.sinks import NO_LOGGING
from rnnchaos.trainings.experiment import Experiment, prepare_experiment
from rnnchaos.trainings.running import train

_STEPS = 500
# So many records that the short training judges as many late candidates as a long one.
_RECORDS = 50


def cpu_seconds_by_trial(settings: Settings) -> float:
    """CPU time of a `rnnchaos train` of one attempt: a short one, and the steps that it lacks at the speed of a few.

    Nothing is left on the disk. Raises ConfigError for settings that do not fit the data, or so short a training.
    """
    experiment = prepare_experiment(settings)
    settings, training = experiment.settings, experiment.settings.training
    num_steps = (
        experiment.trainer.num_steps
    )  # one of a network that is fitted in closed form, whatever was asked for
    steps = min(_STEPS, num_steps)
    short = dataclasses.replace(
        training,
        num_steps=steps,
        record_every=max(1, steps // _RECORDS),
        checkpoint_every=steps,
        attempts=1,
    )
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w", encoding="utf-8") as nowhere:
        tried = dataclasses.replace(
            settings, training=short, outputs=Path(folder), name="trial", logging=NO_LOGGING
        )
        taken = train(tried, Console(file=nowhere)).record["cpu_seconds"]
    return taken + (num_steps - steps) * _seconds_per_step(experiment) if num_steps > steps else taken


def _seconds_per_step(experiment: Experiment) -> float:
    series = experiment.training_series()
    steps = min(chosen(experiment.settings.training.record_every), experiment.trainer.num_steps)
    state, _ = experiment.trainer.run(experiment.initial, series, steps)  # compiles
    jax.block_until_ready(state.step)
    began = time.process_time()
    state, _ = experiment.trainer.run(state, series, steps)
    jax.block_until_ready(state.step)
    return (time.process_time() - began) / steps
