"""Numbers as they are shown."""

import math

# From here on values are in powers of ten.
_LARGE = 1e6


def number(value: float | None, error: float | None = None) -> str:
    """A value with its standard error: 0.9056(13) is 0.9056 ± 0.0013; four digits where there is no error.

    A large one is in powers of ten: 5.65(92)e+11.
    """
    if value is None:
        return "–"
    if error is None or not math.isfinite(error) or error <= 1e-9 * abs(value):
        return f"{value:.4g}"
    if abs(value) >= _LARGE:
        power = math.floor(math.log10(abs(value)))
        shown = number(value / 10**power, error / 10**power)
        return f"({shown})e+{power}" if "±" in shown else f"{shown}e+{power}"
    exponent = math.floor(math.log10(error))
    digits = 1 - exponent
    if 1 <= exponent < 6:
        return f"{round(value, digits):.0f} ± {round(error, digits):.0f}"
    if not -6 <= exponent < 1:
        return f"{value:.4g} ± {error:.2g}"
    return f"{value:.{digits}f}({round(error * 10**digits)})"


def counted(count: int, noun: str) -> str:
    """A number of things, in words that agree with it: `1 step`, `2 steps`."""
    return f"{count} {noun}{'s' * (count != 1)}"
