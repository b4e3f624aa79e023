"""An exponent in words."""

import numpy as np

from rnnchaos.numbers import number


def exponent_words(value: float, error: float, *, power: bool, bound: bool, exact: bool) -> str:
    """An exponent with its standard error, or what it is: an exact 0, a bound, a power of time."""
    if exact:
        return "0"
    if bound:
        return f"below {value:.4g}"
    if power:
        return f"0 (below {_above(error):.1g}, ln T / T)"
    return number(value, error)


def _above(value: float) -> float:
    """The next number of one digit that is not below `value`."""
    unit = 10.0 ** np.floor(np.log10(value))
    return float(np.ceil(value / unit) * unit)
