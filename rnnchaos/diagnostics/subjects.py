"""What diagnostics measure: a trained network, the source of a dataset, a network that was trained elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.data import Dataset, Preparation, Source
from rnnchaos.diagnostics.evaluation import Evaluation, evaluate_network, forecast_horizon
from rnnchaos.diagnostics.settings import DiagnosticsSettings
from rnnchaos.diagnostics.spectra import SETTLING_STEPS, measure_spectrum, spectrum_of_network
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.models import ImportedNetwork, Network
from rnnchaos.models.simulation import free_run, histories
from rnnchaos.tangent import LyapunovSpectrum

# Hidden units start anywhere between these bounds, as in the middle of what tanh and the gates give.
_RANGE = 0.5


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

    @cached_property
    def truth(self) -> Truth | None:
        """The exponents of what generated the data, None where nothing is known of them."""
        return self.find_truth()

    @cached_property
    def evaluation(self) -> Evaluation:
        """Its free run and its forecasts, held against the data once. Raises ConfigError for a short test series."""
        forecast_horizon(self.dataset, self.settings)  # refused before the truth is worked out
        return evaluate_network(self.network, self.dataset, self.truth, self.settings, seed=self.seed)

    def free_run(self, num_steps: int) -> Float[np.ndarray, "time dimension"]:
        """What the network generates from the first test point on; not finite where it escapes to infinity."""
        (history,) = histories(self.network, self.dataset.test, np.zeros(1, dtype=int))
        return free_run(self.network, history, num_steps=num_steps)

    @property
    def spectrum(self) -> LyapunovSpectrum:
        """The network's own exponents, measured once. Raises RunError where it escapes to infinity."""
        if isinstance(self._spectrum, Exception):
            raise self._spectrum
        return self._spectrum

    @cached_property
    def _spectrum(self) -> LyapunovSpectrum | RunError | ConfigError:
        try:
            return spectrum_of_network(self.network, self.dataset, self.settings)
        except (RunError, ConfigError) as error:
            return error


@dataclass(frozen=True)
class DataSource:
    """What a series comes from: a system with known equations, a file, or a flow of dysts."""

    source: Source
    preparation: Preparation
    """What is done to it: of a system, only the transient counts."""
    settings: DiagnosticsSettings
    find_dataset: Callable[[], Dataset]
    """Reads or computes the series, and prepares it."""

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

    @cached_property
    def starts(self) -> Float[np.ndarray, "orbit state"]:
        """States on as many orbits as the spectrum has, each from random hidden units and then left to settle."""
        count, size = self.settings.lyapunov.num_orbits, self.network.state_size
        drawn = np.random.default_rng(self.seed).uniform(-_RANGE, _RANGE, (count, size))

        @jax.jit
        def settle(starts: Float[Array, "orbit state"]) -> Float[Array, "orbit state"]:
            def step(_, states):
                return jax.vmap(self.network.step)(states)

            return jax.lax.fori_loop(0, SETTLING_STEPS, step, starts)

        with jax.enable_x64(True):
            return np.asarray(settle(jnp.asarray(drawn)))

    @cached_property
    def spectrum(self) -> LyapunovSpectrum:
        """Its exponents, measured once. Raises RunError where it escapes to infinity."""
        wanted = self.settings.lyapunov
        return measure_spectrum(
            self.network.step,
            self.starts,
            wanted,
            num_steps=wanted.num_steps,
            time_per_step=self.time_per_step,
            target_stderr=self.settings.target_stderr,
        )
