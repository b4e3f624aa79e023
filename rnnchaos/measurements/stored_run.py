"""A diagnostic of a run that was stored earlier."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console

from rnnchaos import plugins
from rnnchaos.data import Dataset, DataUnits, same_files
from rnnchaos.diagnostics import AbstractDiagnostic, TrainedNetwork
from rnnchaos.diagnostics.truth import Truth, truth_of
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.recording import record
from rnnchaos.models import Network, weights
from rnnchaos.outcome import Outcome
from rnnchaos.protocols import AbstractForcing
from rnnchaos.runs import Kind, RunFolder, check_writable, layout
from rnnchaos.setting import within
from rnnchaos.settings import build, stored
from rnnchaos.settings.recipe import grown
from rnnchaos.settings.schema import Settings
from rnnchaos.settings.sizes import check_data, check_run
from rnnchaos.training.trainer import AbstractForcedTrainer


class StoredRun(NamedTuple):
    """A trained network with the settings and the data it was trained on."""

    folder: RunFolder
    settings: Settings
    dataset: Dataset
    network: Network

    @property
    def units(self) -> DataUnits:
        """Between what the network sees and the data in their own units."""
        return DataUnits.of(self.dataset, self.settings.dataset.preparation)

    def truth(self) -> Truth | None:
        """The exponents of what generated the data, as the training found them; anew where settings ask for others."""
        if self._measures_truth_as_then() and (found := self._stored_truth()) is not None:
            return found
        return truth_of(
            build.source(self.settings),
            self.dataset,
            self.settings.diagnostics,
            self.settings.dataset.preparation,
        )

    def _stored_truth(self) -> Truth | None:
        if not self.folder.holds(layout.SUMMARY):
            return None
        return Truth.of_record(self.folder.summary.get("truth"))

    def _measures_truth_as_then(self) -> bool:
        then = stored.from_yaml(self.folder.config_text)
        assert isinstance(then, Settings)
        wanted, as_then = self.settings.diagnostics, then.diagnostics
        return (wanted.lyapunov, wanted.target_stderr) == (as_then.lyapunov, as_then.target_stderr)

    @property
    def subject(self) -> TrainedNetwork:
        """What diagnostics measure."""
        settings, tau = self.settings, self.folder.record.headline.get("tau_steps")
        return TrainedNetwork(
            self.network, self.dataset, settings.diagnostics, settings.seed, self.truth, tau, self.forcing
        )

    def forcing(self) -> AbstractForcing | None:
        """How training forced the network, as it was at the end of its attempt; None of a fit in closed form."""
        trainer = build.trainer(self.settings, auto_tau=self.folder.record.headline.get("tau_steps"))
        if not isinstance(trainer, AbstractForcedTrainer):
            return None
        kept = self.folder.summary.get("kept_attempt", 1) if self.folder.holds(layout.SUMMARY) else 1
        lines = [line for line in self.folder.read_history() if line.get("attempt", 1) == kept]
        return trainer.forcing.as_traced(lines[-1]) if lines else trainer.forcing


def measure_run(
    diagnostic: type[AbstractDiagnostic], path: Path, overrides: Sequence[str], console: Console
) -> Outcome:
    """Measure a run's network, with `diagnostics.*` changed by overrides, and store what is found as another run."""
    started = time.process_time()
    run = open_run(path, overrides)
    folder = run.folder
    source, dimension = build.source(run.settings), run.dataset.dimension
    long = check_run(run.settings, source, run.network, dimension, diagnostic.name)
    outputs, name = layout.outputs_of(folder.path), f"{folder.record.name}.{diagnostic.name}"
    if run.network.num_inputs:
        with within("diagnostics"):
            run.settings.diagnostics.check_driven()
    check_writable(outputs, name)
    if long is not None:
        console.print(long, highlight=False, soft_wrap=True)
    for said in plugins.changes(folder.provenance.get("plugins"), of=path):
        console.print(said, style="yellow", highlight=False, soft_wrap=True, markup=False)
    return record(
        diagnostic().of_run(run.subject),
        run.settings,
        console,
        outputs=outputs,
        name=name,
        kind=diagnostic.name,
        started=started,
        parent=folder.path,
    )


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
    source = build.source(settings)
    check_data(settings, source)
    dataset = build.dataset(source, settings.dataset.preparation)
    same_files.check_same(folder.provenance.get("data"), source, of=folder.path)
    return StoredRun(folder, settings, dataset, _network(settings, dataset, arrays, origin=str(folder.path)))


def _network(settings: Settings, dataset: Dataset, arrays: dict[str, np.ndarray], *, origin: str) -> Network:
    """Of these weights: that of the attempt whose shapes they have."""
    attempts = 1 if settings.training.attempts == "auto" else settings.training.attempts
    for number in range(attempts, 1, -1):
        template = build.shapes(grown(settings, number), dataset.dimension, len(dataset.input_names))
        if weights.fits(template, arrays):
            return weights.from_arrays(template, arrays, origin=origin)
    template = build.shapes(settings, dataset.dimension, len(dataset.input_names))
    return weights.from_arrays(template, arrays, origin=origin)
