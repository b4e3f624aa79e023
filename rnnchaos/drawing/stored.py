"""What a figure is drawn from: the arrays and the numbers of a run, just found or read from its folder."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from rnnchaos.errors import ConfigError

Arrays = Mapping[str, np.ndarray]


class Lacking(ConfigError):
    """A run that does not hold what a figure shows."""


class Stored(Protocol):
    """A run's results by the names of its folder."""

    @property
    def summary(self) -> Mapping[str, Any]:
        """As in summary.json."""

    def arrays(self, name: str) -> Arrays:
        """Those of arrays/NAME.npz. Raises Lacking where there are none."""


class Found(NamedTuple):
    """Results that are in memory."""

    tables: Mapping[str, Arrays]
    summary: Mapping[str, Any]

    def arrays(self, name: str) -> Arrays:
        """As of a run folder."""
        if name not in self.tables:
            raise Lacking(f"there is no arrays/{name}.npz")
        return self.tables[name]


def array(stored: Stored, name: str, key: str) -> np.ndarray:
    """One array. Raises Lacking, with what is missing."""
    arrays = stored.arrays(name)
    if key not in arrays:
        raise Lacking(f"arrays/{name}.npz has no {key}")
    return np.asarray(arrays[key])


def scalar(stored: Stored, name: str, key: str) -> float | None:
    """A number among arrays, None where it is not there or not finite: runs of earlier versions hold fewer."""
    arrays = stored.arrays(name)
    return number(arrays[key]) if key in arrays else None


def words(stored: Stored, name: str, key: str) -> list[str]:
    """Names among arrays. Raises Lacking."""
    return [str(each) for each in np.atleast_1d(array(stored, name, key))]


def number(value: Any) -> float | None:
    """A finite number, None for anything else."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if np.isfinite(found) else None


def mapping(value: Any) -> Mapping[str, Any]:
    """A part of a summary, empty where it is none."""
    return value if isinstance(value, Mapping) else {}
