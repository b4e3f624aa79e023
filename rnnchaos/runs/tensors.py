"""Arrays as bytes: safetensors for parameters, npz for results. Reading either runs no code."""

import io
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import safetensors.numpy


class Checkpoint(NamedTuple):
    """The arrays of a training run after `step` optimiser steps."""

    step: int
    tensors: dict[str, np.ndarray]


def to_safetensors(tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> bytes:
    """The arrays, of bools or of integers or floats up to 64 bits, with `metadata` in the header."""
    # safetensors reads memory as it lies: a transposed view would be stored in the wrong order.
    contiguous = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    return safetensors.numpy.save(contiguous, metadata=dict(metadata))


def from_safetensors(content: bytes) -> dict[str, np.ndarray]:
    """Raises an error of some kind where `content` is not what `to_safetensors` gives."""
    return safetensors.numpy.load(content)


def to_npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Raises ValueError for arrays of Python objects."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def from_npz(content: bytes) -> dict[str, np.ndarray]:
    """Raises an error of some kind where `content` is not what `to_npz` gives."""
    loaded = np.load(io.BytesIO(content), allow_pickle=False)
    if not isinstance(loaded, np.lib.npyio.NpzFile):
        raise ValueError("not a zip file")
    with loaded as archive:
        return dict(archive)
