"""Numbers as they are shown."""

import math


def number(value: float | None, error: float | None = None) -> str:
    """A value with its standard error: 0.9056(13) is 0.9056 ± 0.0013; four digits where there is no error."""
    if value is None:
        return "–"
    if error is None or not math.isfinite(error) or error <= 1e-9 * abs(value):
        return f"{value:.4g}"
    exponent = math.floor(math.log10(error))
    if not -6 <= exponent < 1:
        return f"{value:.4g} ± {error:.2g}"
    digits = 1 - exponent
    return f"{value:.{digits}f}({round(error * 10**digits)})"
