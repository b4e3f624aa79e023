"""A stored run, opened: its settings and results as plain values, its data in their own units, and its network."""

import dataclasses
import functools
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import ArrayLike

from rnnchaos import diagnostics, yamltext
from rnnchaos.attractors import AttractorSet
from rnnchaos.data import Dataset
from rnnchaos.diagnostics.driven import along_test_inputs
from rnnchaos.diagnostics.settings import DiagnosticsSettings
from rnnchaos.diagnostics.spectra import attractors_of_network
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.continuation import continued, driving_of, history_of
from rnnchaos.measurements.stored_run import StoredRun, measure_run, open_run
from rnnchaos.models import Network
from rnnchaos.nearest import did_you_mean
from rnnchaos.public.console import console_of
from rnnchaos.public.objects import name_plugins
from rnnchaos.runs import RunFolder
from rnnchaos.tangent import LyapunovSpectrum


def load(path: str | os.PathLike[str], *, plugins: Sequence[str] = ()) -> "Run":
    """Open a run folder, such as `outputs/NAME/v0001` or `outputs/NAME/latest`; nothing in it is executed.

    `plugins` are the files or modules with your own classes that the run was made with, as `--plugin` names them.
    Raises ConfigError where there is no run, or one that a newer version of this package has written.
    """
    name_plugins(plugins)
    return Run(RunFolder.open(Path(path)))


@dataclass(frozen=True)
class RunData:
    """The series of a run in their own units, without scaling and delays: (time, axis), float64.

    Pieces stand end to end; `scaled` has the length of each.
    """

    train: Float[np.ndarray, "train_time axis"]
    """What was trained on, with the noise that `dataset.noise` adds."""
    validation: Float[np.ndarray, "validation_time axis"]
    test: Float[np.ndarray, "test_time axis"]
    second_test: Float[np.ndarray, "second_test_time axis"]
    """Another stretch of the truth, by which the floors of the metrics are measured."""
    axis_names: tuple[str, ...]
    time_per_step: float
    """Time units between two rows."""
    scaled: Dataset
    """The same as the network sees it."""

    def __repr__(self) -> str:
        lengths = f"{len(self.train)} training and {len(self.test)} test steps"
        return f"<RunData of {', '.join(self.axis_names)}: {lengths}, {self.time_per_step:g} time units each>"


