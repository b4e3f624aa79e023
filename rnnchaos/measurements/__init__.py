"""What is measured on systems and networks. Loaded on first use, so that nothing imports JAX early."""

from importlib import import_module
from typing import Any

_LAZY = {
    "lyapunov_of_system": "rnnchaos.measurements.system",
    "lyapunov_of_run": "rnnchaos.measurements.stored_run",
    "lyapunov_of_weights": "rnnchaos.measurements.imported",
    "gradients_of_weights": "rnnchaos.measurements.imported",
    "gradients": "rnnchaos.measurements.stored_run",
    "evaluate": "rnnchaos.measurements.stored_run",
    "cycles_of_run": "rnnchaos.measurements.stored_run",
    "bifurcation_of_run": "rnnchaos.measurements.stored_run",
}

__all__ = list(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value  # in place of the submodule that the import has put under the same name
    return value
