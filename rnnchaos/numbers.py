"""Numbers as they are shown."""

import math

# From here on values are in powers of ten, and up to here where six decimals do not show their errors.
_LARGE, _SMALL = 1e6, 1e-3
_DECIMALS = 6


def number(value: float | None, error: float | None = None) -> str:
    """A value with its standard error: 0.9056(13) is 0.9056 ± 0.0013; four digits where there is no error.

    A large or a small one is in powers of ten: 5.65(92)e+11, 2.84(34)e-10.
    """
    if value is None:
        return "–"
    if error is None or not math.isfinite(error) or error <= 1e-9 * abs(value):
        return f"{value:.4g}"
    error = float(f"{error:.1e}")  # 9.97 has the two digits of 10
    size, exponent = max(abs(value), error), math.floor(math.log10(error))
    if abs(value) >= _LARGE or (size < _SMALL and exponent < -_DECIMALS):
        power = math.floor(math.log10(abs(value) if size >= _LARGE else size))
        shown = number(value / 10.0**power, error / 10.0**power)
        return f"{f'({shown})' if '±' in shown else shown}e{power:+03d}"
    digits = 1 - exponent
    if 1 <= exponent < 6:
        return f"{round(value, digits):.0f} ± {round(error, digits):.0f}"
    if not -_DECIMALS <= exponent < 1:
        return f"{value:.4g} ± {error:.2g}"
    return f"{value:.{digits}f}({round(error * 10**digits)})"


def counted(count: int, noun: str) -> str:
    """A number of things, in words that agree with it: `1 step`, `2 steps`."""
    return f"{count} {noun}{'s' * (count != 1)}"
