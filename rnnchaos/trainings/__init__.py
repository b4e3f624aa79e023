"""Trainings: prepared, run, recorded, resumed. Loaded on first use, so that nothing imports JAX early."""

from importlib import import_module
from typing import Any

_LAZY = {
    "train": "rnnchaos.trainings.single_training",
    "train_at": "rnnchaos.trainings.single_training",
    "train_together_at": "rnnchaos.trainings.together",
    "resume": "rnnchaos.trainings.single_training",
    "cpu_seconds_by_trial": "rnnchaos.trainings.trial",
    "train_ensemble": "rnnchaos.trainings.ensemble",
}

__all__ = list(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value  # in place of the submodule that the import has put under the same name
    return value
