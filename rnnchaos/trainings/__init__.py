"""Trainings: prepared, run, recorded, resumed. Loaded on first use, so that nothing imports JAX early."""

from importlib import import_module
from typing import Any

_LAZY = {
    "train": "rnnchaos.trainings.running",
    "train_at": "rnnchaos.trainings.running",
    "resume": "rnnchaos.trainings.running",
    "cpu_seconds_by_trial": "rnnchaos.trainings.trial",
}

__all__ = list(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value  # in place of the submodule that the import has put under the same name
    return value
