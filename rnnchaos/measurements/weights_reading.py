"""Files of weights that others wrote: named arrays and what the file says of itself. Reading one runs no code."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import safetensors

from rnnchaos.errors import ConfigError, reader_says
from rnnchaos.measurements import torch_checkpoint

MOST_BYTES = 4 * 2**30
"""No file, packed or unpacked, may hold more."""


class WeightsFile(NamedTuple):
    """What a file of weights holds."""

    arrays: dict[str, np.ndarray]
    metadata: dict[str, str]
    """What an exported network says of itself; empty for other files."""


def read_weights(path: Path) -> WeightsFile:
    """The arrays of a .safetensors, .npz, .pt or .pth file. Raises ConfigError where there are none to be read."""
    readers: dict[str, Callable[[Path], WeightsFile]] = {".safetensors": _safetensors, ".npz": _npz}
    readers |= dict.fromkeys(torch_checkpoint.ENDINGS, _checkpoint)
    ending = path.suffix.lower()
    if ending not in readers:
        raise ConfigError(f"weights must be a file {', '.join(readers)}, got {path}")
    if not path.is_file():
        raise ConfigError(f"weights: there is no file {path}")
    try:
        _check_size(path)
        found = readers[ending](path)
    except ConfigError:
        raise
    except Exception as error:  # each format has errors of its own
        raise ConfigError(f"weights: {path} cannot be read as {ending[1:]}: {reader_says(error)}") from None
    return found._replace(arrays={name: _wider(array) for name, array in found.arrays.items()})


def _check_size(path: Path) -> None:
    """Raise ConfigError for a file that is too large, or would be once it is unpacked."""
    size = path.stat().st_size
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = max(size, sum(entry.file_size for entry in archive.infolist()))
    if size > MOST_BYTES:
        raise ConfigError(
            f"weights: {path} holds {size / 2**30:.1f} GiB, at most {MOST_BYTES / 2**30:g} are read"
        )


def _safetensors(path: Path) -> WeightsFile:
    with safetensors.safe_open(path, framework="numpy") as file:
        return WeightsFile({name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {})  # noqa: SIM118


def _npz(path: Path) -> WeightsFile:
    loaded = np.load(path, allow_pickle=False)
    if not isinstance(loaded, np.lib.npyio.NpzFile):
        raise ValueError("it is one array without a name")
    with loaded as archive:
        arrays = dict(archive)
    said = arrays.get("metadata")
    if said is None or said.dtype.kind != "U":
        return WeightsFile(arrays, {})
    del arrays["metadata"]
    return WeightsFile(arrays, {str(key): str(value) for key, value in json.loads(str(said)).items()})


def _checkpoint(path: Path) -> WeightsFile:
    return WeightsFile(*torch_checkpoint.read(path, most_bytes=MOST_BYTES))


def _wider(array: np.ndarray) -> np.ndarray:
    """Numbers of two bytes, some of which NumPy does not know, as float32."""
    return array.astype(np.float32) if array.dtype.name in ("float16", "bfloat16") else array
