"""Checkpoints of PyTorch, read and written by PyTorch itself where it is installed; nothing is unpickled here."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnnchaos.errors import ConfigError

ENDINGS = (".pt", ".pth", ".ckpt", ".bin")
LEAST_VERSION = (2, 6)
"""Older ones could execute what is in a checkpoint, even with weights_only."""

# Where training scripts put the weights, the likeliest first.
_NESTED = ("state_dict", "model_state_dict", "model", "network", "net", "weights", "params")
_NOT_WEIGHTS = re.compile(r"optim|sched|scaler|ema|config|args")


def read(path: Path, *, most_bytes: int) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays of a checkpoint, and the texts of its `metadata`.

    Raises ConfigError where PyTorch is missing or too old, where the file holds more than weights, and where there is
    no single dict of weights in it.
    """
    torch = _torch(f"weights: {path} is a checkpoint of PyTorch, which is read by", _converting(path))
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # of the unpickler, the archive and the storages
        said = " ".join(str(error).split()).partition(". ")[0]
        raise ConfigError(
            f"weights: {path} is no checkpoint of weights alone ({said[:120]}); "
            "torch.save(model.state_dict(), …) writes one"
        ) from None
    tensors = _state_dict(content, torch.Tensor, path)
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if size > most_bytes:
        raise ConfigError(
            f"weights: {path} holds {size / 2**30:.1f} GiB, at most {most_bytes / 2**30:g} are read"
        )
    told = content.get("metadata", {}) if isinstance(content, Mapping) else {}
    metadata = {str(key): str(value) for key, value in told.items()} if isinstance(told, Mapping) else {}
    return {name: _array(torch, tensor) for name, tensor in tensors.items()}, metadata


def to_bytes(arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> bytes:
    """A checkpoint with the arrays as its `state_dict`. Raises ConfigError where PyTorch is missing or too old."""
    torch = _torch("to=torch needs", "to=safetensors needs none, and safetensors.torch.load_file reads it")
    buffer = io.BytesIO()
    tensors = {name: torch.tensor(np.array(array)) for name, array in arrays.items()}
    torch.save({"state_dict": tensors, "metadata": dict(metadata)}, buffer)
    return buffer.getvalue()


def _torch(needing: str, instead: str) -> Any:
    """The module. Raises ConfigError where it is missing or too old."""
    least = ".".join(map(str, LEAST_VERSION))
    try:
        import torch
    except ImportError:
        extra = "pip install 'rnnchaos[torch]'"
        raise ConfigError(f"{needing} torch ≥ {least} ({extra}), which is not there; {instead}") from None
    version = tuple(int(number) for number in re.findall(r"\d+", torch.__version__)[:2])
    if version < LEAST_VERSION:
        raise ConfigError(f"{needing} torch ≥ {least}, got {torch.__version__}; {instead}")
    return torch


def _converting(path: Path) -> str:
    target = path.with_suffix(".safetensors").name
    return (
        f'or where it is: python -c "import torch, safetensors.torch as s; '
        f"s.save_file(torch.load('{path.name}', weights_only=True), '{target}')\""
    )


def _state_dict(content: object, tensor: type, path: Path) -> dict[str, Any]:
    """The one dict of tensors, at the top or one level below.

    To one below belong the tensors beside it, but for single numbers such as a count of epochs: what is not used of
    them is named, as the mean and the scale of a normalisation.
    """
    if not isinstance(content, Mapping):
        raise ConfigError(f"weights: {path} holds no dict of weights but {type(content).__name__}")
    top: dict[str, Any] = {str(name): value for name, value in content.items() if isinstance(value, tensor)}
    nested = {
        str(key): {str(name): value for name, value in inner.items() if isinstance(value, tensor)}
        for key, inner in content.items()
        if isinstance(inner, Mapping)
    }
    nested = {key: inner for key, inner in nested.items() if inner and not _NOT_WEIGHTS.search(key.lower())}
    known = [key for key in _NESTED if key in nested]
    if len(nested) == 1 or known:
        beside = {name: value for name, value in top.items() if value.ndim}
        return beside | nested[known[0] if known else next(iter(nested))]
    if top and not nested:
        return top
    held = ", ".join(map(str, content)) or "nothing"
    raise ConfigError(
        f"weights: {path} must hold one dict of weights, such as state_dict, but it holds {held}"
    )


def _array(torch: Any, tensor: Any) -> np.ndarray:
    dense = tensor.detach().to_dense() if tensor.layout != torch.strided else tensor.detach()
    if dense.is_floating_point() and dense.dtype not in (torch.float32, torch.float64):
        dense = dense.to(torch.float32)
    return dense.contiguous().numpy()
