"""A diagnostic of a network that was trained elsewhere, from a file of weights."""

import functools
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast, get_args

import numpy as np
from jaxtyping import Float
from rich.console import Console

from rnnchaos.data.table import Table
from rnnchaos.data.tables import read_tables
from rnnchaos.data.time_columns import time_columns
from rnnchaos.diagnostics import AbstractDiagnostic, ForeignNetwork
from rnnchaos.errors import ConfigError
from rnnchaos.measurements import example_orbit
from rnnchaos.measurements.recording import record
from rnnchaos.measurements.weights_reading import WeightsFile, read_weights
from rnnchaos.measurements.weights_words import check_said, overruled
from rnnchaos.models import ImportedKind, ImportedNetwork, network_from_arrays
from rnnchaos.models.foreign.network import count
from rnnchaos.models.rnn import Activation
from rnnchaos.models.shallow_rnn import SmoothActivation
from rnnchaos.outcome import Outcome
from rnnchaos.runs import check_writable
from rnnchaos.setting import SettingError
from rnnchaos.settings.groups import Component
from rnnchaos.settings.schema import WeightsSettings
from rnnchaos.settings.sizes import check_weights

# Cells by their classes; where orbits of one can be clipped, both.
_KINDS: dict[str, str] = {
    "RNN": "rnn",
    "GRU": "gru",
    "LSTM": "lstm",
    "PLRNN": "plrnn",
    "MeanCenteredPLRNN": "mcplrnn",
    "AlmostLinearRNN": "alrnn",
    "ShallowPLRNN": "shplrnn",
    "ShallowRNN": "shrnn",
    "DendriticPLRNN": "dendplrnn",
}


class ReadNetwork(NamedTuple):
    """A network from elsewhere, and what its file and the settings say of it."""

    network: ImportedNetwork
    own_step: float | None
    """Time units between two steps, as the file says; None where it does not."""
    said: tuple[str, ...]
    """What was read, in lines to show."""
    scaled_inputs: bool = False
    """Whether the file says how inputs in their own units become those that the network takes."""
    input_names: tuple[str, ...] = ()
    """In the order in which the network takes them, as the file says; empty where it does not."""


def measure_weights(
    diagnostic: type[AbstractDiagnostic], settings: WeightsSettings, console: Console
) -> Outcome:
    """Measure the network in the file, and store what is found in a run folder of its own."""
    started = time.process_time()
    check_writable(settings.outputs, settings.name)
    read = read_network(settings)
    long = check_weights(settings, read.network.state_size, diagnostic.name)
    for line in (*read.said, *([] if long is None else [long])):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    inputs: tuple[Float[np.ndarray, "time input"], ...] = ()
    if settings.input is not None:
        inputs = _read_inputs(settings.input, read, diagnostic)
        driven = _inputs_said(settings.input, inputs, scaled=read.scaled_inputs)
        console.print(driven, highlight=False, soft_wrap=True, markup=False)
    step = settings.time_per_step if settings.time_per_step != "auto" else read.own_step or 1.0
    subject = ForeignNetwork(read.network, settings.diagnostics, settings.seed, step, inputs)
    return record(
        diagnostic().of_weights(subject),
        settings,
        console,
        outputs=settings.outputs,
        name=f"{settings.name}.{diagnostic.name}",
        kind=diagnostic.name,
        started=started,
    )


def _read_inputs(
    path: Path, read: ReadNetwork, diagnostic: type[AbstractDiagnostic]
) -> tuple[Float[np.ndarray, "time input"], ...]:
    """The inputs in a file, in pieces. Raises SettingError where the network or the diagnostic takes none such."""
    network = read.network
    if not diagnostic.takes_input:
        raise SettingError(
            "input", f"be null for rnnchaos {diagnostic.name}", str(path), "it holds inputs at 0"
        )
    if network.num_inputs == 0:
        hint = "" if network.output_size == 0 else "readout=null and feedback=none take inputs from outside"
        raise SettingError("input", "be null for a network without inputs from outside", str(path), hint)
    tables = read_tables(path, setting="input")
    for table in tables:
        _check_no_times(table, path)
        if {*table.names} == {*read.input_names} and table.names != read.input_names:
            must = f"have its columns in the order {', '.join(read.input_names)} of the network's inputs"
            raise SettingError("input", must, f"{', '.join(table.names)} in {path}")
    pieces = tuple(table.values for table in tables)
    for values in pieces:
        if values.shape[1] != network.num_inputs:
            must = f"have {count(network.num_inputs, 'column')}, one for each input of the network"
            raise SettingError("input", must, f"{values.shape[1]} in {path}")
        if not np.isfinite(values).all():
            row = int(np.argwhere(~np.isfinite(values))[0, 0]) + 1
            raise SettingError("input", "have a number for every step", f"none in row {row} of {path}")
    return pieces


