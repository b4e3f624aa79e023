"""What diagnostics measure: a trained network, the source of a dataset, a network that was trained elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from rnnchaos.attractors import AttractorSet
from rnnchaos.data import Dataset, Preparation, Source
from rnnchaos.diagnostics.driven import Driven, along_test_inputs
from rnnchaos.diagnostics.evaluation import Evaluation, evaluate_network, forecast_horizon, free_run_steps
from rnnchaos.diagnostics.settings import DiagnosticsSettings
from rnnchaos.diagnostics.spectra import attractors_of_network, measure_attractors, watched_steps
from rnnchaos.diagnostics.starts import chosen_starts
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.models import ImportedNetwork, Network
from rnnchaos.models.recorded import free_runs
from rnnchaos.protocols import AbstractForcing
from rnnchaos.tangent import LyapunovSpectrum


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with the data that it was trained on, in scaled units, and what is to be measured on it."""

    network: Network
    dataset: Dataset
    settings: DiagnosticsSettings
    seed: int
    find_truth: Callable[[], Truth | None]
    """Works out the exponents of what generated the data."""
    tau: int | None = None
    """Steps from one forcing to the next that it was trained with; None where that is not known."""
    forcing: Callable[[], AbstractForcing | None] = lambda: None
    """How training forced it; None where it was fitted in closed form."""
    foreign: bool = False
    """Whether something else has trained it, so that there is nothing to be said on how to."""

    @cached_property
    def truth(self) -> Truth | None:
        """The exponents of what generated the data, None where nothing is known of them."""
        return self.find_truth()

    @cached_property
    def evaluation(self) -> Evaluation:
        """Its free run and its forecasts, held against the data once. Raises ConfigError for a short test series."""
        self.check()  # before the truth is worked out
        return evaluate_network(self.network, self.dataset, self.truth, self.settings, seed=self.seed)

    def check(self) -> None:
        """Raise ConfigError where the test series is too short for what is evaluated."""
        forecast_horizon(self.dataset, self.settings, heard=self.network.history)
        free_run_steps(self.network, self.dataset, self.settings)

    def free_run(self, num_steps: int) -> Float[np.ndarray, "time dimension"]:
        """What the network generates from the first test point on; not finite where it escapes to infinity."""
        return free_runs(self.network, self.dataset.test, transient=0, num_steps=num_steps).steps

    @property
    def attractors(self) -> AttractorSet:
        """Those that the network's orbits end on, found once. Raises RunError where it escapes to infinity."""
        if isinstance(self._attractors, Exception):
            raise self._attractors
        return self._attractors

    @property
    def spectrum(self) -> LyapunovSpectrum:
        """The exponents of the attractor that most orbits from the data end on."""
        return self.attractors.main.spectrum

    @cached_property
    def driven(self) -> Driven:
        """The conditional exponents of a network with inputs along those of the test series, found once.

        Raises RunError where it escapes to infinity, ConfigError for too short a test series.
        """
        return along_test_inputs(self.network, self.dataset, self.settings.lyapunov, seed=self.seed)

    @cached_property
    def _attractors(self) -> AttractorSet | Exception:
        try:
            return self.find_attractors()
        except Exception as error:  # also of memory: who asks again shall not wait again
            return error

    def find_attractors(self) -> AttractorSet:
        """Those that the network's orbits end on. Raises RunError where it escapes to infinity."""
        return attractors_of_network(self.network, self.dataset, self.settings, seed=self.seed)


@dataclass(frozen=True)
class DataSource:
    """What a series comes from: a system with known equations, a file, or a flow of dysts."""

    source: Source
    preparation: Preparation
    """What is done to it: of a system, only the transient counts."""
    settings: DiagnosticsSettings
    find_dataset: Callable[[], Dataset]
    """Reads or computes the series, and prepares it."""
    seed: int = 0

    @cached_property
    def dataset(self) -> Dataset:
        """The series, prepared. Raises ConfigError where it cannot be."""
        return self.find_dataset()


@dataclass(frozen=True)
class ForeignNetwork:
    """A network of a file of weights, which comes without data."""

    network: ImportedNetwork
    settings: DiagnosticsSettings
    seed: int
    time_per_step: float
    inputs: tuple[Float[np.ndarray, "time input"], ...] = ()
    """What drives it, in pieces; none where its inputs are held at 0."""

    @cached_property
    def attractors(self) -> AttractorSet:
        """Those that its orbits end on, found once. Raises RunError where it escapes to infinity."""
        wanted = self.settings.lyapunov
        starts = chosen_starts(wanted, self.network.state_size, seed=self.seed, from_data=None)
        return measure_attractors(
            self.network.step,
            starts,
            wanted,
            num_steps=wanted.num_steps,
            watch=watched_steps(wanted, auto=wanted.num_steps),
            time_per_step=self.time_per_step,
            target_stderr=self.settings.target_stderr,
        )

    @property
    def spectrum(self) -> LyapunovSpectrum:
        """The exponents of the attractor that most of its orbits end on."""
        return self.attractors.main.spectrum
