"""Cells that one program can train together, because they differ in nothing but their seeds."""

import importlib.util
import json
import os
from collections.abc import Sequence
from pathlib import Path

from rnnchaos.sweeps.sweep import Sweep

Batch = tuple[int, ...]
"""Places of cells in a sweep."""

_LARGEST = 64
_GPU_PLUGINS = ("jax_cuda12_plugin", "jax_cuda13_plugin", "jax_rocm60_plugin", "jax_rocm7_plugin")
_GPU_DEVICES = ("/dev/nvidiactl", "/dev/kfd")


def batches(sweep: Sweep, indices: Sequence[int], *, gpu: bool, largest: int = _LARGEST) -> list[Batch]:
    """The cells at `indices`, in batches to be trained one by one or, where the device gains by it, in one program.

    It gains on a GPU; `ensemble.form` of the sweep, `batch` or `processes`, decides for itself.
    """
    form = sweep.base["ensemble.form"]
    if form == "processes" or (form == "auto" and not gpu):
        return [(index,) for index in indices]
    alike: dict[str, list[int]] = {}
    for index in indices:
        alike.setdefault(_but_for_seed(sweep, index), []).append(index)
    return [
        tuple(group[start : start + largest])
        for group in alike.values()
        for start in range(0, len(group), largest)
    ]


def has_gpu() -> bool:
    """Whether JAX will compute on a GPU of this machine; without asking it, which would take the GPU's memory."""
    platforms = os.environ.get("JAX_PLATFORMS", "")
    if platforms and not {"cuda", "rocm", "gpu"} & set(platforms.split(",")):
        return False
    return any(map(importlib.util.find_spec, _GPU_PLUGINS)) and any(
        Path(device).exists() for device in _GPU_DEVICES
    )


def _but_for_seed(sweep: Sweep, index: int) -> str:
    line = sweep.lines[index]
    settings = {name: value for name, value in line["settings"].items() if name not in ("seed", "name")}
    return json.dumps([settings, line["without"]], sort_keys=True)
