"""The workflows behind the commands. Each is loaded on first use, so that listing runs needs no JAX."""

from importlib import import_module
from typing import Any

from rnnchaos.experiments.outcome import Outcome

_LAZY = {
    "train": "rnnchaos.experiments.single_training",
    "train_at": "rnnchaos.experiments.single_training",
    "train_together_at": "rnnchaos.experiments.together",
    "resume": "rnnchaos.experiments.single_training",
    "cpu_seconds_by_trial": "rnnchaos.experiments.trial",
    "train_ensemble": "rnnchaos.experiments.ensemble",
    "lyapunov_of_system": "rnnchaos.experiments.system",
    "lyapunov_of_run": "rnnchaos.experiments.measure_run",
    "lyapunov_of_weights": "rnnchaos.experiments.imported",
    "gradients_of_weights": "rnnchaos.experiments.imported",
    "gradients": "rnnchaos.experiments.measure_run",
    "evaluate": "rnnchaos.experiments.measure_run",
    "cycles_of_run": "rnnchaos.experiments.measure_run",
    "bifurcation_of_run": "rnnchaos.experiments.measure_run",
    "list_systems": "rnnchaos.experiments.catalogue",
    "show_system": "rnnchaos.experiments.catalogue",
    "list_runs": "rnnchaos.experiments.listing",
}

__all__ = ["Outcome", *_LAZY]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'rnnchaos.experiments' has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value  # in place of the submodule that the import has put under the same name
    return value
