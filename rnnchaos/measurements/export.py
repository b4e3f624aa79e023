"""The network of a run as a file that other programs read."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from rich.console import Console

from rnnchaos import __version__
from rnnchaos.errors import ConfigError
from rnnchaos.measurements import torch_checkpoint
from rnnchaos.measurements.stored_run import StoredRun, open_run
from rnnchaos.models.foreign.export import exported
from rnnchaos.models.foreign.reading import ImportedKind, network_from_arrays
from rnnchaos.models.rnn import Activation
from rnnchaos.nearest import did_you_mean
from rnnchaos.outcome import Outcome
from rnnchaos.runs import layout
from rnnchaos.runs.tensors import to_npz, to_safetensors

_Bytes = Callable[[Mapping[str, np.ndarray], Mapping[str, str]], bytes]


class _Format(NamedTuple):
    """How arrays and texts become a file."""

    ending: str
    to_bytes: _Bytes


def _npz(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> bytes:
    return to_npz({**arrays, "metadata": np.array(json.dumps(dict(metadata)))})


FORMATS = {
    "npz": _Format(".npz", _npz),
    "safetensors": _Format(".safetensors", to_safetensors),
    "torch": _Format(".pt", torch_checkpoint.to_bytes),
}


def export_run(run: Path, to: str, output: Path | None, *, replace: bool, console: Console) -> Outcome:
    """Write the network of a run to a file: weights, observation matrix, scaling, time step.

    Raises ConfigError for a run without a network, a cell that nobody else has, an unknown format, and for a file that
    is there already or would lie in a run folder.
    """
    if to not in FORMATS:
        raise ConfigError(
            f"--to must be one of {', '.join(FORMATS)}, got {to!r}{did_you_mean(to, [*FORMATS])}"
        )
    ending, to_bytes = FORMATS[to]
    opened = open_run(run, ())
    record = opened.folder.record
    target = Path(f"{record.name}-v{record.version:04d}{ending}") if output is None else output
    _check_target(target, ending, replace=replace)
    network, metadata = exported(opened.network)
    described = network_from_arrays(
        network,
        origin=str(target),
        kind=cast(ImportedKind, metadata["model"]),
        activation=cast(Activation, metadata.get("activation", "tanh")),
        rectified=int(metadata.get("rectified", 0)),
    ).described()
    arrays = network | _beside(opened)
    metadata = metadata | {
        "run": f"{record.name} v{record.version:04d}",
        "written_by": f"rnnchaos {__version__}",
    }
    metadata["axis_names"] = json.dumps(opened.dataset.axis_names)
    if opened.dataset.input_names:
        metadata["input_names"] = json.dumps(opened.dataset.input_names)
    _write(target, to_bytes(arrays, metadata), replace=replace)
    console.print(f"{target}: {described}", highlight=False, soft_wrap=True, markup=False)
    shapes: dict[str, Any] = {name: list(array.shape) for name, array in arrays.items()}
    for name, shape in shapes.items():
        console.print(f"  {name} {' × '.join(map(str, shape)) or 'number'}", highlight=False, markup=False)
    return Outcome(0, {"file": str(target), "arrays": shapes, "metadata": metadata})


def _beside(run: StoredRun) -> dict[str, np.ndarray]:
    """What turns the network's units into the data's: x = mean + scale · (B h), every time_step."""
    scaling, driving = run.dataset.scaling, run.dataset.input_scaling
    beside = {"scaling.mean": scaling.mean, "scaling.scale": scaling.scale}
    if driving is not None:
        beside |= {"input_scaling.mean": driving.mean, "input_scaling.scale": driving.scale}
    return {name: np.asarray(array) for name, array in beside.items()} | {
        "time_step": np.array(run.dataset.time_per_step)
    }


def _check_target(target: Path, ending: str, *, replace: bool) -> None:
    if target.suffix != ending:
        raise ConfigError(f"--output must end in {ending}, got {target}")
    inside = [folder for folder in target.resolve().parents if (folder / layout.RUN).exists()]
    if inside:
        raise ConfigError(f"--output must lie outside of run folders, which runs alone write, got {target}")
    if not target.parent.is_dir():
        raise ConfigError(f"--output must lie in a folder that exists, got {target}")
    if (target.exists() or target.is_symlink()) and not replace:
        raise ConfigError(f"{target} is there already; --force replaces it, --output FILE writes another")


def _write(target: Path, content: bytes, *, replace: bool) -> None:
    """Whole or not at all; another file of that name stays unless it is to be replaced."""
    temporary = target.with_name(f".{os.getpid()}-{target.name}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        if not replace:
            target.touch(exist_ok=False)  # the name is ours, or there is a file by now
        os.replace(temporary, target)
    except OSError as error:
        raise ConfigError(f"cannot write {target}: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)
