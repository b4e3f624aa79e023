"""A diagnostic of a network that was trained elsewhere, from a file of weights."""

import time

from rich.console import Console

from rnnchaos.diagnostics import AbstractDiagnostic, ForeignNetwork
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.recording import record
from rnnchaos.models import ImportedKind, ImportedNetwork, network_from_arrays
from rnnchaos.outcome import Outcome
from rnnchaos.runs import read_arrays
from rnnchaos.settings.schema import WeightsSettings

_KINDS: dict[str, ImportedKind] = {"RNN": "rnn", "GRU": "gru", "LSTM": "lstm"}


def measure_weights(
    diagnostic: type[AbstractDiagnostic], settings: WeightsSettings, console: Console
) -> Outcome:
    """Measure the network in the file, and store what is found in a run folder of its own."""
    started = time.process_time()
    network = read_network(settings)
    console.print(_described(network, settings), highlight=False, soft_wrap=True)
    subject = ForeignNetwork(network, settings.diagnostics, settings.seed, settings.time_per_step)
    return record(
        diagnostic().of_weights(subject),
        settings,
        console,
        outputs=settings.outputs,
        name=f"{settings.name}.{diagnostic.name}",
        kind=diagnostic.name,
        started=started,
    )


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
        ignore=settings.ignore,
    )


def _described(network: ImportedNetwork, settings: WeightsSettings) -> str:
    inputs = network.from_input.weight.shape[1]
    fed = (
        (f"its {inputs} inputs held at 0" if inputs else "without inputs")
        if network.readout is None
        else f"its readout fed back to its {inputs} inputs"
    )
    left_out = f", without {', '.join(settings.ignore)}" if settings.ignore else ""
    return f"{settings.weights}: {network.kind.upper()} of {network.hidden_size} units, {fed}{left_out}"
