"""What stands in a summary, taken for no more than it is: a folder may come from anywhere."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

NOTHING = "–"
_MOST_DECIMALS = 9


def number(value: Any) -> float | None:
    """A finite number, or None for all else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            found = float(value)
        except OverflowError:
            return None
        return found if math.isfinite(found) else None
    return None


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, empty for all else."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """A list, empty for all else."""
    return value if isinstance(value, list | tuple) else ()


def shown(value: Any) -> str:
    """A value as a page has it: four digits of a number."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def with_error(value: Any, error: Any) -> str:
    """`0.9054 ± 0.0027`: as many decimals as two digits of the error have."""
    middle, spread = number(value), number(error)
    if middle is None:
        return NOTHING
    if spread is None or spread <= 0:
        return shown(middle)
    decimals = 1 - math.floor(math.log10(spread))
    if decimals > _MOST_DECIMALS or abs(middle) >= 1e9:
        return f"{middle:.4g} ± {spread:.2g}"
    decimals = max(decimals, 0)
    return f"{middle:.{decimals}f} ± {spread:.{decimals}f}"


def flat(values: Mapping[Any, Any], prefix: str = "") -> dict[str, Any]:
    """Nested values by their full names; what is empty is left out."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        entries = dict(enumerate(value)) if isinstance(value, list | tuple) else value
        if isinstance(entries, Mapping):
            found |= flat(entries, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found