def _check_no_times(table: Table, path: Path) -> None:
    """Raise SettingError for a column that is named as times are: it would be taken in as an input."""
    for column in time_columns(table):
        if column.is_named:
            must = f"hold inputs alone, but column {column.name!r} of {path} {column.said}"
            raise SettingError("input", must, str(path), "leave the times out, a row is a step")


def _inputs_said(path: Path, inputs: tuple[Float[np.ndarray, "time input"], ...], *, scaled: bool) -> str:
    steps = sum(map(len, inputs))
    pieces = f" in {len(inputs)} pieces" if len(inputs) > 1 else ""
    units = ""
    if scaled:
        units = "; the network takes (input - input_scaling.mean) / input_scaling.scale, which is not applied here"
    return (
        f"driven by {path}: {count(steps, 'step')}{pieces} of {count(inputs[0].shape[1], 'input')}, "
        f"as given{units}"
    )


def read_network(settings: WeightsSettings) -> ReadNetwork:
    """The network in the file of weights.

    Raises ConfigError where there is none that fits the settings, and for an example orbit that is not the network's.
    """
    file = read_weights(settings.weights)
    cell = None if settings.model is None else settings.model.cell
    options: dict[str, Any] = {
        "kind": _kind(cell, file, settings.weights),
        "rectified": _rectified(cell, file),
        "activation": _activation(settings, cell, file),
        "readout": settings.readout,
        "feedback": settings.feedback,
        "weights_order": settings.weights_order,
    }
    made = functools.partial(
        network_from_arrays, file.arrays, origin=str(settings.weights), ignore=settings.ignore
    )
    network = made(**options)
    check_said(settings, network, file)
    left_out = f", without {', '.join(settings.ignore)}" if settings.ignore else ""
    said = [f"{settings.weights}: {network.described()}{left_out}", *overruled(settings, file)]
    if network.title == "RNN" and not any(
        (settings.activation != "auto", cell, file.metadata.get("activation"))
    ):
        said.append(
            "its units are taken for tanh, as PyTorch's are unless told otherwise: the file does not say "
            "(activation=relu takes the others)"
        )
    if settings.example is not None:
        said.append(example_orbit.checked(settings.example, network, made, options))
    scaled = "input_scaling.scale" in file.arrays
    return ReadNetwork(network, _own_step(file), tuple(said), scaled, _input_names(file))


def _kind(cell: Component | None, file: WeightsFile, origin: Path) -> ImportedKind | None:
    told = file.metadata.get("model")
    if cell is None:
        known = [name for group in get_args(ImportedKind) for name in get_args(group)]
        return cast(ImportedKind, told) if told in known else None
    name = cell.target.rpartition(".")[2]
    if name not in _KINDS:
        raise ConfigError(f"model must be one of {', '.join(_KINDS.values())} with weights=, got {name}")
    kept = next((word for word in ("clipped", "bounded") if cell.arguments.get(word)), "")
    kind = (f"{kept}_" if kept else "") + _KINDS[name]
    if told is not None and told != kind:
        raise ConfigError(f"model={kind} does not fit {origin}: it says that it is model={told}")
    return cast(ImportedKind, kind)


def _rectified(cell: Component | None, file: WeightsFile) -> int | None:
    """P of an AL-RNN."""
    if (told := file.metadata.get("rectified", "")).isdecimal():
        return int(told)
    return None if cell is None else cell.arguments.get("rectified")


def _activation(settings: WeightsSettings, cell: Component | None, file: WeightsFile) -> str:
    arguments: Mapping[str, Any] = {} if cell is None else cell.arguments
    if settings.activation != "auto":
        return settings.activation
    known = {*get_args(Activation), *get_args(SmoothActivation)}
    told = (str(found.get("activation")) for found in (file.metadata, arguments))
    return next((name for name in told if name in known), "tanh")


def _own_step(file: WeightsFile) -> float | None:
    stored = file.arrays.get("time_step")
    return None if stored is None or stored.size != 1 or not stored > 0 else float(stored.item())


def _input_names(file: WeightsFile) -> tuple[str, ...]:
    """As an exported network says them."""
    try:
        names = json.loads(file.metadata.get("input_names", "[]"))
    except ValueError:  # of another's file
        return ()
    return tuple(map(str, names)) if isinstance(names, list) else ()
