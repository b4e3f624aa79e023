"""What there is to see: the systems with known equations, and the runs of a folder. Loaded on first use."""

from rnnchaos.lazy import lazily

_LAZY = {
    "list_systems": "rnnchaos.listings.catalogue",
    "show_system": "rnnchaos.listings.systems",
    "list_runs": "rnnchaos.listings.runs",
    "clean_runs": "rnnchaos.listings.runs",
}

__all__ = list(_LAZY)

__getattr__ = lazily(__name__, _LAZY)
