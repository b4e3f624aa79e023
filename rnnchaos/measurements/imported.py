"""The diagnostics of a network that was trained elsewhere: rnnchaos lyapunov and gradients of a file of weights."""

import time
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.measurements.exponents import findings as exponent_findings
from rnnchaos.measurements.findings import Findings, record_measurement
from rnnchaos.measurements.gradient_growth import gradients_of_step
from rnnchaos.measurements.spectra import SETTLING_STEPS, measure_spectrum
from rnnchaos.measurements.tangent_space import along_orbits
from rnnchaos.models import ImportedKind, ImportedNetwork, network_from_arrays
from rnnchaos.outcome import Outcome
from rnnchaos.runs import read_arrays
from rnnchaos.settings.schema import WeightsSettings
from rnnchaos.tangent import LyapunovSpectrum, spectrum_checks

# Hidden units start anywhere between these bounds, as in the middle of what tanh and the gates give.
_RANGE = 0.5
_KINDS: dict[str, ImportedKind] = {"RNN": "rnn", "GRU": "gru", "LSTM": "lstm"}


class _Imported(NamedTuple):
    """A network with states on its attractors and its spectrum."""

    network: ImportedNetwork
    starts: Float[np.ndarray, "orbit state"]
    spectrum: LyapunovSpectrum


def lyapunov_of_weights(settings: WeightsSettings, console: Console) -> Outcome:
    """The Lyapunov spectrum of the network in a file."""

    def measure(found: _Imported) -> Findings:
        wanted = settings.diagnostics.lyapunov
        checks = spectrum_checks(found.spectrum, flow=False)
        shown = exponent_findings(found.spectrum, None, title=found.network.kind.upper(), checks=checks)
        return shown.joined(
            along_orbits(found.network.step, found.starts, found.spectrum, wanted, num_steps=wanted.num_steps)
        )

    return _measure(settings, console, "lyapunov", measure)


def gradients_of_weights(settings: WeightsSettings, console: Console) -> Outcome:
    """The growth of the state gradients of the network in a file."""

    def measure(found: _Imported) -> Findings:
        return gradients_of_step(
            found.network.step, found.starts, found.spectrum, settings.diagnostics.gradients
        )

    return _measure(settings, console, "gradients", measure)


def read_network(settings: WeightsSettings) -> ImportedNetwork:
    """The network in the file of weights. Raises ConfigError where there is none that fits the settings."""
    kind: ImportedKind | None = None
    if settings.model is not None:
        name = settings.model.cell.target.rpartition(".")[2]
        if name not in _KINDS:
            raise ConfigError(f"model must be rnn, gru or lstm with weights=, got {name}")
        kind = _KINDS[name]
    return network_from_arrays(
        read_arrays(settings.weights),
        origin=str(settings.weights),
        kind=kind,
        activation=settings.activation,
        readout=settings.readout,
    )


def _measure(
    settings: WeightsSettings, console: Console, kind: str, measure: Callable[[_Imported], Findings]
) -> Outcome:
    started = time.process_time()
    network = read_network(settings)
    console.print(_described(network, settings), highlight=False, soft_wrap=True)
    wanted = settings.diagnostics.lyapunov
    starts = _attractor_states(network, count=wanted.num_orbits, seed=settings.seed)
    spectrum = measure_spectrum(
        network.step,
        starts,
        wanted,
        num_steps=wanted.num_steps,
        time_per_step=settings.time_per_step,
        target_stderr=settings.diagnostics.target_stderr,
    )
    return record_measurement(
        measure(_Imported(network, starts, spectrum)),
        settings,
        console,
        outputs=settings.outputs,
        name=f"{settings.name}.{kind}",
        kind=kind,
        started=started,
    )


def _attractor_states(network: ImportedNetwork, *, count: int, seed: int) -> Float[np.ndarray, "orbit state"]:
    """States on as many orbits, each from random hidden units and then left to settle."""
    drawn = np.random.default_rng(seed).uniform(-_RANGE, _RANGE, (count, network.state_size))

    @jax.jit
    def settle(starts: Float[Array, "orbit state"]) -> Float[Array, "orbit state"]:
        return jax.lax.fori_loop(0, SETTLING_STEPS, lambda _, states: jax.vmap(network.step)(states), starts)

    with jax.enable_x64(True):
        return np.asarray(settle(jnp.asarray(drawn)))


def _described(network: ImportedNetwork, settings: WeightsSettings) -> str:
    inputs = network.from_input.weight.shape[1]
    fed = (
        f"its {inputs} inputs held at 0"
        if network.readout is None
        else f"its readout fed back to its {inputs} inputs"
    )
    return f"{settings.weights}: {network.kind.upper()} of {network.hidden_size} units, {fed}"
