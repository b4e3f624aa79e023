"""What there is to see: the systems with known equations, and the runs of a folder. Loaded on first use."""

from importlib import import_module
from typing import Any

_LAZY = {
    "list_systems": "rnnchaos.listings.catalogue",
    "show_system": "rnnchaos.listings.systems",
    "list_runs": "rnnchaos.listings.runs",
    "clean_runs": "rnnchaos.listings.runs",
}

__all__ = list(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value  # in place of the submodule that the import has put under the same name
    return value