@dataclass(frozen=True, eq=False)
class Run:
    """A stored run. Everything is in the data's own units unless its name says latent or scaled.

    Data and network are loaded when they are first asked for: of a run that holds no network, such as one of
    `rnnchaos lyapunov`, only settings, summary and arrays can be had, and the rest raises ConfigError. Computes in
    float64, whatever the run was trained in and JAX is set to.
    """

    folder: RunFolder
    """Every file of the run, as `docs/run-folder.md` describes them."""

    @property
    def path(self) -> Path:
        """The run folder."""
        return self.folder.path

    @property
    def status(self) -> str:
        """How the run stands: `finished`, `diverged`, `escaped`, `running`, …"""
        return str(self.folder.observed_status())

    @functools.cached_property
    def config(self) -> dict[str, Any]:
        """The settings, every default resolved: groups are dicts."""
        return yamltext.load(self.folder.config_text)

    @functools.cached_property
    def summary(self) -> dict[str, Any]:
        """All results in numbers; None where a number was not finite. Raises ConfigError before the run has ended."""
        return self.folder.summary

    @property
    def learned(self) -> str | None:
        """Whether the network learned the attractor: `yes`, `no` or `undecided`; None where nobody judged it."""
        return self.summary.get("learned")

    @property
    def sentence(self) -> str | None:
        """The same in one sentence: what it does instead, and what to try."""
        return self.summary.get("sentence")

    @property
    def metrics(self) -> dict[str, float | None]:
        """The value of every metric by its name; `summary["metrics"]` has floors, ceilings, units and definitions."""
        return {name: metric["value"] for name, metric in self.summary.get("metrics", {}).items()}

    @functools.cached_property
    def history(self) -> list[dict[str, Any]]:
        """The course of training, one record for every `training.record_every` optimiser steps."""
        return self.folder.read_history()

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """The arrays of `arrays/NAME.npz`, such as `lyapunov`; `docs/run-folder.md` has their shapes and units."""
        return self.folder.load_arrays(name)

    @property
    def network(self) -> Network:
        """The trained network, in its latent and scaled terms and in the precision that it was trained in.

        `step` maps a latent state to the next; `Run.latent_state` gives one to begin with, `Run.observation` what it
        shows. Of a run with `precision=float64`, use it where float64 is switched on in JAX.
        """
        return self._stored.network

    @functools.cached_property
    def dataset(self) -> RunData:
        """The data that the run was trained and judged on, integrated or read again."""
        scaled = self._stored.dataset
        parts = (scaled.train, scaled.validation, scaled.test, scaled.second_test)
        train, validation, test, second_test = (self._stored.units.observed(part.values) for part in parts)
        names = self._stored.units.axis_names
        return RunData(train, validation, test, second_test, names, scaled.time_per_step, scaled)

    def latent_state(
        self, history: ArrayLike, *, history_inputs: ArrayLike | None = None
    ) -> Float[Array, " state"]:
        """The network's latent state after the last of the rows `history` (see `forecast`), in its own precision.

        `observation` of it is the last row again, or with fewer hidden units than axes the nearest that they show.
        """
        units, network, precision = self._stored.units, self.network, self._stored.settings.precision
        seen, none = history_of(units, network, history), np.zeros((0, network.num_inputs))
        driving = None
        if network.num_inputs and network.history > 1:
            driving = driving_of(units, network, 0, inputs=none, history_inputs=history_inputs)
        with jax.enable_x64(True):
            given = None if driving is None else jnp.asarray(driving, precision)
            return network.start(jnp.asarray(seen, precision), given)

    def observation(self, state: Float[Array | np.ndarray, " state"]) -> Float[np.ndarray, " axis"]:
        """What the network shows of a latent state, in the data's own units."""
        return self._stored.units.observed(
            np.asarray(self.network.observe(jnp.asarray(state)), dtype=np.float64)
        )

    def free_run(
        self, num_steps: int, *, history: ArrayLike | None = None, inputs: ArrayLike | None = None
    ) -> Float[np.ndarray, "time axis"]:
        """`num_steps` rows of the network by itself after the rows `history`, by default the first of the test data.

        A driven network then follows the test data's inputs, unless others are given.
        """
        units, heard, before = self._stored.units, self.network.history, None
        if history is None:
            history = self.dataset.test[: units.rows_for(heard)]
            recorded = self._stored.dataset.test.inputs
            if recorded is not None and units.input_scaling is not None:
                own = units.input_scaling.invert(recorded)  # delays have taken their rows already
                before, inputs = own[:heard], own[heard:] if inputs is None else inputs
        return self.forecast(history, num_steps, inputs=inputs, history_inputs=before)

    def forecast(
        self,
        history: ArrayLike,
        num_steps: int,
        *,
        inputs: ArrayLike | None = None,
        history_inputs: ArrayLike | None = None,
    ) -> Float[np.ndarray, "time axis"]:
        """What the network says comes after the rows `history`: `num_steps` rows, one every `dataset.time_per_step`.

        `history` holds successive rows (time, axis) of the data in their own units, the newest last; of one axis also
        (time,), of several also one row (axis,). One row is enough unless the data have delays or the network listens
        first; older rows than needed do not matter. A forecast that escapes to infinity is not finite from there on.

        A network with inputs needs those of the steps to come, `inputs` (time, input) in their own units, and one that
        listens first those of the rows of the history, `history_inputs`.

        Raises ConfigError for rows that are too few, have other axes, or are not finite.
        """
        return continued(
            self._stored.units,
            self.network,
            history,
            num_steps,
            inputs=inputs,
            history_inputs=history_inputs,
        )

    def attractors(self, *, num_steps: int | None = None, num_exponents: int | None = None) -> AttractorSet:
        """The attractors of the free-running network that orbits from the test series end on, each with its spectrum.

        Where orbits start, how long they are watched and measured and the number of exponents are those of the run's
        diagnostics; `num_steps` per orbit and `num_exponents` replace them. Exponents are in nats per time unit.
        Raises RunError where the network escapes to infinity from every start.
        """
        diagnostics = self._changed(num_steps, num_exponents)
        with jax.enable_x64(True):
            return attractors_of_network(
                self.network, self._stored.dataset, diagnostics, seed=self._stored.settings.seed
            )

    def _changed(self, num_steps: int | None, num_exponents: int | None) -> DiagnosticsSettings:
        """The run's diagnostics with other lengths and numbers of exponents, where they are given."""
        diagnostics = self._stored.settings.diagnostics
        lyapunov = diagnostics.lyapunov
        if num_steps is not None:
            lyapunov = dataclasses.replace(lyapunov, num_steps=num_steps)
        if num_exponents is not None:
            lyapunov = dataclasses.replace(lyapunov, num_exponents=num_exponents)
        return dataclasses.replace(diagnostics, lyapunov=lyapunov)

    def lyapunov_spectrum(
        self, *, num_steps: int | None = None, num_exponents: int | None = None
    ) -> LyapunovSpectrum:
        """The exponents of the attractor that most orbits from the test series end on: of the first of `attractors`.

        Of a driven network the conditional ones, along the inputs of the test series. Raises RunError where the network
        escapes to infinity.
        """
        if self.network.num_inputs:
            wanted, seed = self._changed(num_steps, num_exponents).lyapunov, self._stored.settings.seed
            return along_test_inputs(self.network, self._stored.dataset, wanted, seed=seed).spectrum
        return self.attractors(num_steps=num_steps, num_exponents=num_exponents).main.spectrum

    def measure(self, diagnostic: str, *words: str, quiet: bool = False) -> "Run":
        """A diagnostic of the network by its name, such as `cycles`, stored as a run of its own, which is opened.

        `words` change its settings, as in `diagnostics.cycles.max_period=3`. Raises ConfigError for bad ones.
        """
        if diagnostic not in diagnostics.names():
            near = did_you_mean(diagnostic, diagnostics.names())
            raise ConfigError(f"there is no diagnostic {diagnostic}{near}")
        with jax.enable_x64(True):
            found = diagnostics.find(diagnostic)
            outcome = measure_run(found, self.path, words, console_of(quiet=quiet))
        return load(outcome.record["run"])

    def __repr__(self) -> str:
        return f"<Run {self.path}: {self.folder.record.kind}, {self.status}>"

    @functools.cached_property
    def _stored(self) -> StoredRun:
        with jax.enable_x64(True):
            return open_run(self.path, ())
