"""Arrays as bytes: safetensors for parameters, npz for results. Reading either runs no code."""

import hashlib
import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO, Any, NamedTuple

import numpy as np
import safetensors.numpy

from rnnchaos.runs import opening

# In the header of a file of arrays: the digest of the whole file with zeros in the digest's place.
_SEAL = "sha256"
_NO_SEAL = "0" * 64
# In the header of a checkpoint: the digest of the config of its run.
_CONFIG = "config_sha256"
# Arrays are compressed where so many of their numbers come to less than this share of their bytes.
_TRIED, _WORTH = 8192, 0.9
# Among the arrays of a checkpoint: the bytes of a file.
_HISTORY = "history.jsonl"


class Checkpoint(NamedTuple):
    """The arrays of a training run after `step` optimiser steps."""

    step: int
    tensors: dict[str, np.ndarray]
    history: bytes | None
    """The history.jsonl of the training until then; None of an earlier version, whose checkpoints have no digest."""


def to_safetensors(tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> bytes:
    """The arrays, of bools or of integers or floats up to 64 bits, with `metadata` and a digest in the header."""
    # safetensors reads memory as it lies: a transposed view would be stored in the wrong order.
    contiguous = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    header, data = _parts(safetensors.numpy.save(contiguous))
    text = json.dumps({"__metadata__": {**metadata, _SEAL: _NO_SEAL}, **header}).encode()
    text += b" " * (-len(text) % 8)  # the data begin where float64 may
    content = len(text).to_bytes(8, "little") + text + data
    return content.replace(_NO_SEAL.encode(), hashlib.sha256(content).hexdigest().encode(), 1)


def from_safetensors(content: bytes) -> dict[str, np.ndarray]:
    """Raises an error of some kind where `content` is not what `to_safetensors` gives, or has changed since."""
    tensors = safetensors.numpy.load(content)
    check_seal(content)
    return tensors


def check_seal(content: bytes) -> dict[str, str]:
    """The metadata of a file of arrays. Raises ValueError where the digest among them does not fit."""
    metadata = _parts(content)[0].get("__metadata__", {})
    if (seal := metadata.get(_SEAL)) is not None:
        unsealed = content.replace(seal.encode(), _NO_SEAL.encode(), 1)
        if hashlib.sha256(unsealed).hexdigest() != seal:
            raise ValueError("its content does not fit its digest")
    return metadata


def to_checkpoint(
    step: int, tensors: Mapping[str, np.ndarray], history: bytes, *, config: str | None
) -> bytes:
    """The content of a checkpoint's file; `config` is the digest of its run's."""
    metadata = {"step": str(step)} | ({} if config is None else {_CONFIG: config})
    return to_safetensors({**tensors, _HISTORY: np.frombuffer(history, np.uint8)}, metadata)


def from_checkpoint(content: bytes, step: int, *, config: str | None) -> Checkpoint:
    """The checkpoint of `step` of a run. Raises an error of some kind where `content` is no such one.

    One of an earlier version does not say of which run it is.
    """
    tensors, metadata = safetensors.numpy.load(content), check_seal(content)
    if metadata.get("step") != str(step) or not metadata.keys() <= {"step", _CONFIG, _SEAL}:
        raise ValueError(f"it is no checkpoint of step {step}")
    if metadata.get(_CONFIG, config) != config:
        raise ValueError("it is of a run with another config")
    history = tensors.pop(_HISTORY, None)
    return Checkpoint(step, tensors, None if history is None else history.tobytes())


def _parts(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and data of the format safetensors."""
    begin = 8 + int.from_bytes(content[:8], "little")
    return json.loads(content[8:begin]), content[begin:]


def to_npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Compressed where that is worth its time. Raises ValueError for arrays of Python objects."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type = zipfile.ZIP_DEFLATED if _shrinks(array) else zipfile.ZIP_STORED
            with archive.open(entry, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=False)
    return buffer.getvalue()


def _shrinks(array: np.ndarray) -> bool:
    """Whether the first numbers do when compressed: those of a chaotic orbit are random but for their first digits."""
    first = np.asarray(array).flat[:_TRIED].tobytes()
    return len(zlib.compress(first)) < _WORTH * len(first)


def from_npz(content: bytes) -> dict[str, np.ndarray]:
    """Raises an error of some kind where `content` is not what `to_npz` gives."""
    check_npz(content)
    loaded = np.load(io.BytesIO(content), allow_pickle=False)
    if not isinstance(loaded, np.lib.npyio.NpzFile):
        raise ValueError("not a zip file")
    with loaded as archive:
        return dict(archive)


def check_npz(file: bytes) -> None:
    """Raise ValueError where arrays in an archive would take more memory, unpacked, than they say or than is read."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > opening.MOST_ARRAYS:
            raise ValueError(f"unpacked it has more than {opening.MOST_ARRAYS} bytes")
        for entry in entries:
            with archive.open(entry) as packed:
                shape, kind = _declared(packed)
            if math.prod(shape) * kind.itemsize > entry.file_size:
                raise ValueError(f"{entry.filename} is shorter than its header says")


def _declared(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, kind = read(file)
    return shape, kind
