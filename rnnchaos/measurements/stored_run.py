"""Measuring a stored run again: Lyapunov exponents, gradients, metrics, cycles, bifurcations."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import equinox as eqx
import jax
from rich.console import Console

from rnnchaos import plugins
from rnnchaos.data import Dataset, prepare
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.bifurcation import bifurcation_of_network
from rnnchaos.measurements.cycles import cycles_of_network
from rnnchaos.measurements.evaluation import evaluate_network, forecast_horizon
from rnnchaos.measurements.exponents import findings as exponent_findings
from rnnchaos.measurements.findings import Findings, record_measurement
from rnnchaos.measurements.gradient_growth import gradients_of_network
from rnnchaos.measurements.spectra import spectrum_of_network, starts_of_network
from rnnchaos.measurements.tangent_space import along_orbits
from rnnchaos.measurements.truth import Truth, truth_of
from rnnchaos.models import Network, weights
from rnnchaos.models.simulation import measured
from rnnchaos.outcome import Outcome
from rnnchaos.runs import Kind, RunFolder, layout
from rnnchaos.settings import build, stored
from rnnchaos.settings.schema import Settings
from rnnchaos.tangent import spectrum_checks


class StoredRun(NamedTuple):
    """A trained network with the settings and the data it was trained on."""

    folder: RunFolder
    settings: Settings
    dataset: Dataset
    network: Network

    def truth(self) -> Truth | None:
        """The true exponents, computed again."""
        return truth_of(
            build.source(self.settings),
            self.dataset,
            self.settings.diagnostics,
            transient=self.settings.dataset.preparation.transient,
        )


def lyapunov_of_run(path: Path, overrides: Sequence[str], console: Console) -> Outcome:
    """The Lyapunov spectrum of a run's network."""

    def measure(run: StoredRun) -> Findings:
        wanted = run.settings.diagnostics.lyapunov
        spectrum = spectrum_of_network(run.network, run.dataset, run.settings.diagnostics)
        found = exponent_findings(
            spectrum, run.truth(), title="network", checks=spectrum_checks(spectrum, flow=False)
        )
        step, starts = (
            measured(run.network).step,
            starts_of_network(run.network, run.dataset, wanted),
        )
        return found.joined(along_orbits(step, starts, spectrum, wanted, num_steps=wanted.num_steps))

    return _measure(path, overrides, console, "lyapunov", measure)


def gradients(path: Path, overrides: Sequence[str], console: Console) -> Outcome:
    """The growth of a run's gradients with the time that they bridge."""

    def measure(run: StoredRun) -> Findings:
        spectrum = spectrum_of_network(run.network, run.dataset, run.settings.diagnostics)
        return gradients_of_network(run.network, run.dataset, spectrum, run.settings.diagnostics)

    return _measure(path, overrides, console, "gradients", measure)


def evaluate(path: Path, overrides: Sequence[str], console: Console) -> Outcome:
    """The metrics of a run's network against its test series."""

    def measure(run: StoredRun) -> Findings:
        forecast_horizon(run.dataset, run.settings.diagnostics)
        return evaluate_network(
            run.network, run.dataset, run.truth(), run.settings.diagnostics, seed=run.settings.seed
        )

    return _measure(path, overrides, console, "evaluate", measure)


def cycles_of_run(path: Path, overrides: Sequence[str], console: Console) -> Outcome:
    """The fixed points and cycles of a run's network, with their stability."""

    def measure(run: StoredRun) -> Findings:
        return cycles_of_network(run.network, run.dataset, run.settings.diagnostics, seed=run.settings.seed)

    return _measure(path, overrides, console, "cycles", measure)


def bifurcation_of_run(path: Path, overrides: Sequence[str], console: Console) -> Outcome:
    """The free run of a run's network while one of its weights is changed."""

    def measure(run: StoredRun) -> Findings:
        return bifurcation_of_network(run.network, run.dataset, run.settings.diagnostics.bifurcation)

    return _measure(path, overrides, console, "bifurcation", measure)


def open_run(path: Path, overrides: Sequence[str]) -> StoredRun:
    """Load a training run. Raises ConfigError for another kind of run, or one without weights."""
    folder = RunFolder.open(path)
    if folder.record.kind != Kind.TRAIN:
        hint = f"; the network is in {folder.record.parent}" if folder.record.parent else ""
        raise ConfigError(f"{path} holds no network but a {folder.record.kind} run{hint}")
    plugins.check_there(folder.provenance.get("plugins"), folder.config_text, of=path)
    settings = stored.from_yaml(folder.config_text, overrides)
    assert isinstance(settings, Settings)
    arrays = folder.load_weights()
    dataset = prepare(build.source(settings), settings.dataset.preparation)
    template = eqx.filter_eval_shape(build.network, settings, dataset.dimension, key=jax.random.key(0))
    return StoredRun(
        folder, settings, dataset, weights.from_arrays(template, arrays, origin=str(folder.path))
    )


def _measure(
    path: Path,
    overrides: Sequence[str],
    console: Console,
    kind: str,
    measure: Callable[[StoredRun], Findings],
) -> Outcome:
    started = time.process_time()
    measured = open_run(path, overrides)
    for said in plugins.changes(measured.folder.provenance.get("plugins"), of=path):
        console.print(said, style="yellow", highlight=False, soft_wrap=True, markup=False)
    found = measure(measured)
    folder = measured.folder
    return record_measurement(
        found,
        measured.settings,
        console,
        outputs=layout.outputs_of(folder.path),
        name=f"{folder.record.name}.{kind}",
        kind=kind,
        started=started,
        parent=folder.path,
    )
