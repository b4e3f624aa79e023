"""rnnchaos train: data, forcing interval, training, and what the trained network is worth."""

import time
from collections.abc import Callable, Iterator

import jax.numpy as jnp
from rich.console import Console

from rnnchaos.cells import Network
from rnnchaos.config import stored
from rnnchaos.config.schema import Settings
from rnnchaos.diagnostics import spectrum_checks
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.experiments.evaluation import evaluate_network
from rnnchaos.experiments.experiment import Experiment, prepare_experiment
from rnnchaos.experiments.exponents import findings as exponent_findings
from rnnchaos.experiments.findings import Findings, show, store
from rnnchaos.experiments.gradient_growth import gradients_of_network
from rnnchaos.experiments.outcome import Outcome
from rnnchaos.experiments.progress import TrainingProgress
from rnnchaos.experiments.recording import Recorder
from rnnchaos.experiments.spectra import spectrum_of_network
from rnnchaos.runs import Kind, RunWriter, Status, collect_provenance
from rnnchaos.training import TrainState


def train(settings: Settings, console: Console) -> Outcome:
    """Train one network and measure it; everything is written to a new run folder.

    Raises ConfigError, before anything is written, for settings that do not fit the data.
    """
    started = time.process_time()
    experiment = prepare_experiment(settings)
    announced = experiment.announcement()
    console.print(announced, highlight=False, soft_wrap=True)
    run = create_run(experiment)
    with run:
        run.log(announced)
        recorder = Recorder(experiment, run)
        state = _train(experiment, recorder, console)
        outcome = finish(recorder, state, console, started=started)
    return outcome


def create_run(experiment: Experiment) -> RunWriter:
    """The folder of one training."""
    settings = experiment.settings
    return RunWriter.create(
        settings.outputs,
        name=settings.name,
        kind=Kind.TRAIN,
        config_text=stored.to_yaml(settings),
        provenance=collect_provenance(seed=settings.seed, precision=settings.precision)._asdict(),
    )


def finish(recorder: Recorder, state: TrainState, console: Console, *, started: float) -> Outcome:
    """Measure the trained network, and end its run. `started` is the CPU time in seconds at which the run began."""
    experiment, run, selection = recorder.experiment, recorder.run, recorder.selection
    training_seconds = time.process_time() - started
    said = selection.sentence()
    run.log(said)
    console.print(said, highlight=False, soft_wrap=True)
    status = Status.DIVERGED if bool(state.diverged) else Status.FINISHED
    summary = experiment.facts(state) | selection.facts() | {"cpu_seconds_training": training_seconds}
    if status is Status.FINISHED:
        for found in _measure(experiment, selection.network, run, console):
            store(found, run, figures=experiment.settings.diagnostics.figures)
            summary |= found.summary
            show(found, console)
    summary["cpu_seconds"] = time.process_time() - started
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
    state = experiment.initial
    try:
        with TrainingProgress(console, trainer.num_steps) as progress:
            for num_steps in chunks(trainer.num_steps, settings.training.record_every):
                state, records = trainer.run(state, series, num_steps)
                line = recorder.record(state, records)
                if bool(state.diverged):
                    break
                progress.update(int(state.step), line["loss"], line["gradient_norm"])
    finally:
        recorder.close()
    return state


def chunks(num_steps: int, record_every: int) -> Iterator[int]:
    """The lengths of the compiled stretches of a training."""
    for done in range(0, num_steps, record_every):
        yield min(record_every, num_steps - done)


def _measure(
    experiment: Experiment, network: Network, run: RunWriter, console: Console
) -> Iterator[Findings]:
    """All that is measured on a trained network. One measurement that fails does not lose the others."""
    settings, dataset, truth = experiment.settings.diagnostics, experiment.dataset, experiment.truth

    def attempt(name: str, measure: Callable[[], Findings]) -> Findings:
        try:
            with console.status(name):
                return measure()
        except (RunError, ConfigError) as error:
            run.log(f"{name}: {error}")
            return Findings({f"{name}_failed": str(error)}, {}, {}, (f"[red]{name}[/red]: {error}",))

    yield attempt(
        "evaluation",
        lambda: evaluate_network(network, dataset, truth, settings, seed=experiment.settings.seed),
    )
    spectrum = None

    def exponents() -> Findings:
        nonlocal spectrum
        spectrum = spectrum_of_network(network, dataset, settings)
        return exponent_findings(
            spectrum, truth, title="network", checks=spectrum_checks(spectrum, flow=False)
        )

    yield attempt("lyapunov", exponents)
    if spectrum is not None:
        yield attempt("gradients", lambda: gradients_of_network(network, dataset, spectrum, settings))
