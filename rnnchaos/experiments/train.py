"""rnnchaos train: data, forcing interval, training, and what the trained network is worth."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from rich.console import Console

from rnnchaos.cells import Network
from rnnchaos.config import build, stored
from rnnchaos.config.schema import Settings
from rnnchaos.data import Dataset, prepare
from rnnchaos.diagnostics import spectrum_checks
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.experiments import weights
from rnnchaos.experiments.embedding import resolve_embedding
from rnnchaos.experiments.evaluation import evaluate_network, forecast_horizon
from rnnchaos.experiments.exponents import findings as exponent_findings
from rnnchaos.experiments.findings import Findings, show, store
from rnnchaos.experiments.gradient_growth import gradients_of_network
from rnnchaos.experiments.history import History, JacobianProbe
from rnnchaos.experiments.outcome import Outcome
from rnnchaos.experiments.progress import TrainingProgress
from rnnchaos.experiments.selection import Selection
from rnnchaos.experiments.simulation import histories
from rnnchaos.experiments.spectra import spectrum_of_network
from rnnchaos.experiments.tables import number
from rnnchaos.experiments.truth import Truth, forcing_interval, truth_of
from rnnchaos.runs import Kind, RunWriter, Status, collect_provenance
from rnnchaos.training import AbstractTrainer, TrainState


class Experiment(NamedTuple):
    """Everything that is decided before the first optimiser step."""

    settings: Settings
    dataset: Dataset
    truth: Truth | None
    trainer: AbstractTrainer
    initial: TrainState
    tau: int
    """Forcing interval in steps; the window's length where nothing is forced."""
    embedding: str | None
    """The embedding in words, where it was left to the program."""


def train(settings: Settings, console: Console) -> Outcome:
    """Train one network and measure it; everything is written to a new run folder.

    Raises ConfigError, before anything is written, for settings that do not fit the data.
    """
    started = time.process_time()
    experiment = prepare_experiment(settings)
    settings = experiment.settings
    announced = _announcement(experiment)
    console.print(announced, highlight=False, soft_wrap=True)
    run = RunWriter.create(
        settings.outputs,
        name=settings.name,
        kind=Kind.TRAIN,
        config_text=stored.to_yaml(settings),
        provenance=collect_provenance(seed=settings.seed, precision=settings.precision)._asdict(),
    )
    with run:
        run.log(announced)
        state, selection = _train(experiment, run, console)
        training_seconds = time.process_time() - started
        said = selection.sentence()
        run.log(said)
        console.print(said, highlight=False, soft_wrap=True)
        status = Status.DIVERGED if bool(state.diverged) else Status.FINISHED
        summary = _facts(experiment, state) | selection.facts() | {"cpu_seconds_training": training_seconds}
        if status is Status.FINISHED:
            for found in _measure(experiment, selection.network, run, console):
                store(found, run, figures=settings.diagnostics.figures)
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


def prepare_experiment(settings: Settings) -> Experiment:
    """Data, forcing interval, trainer and untrained network. Raises ConfigError where they do not fit together."""
    source = build.source(settings)
    settings, embedding = resolve_embedding(source, settings)
    dataset = prepare(source, settings.dataset.preparation)
    forecast_horizon(dataset, settings.diagnostics)
    truth = truth_of(source, dataset, settings.diagnostics, transient=settings.dataset.preparation.transient)
    auto_tau = forcing_interval(settings.tau, truth, dataset) if isinstance(settings.tau, str) else None
    trainer = build.trainer(settings, auto_tau=auto_tau)
    forcing, window = trainer.forcing, trainer.window
    if len(dataset.train) <= window:
        raise ConfigError(
            f"training.window must be below the training series' {len(dataset.train)} steps, got {window}"
        )
    network_key, training_key = jax.random.split(jax.random.key(settings.seed))
    network = build.network(settings, dataset.dimension, key=network_key).astype(settings.precision)
    forcing.reset_interval(window)  # it refuses a window that it does not fit
    settings.protocol.regularization.check(network)
    histories(network, dataset.test, np.zeros(1, dtype=int))
    return Experiment(
        settings,
        dataset,
        truth,
        trainer,
        trainer.init(network, key=training_key),
        forcing.interval(window),
        embedding,
    )


def _train(experiment: Experiment, run: RunWriter, console: Console) -> tuple[TrainState, Selection]:
    """Train to the end or to divergence, leaving history, checkpoints and weights in the run folder."""
    settings = experiment.settings.training
    series = jnp.asarray(experiment.dataset.train, experiment.settings.precision)
    num_steps_in_all = experiment.trainer.num_steps
    probe = JacobianProbe.of(experiment.dataset, experiment.trainer, experiment.tau)
    history, state = History(), experiment.initial
    selection = Selection.of(experiment.settings, experiment.dataset, num_steps_in_all, state.network)
    try:
        with TrainingProgress(console, num_steps_in_all) as progress:
            for num_steps in _chunks(num_steps_in_all, settings.record_every):
                state, records = experiment.trainer.run(state, series, num_steps)
                diverged = bool(state.diverged)
                line = history.add(
                    records,
                    step=int(state.step),
                    products=probe.measure(state.network, state.forcing),
                    score=None if diverged else selection.offer(state.network, int(state.step)),
                )
                run.append_history(line)
                if diverged:
                    break
                progress.update(int(state.step), line["loss"], line["gradient_norm"])
                if int(state.step) % settings.checkpoint_every < num_steps:
                    run.save_checkpoint(int(state.step), weights.to_arrays(state))
    finally:  # what an interrupted training has learned so far is kept, too
        run.save_arrays("training", history.arrays())
        run.save_weights(weights.to_arrays(selection.network), metadata={"step": str(selection.step)})
        if experiment.settings.diagnostics.figures and history.lines:
            from rnnchaos.figures import save_figure

            with run.figure("training") as path:
                save_figure(history.figure(), path)
    return state, selection


def _chunks(num_steps: int, record_every: int) -> Iterator[int]:
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


def _facts(experiment: Experiment, state: TrainState) -> dict[str, float | int | str | None]:
    truth = experiment.truth
    return {
        "steps": int(state.step),
        "seed": experiment.settings.seed,
        "tau_steps": experiment.tau,
        "tau_pred_steps": None if truth is None else truth.predictability_steps,
        "window_steps": experiment.trainer.window,
        "state_size": state.network.state_size,
        "num_weights": sum(leaf.size for leaf in jax.tree.leaves(state.network)),
    }


def _announcement(experiment: Experiment) -> str:
    """One line on the data and one on what is trained."""
    dataset, truth = experiment.dataset, experiment.truth
    exponent = "no exponent found"
    if truth is not None:
        exponent = f"λ_max {number(float(truth.exponents[0]), float(truth.standard_error[0]))} per time unit"
        if truth.predictability_steps is not None:
            exponent += f", τ_pred {truth.predictability_steps:.1f} steps"
    network = experiment.initial.network
    chosen = "" if experiment.embedding is None else f"{experiment.embedding}\n"
    return (
        f"{chosen}data: {len(dataset.train)} training and {len(dataset.test)} test steps in {dataset.dimension} "
        f"dimensions, {exponent}\n"
        f"training: {type(network.cell).__name__} of {network.cell.hidden_size} units, "
        f"{experiment.trainer.describe()}"
    )
