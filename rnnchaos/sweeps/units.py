"""Results that are in several units: a column of a sweep for each, so that no median, figure or order mixes them."""

from collections.abc import Iterable, Mapping
from typing import Any

_TIMES = ("valid_prediction_time", "valid_prediction_time_smape")
_UNIT = "valid_prediction_time_unit"
_OTHER = "time units"


def units_of(results: Iterable[Mapping[str, Any]], name: str) -> set[str]:
    """The units that a number of several results is in, of those that say it; none for what has one unit alone."""
    return {result[_UNIT] for result in results if name in _TIMES and result.get(_UNIT)}


def by_unit(headline: Mapping[str, Any]) -> dict[str, Any]:
    """The results of a run, its prediction times under another name where they are not in Lyapunov times.

    Runs of earlier versions do not say their unit, and keep the name.
    """
    suffix = "_in_time_units" if headline.get(_UNIT) == _OTHER else ""
    return {
        f"{name}{suffix}" if name in _TIMES else name: value
        for name, value in headline.items()
        if name != _UNIT
    }
