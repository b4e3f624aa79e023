"""Numbers that are given to functions from outside: arrays of any kind and type, lists, data frames."""

from typing import Any

import numpy as np
from jaxtyping import Float

from rnnchaos.errors import ConfigError


def as_numbers(name: str, values: Any) -> Float[np.ndarray, "..."]:
    """Arrays, lists and integers as float64; complex numbers, words and masked entries are refused by ConfigError."""
    check_unmasked(name, values)
    try:
        array = np.asarray(values)
    except ValueError:
        raise ConfigError(f"{name} must be an array of numbers, but its rows differ in length") from None
    if array.dtype.kind not in "fiub":
        raise ConfigError(f"{name} must be an array of real numbers, got {array.dtype}")
    # float64 first: in float32, 1e100 is infinite, and every bound below it would be kept.
    with np.errstate(over="ignore"):
        # In one order: sums over rows hang, in their last digit, on how they lie in memory.
        return np.asarray(array, np.float64, order="C")


def check_unmasked(name: str, values: Any) -> None:
    """Raise ConfigError for masked entries: as an array without a mask they are whatever lies below it."""
    if np.ma.is_masked(values):
        raise ConfigError(f"{name} must be finite, but has masked entries")
