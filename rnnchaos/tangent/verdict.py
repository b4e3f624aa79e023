"""Which theorem of the paper the measured growth of gradients falls under."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.tangent.tangent import check_lags

# A rate counts as different from zero from this many standard errors on, and never below the floor:
# over 10 000 steps e^(1e-6 T) grows by 1 %.
_SIGNIFICANT = 3.0
_FLOOR = 1e-6
# Below this a standard error is rounding.
_NO_ERROR = 1e-9


class Slope(NamedTuple):
    """The straight line through log‖·‖ against T: `value` in nats per step, `intercept` in nats."""

    value: float
    standard_error: float
    intercept: float


class Verdict(NamedTuple):
    """What the gradients of a network do as T grows, and the theorem of arXiv:2110.07238 that says so."""

    name: Literal["bounded", "diverging", "neither"]
    theorem: Literal[1, 2, 3]
    sentence: str


def fit_slope(
    lags: Sequence[int] | Int[np.ndarray, " lag"],
    log_norms: Float[np.ndarray, "start lag"],
    *,
    from_fraction: float = 0.1,
) -> Slope:
    """The slope of log norms against the lag, by least squares from `from_fraction` of the longest lag on.

    The mean over starts; its error is their spread divided by the root of their number. One start alone is
    taken as a random walk about its line, whose steps give the error. A norm of exactly 0 makes the slope
    -inf.

    Raises ConfigError for fewer than 3 lags in the fitted range.
    """
    lags = np.asarray(lags)
    check_lags(lags)
    fitted = lags >= from_fraction * lags[-1]
    if np.count_nonzero(fitted) < 3:
        raise ConfigError(
            f"lags must hold at least 3 from {from_fraction:g} of the longest on, got {lags.tolist()}"
        )
    x, y = lags[fitted].astype(float), log_norms[:, fitted]
    if np.isneginf(y).any():
        return Slope(-np.inf, 0.0, 0.0)
    slopes, intercepts = np.polyfit(x, y.T, 1)
    if len(slopes) > 1:
        error = slopes.std(ddof=1) / np.sqrt(len(slopes))
    else:
        error = _random_walk_error(x, y[0] - slopes[0] * x)
    return Slope(float(slopes.mean()), float(error), float(intercepts.mean()))


def theorem_verdict(
    *, exponent: float, exponent_error: float, slope: Slope, num_steps: int | None = None
) -> Verdict:
    """The theorem that the largest Lyapunov exponent calls for, and how the slope of log‖dz_T/dz_1‖ compares.

    `exponent` and its standard error are in nats per step, as `slope` is. The exponent decides, because it
    averages over far more steps. It counts as zero within 3 standard errors, or 1e-6 nats per step, or where over the
    `num_steps` of each orbit that it was averaged over it makes less than 1 nat: as much remains of how an orbit comes
    to its attractor, and orbits that come the same way do not show it in their spread.
    """
    error = float(np.hypot(exponent_error, slope.standard_error))
    gap = 0.0 if slope.value == exponent else abs(slope.value - exponent)
    measured = (
        f"slope {_number(slope.value, slope.standard_error)}, "
        f"λ_max {_number(exponent, exponent_error)} per step, {_apart(gap, error)}"
    )
    rate = f"exp({_decimals(exponent, exponent_error)} T)"
    floor = _FLOOR if num_steps is None else max(_FLOOR, 1 / num_steps)
    if abs(exponent) <= max(_SIGNIFICANT * exponent_error, floor):
        finding = (
            "neither: λ_max is zero within its error, as on a quasi-periodic orbit, "
            "and gradients neither grow nor fall exponentially (Theorem 3)"
        )
        return Verdict("neither", 3, f"{finding}; {measured}")
    if exponent < 0:
        finding = (
            f"bounded: stable fixed point or cycle, dz_T/dz_1 falls as {rate} "
            "and gradients of the loss stay bounded (Theorem 1)"
        )
        return Verdict("bounded", 1, f"{finding}; {measured}")
    return Verdict(
        "diverging", 2, f"diverging: chaotic orbit, gradients grow as {rate} (Theorem 2); {measured}"
    )


def _random_walk_error(x: Float[np.ndarray, " lag"], y: Float[np.ndarray, " lag"]) -> float:
    """Standard error of a least-squares slope where the residuals `y` are a random walk."""
    # The variance of this slope is 6/5 of that of the walk's own drift.
    variance = np.sum(np.diff(y) ** 2 / np.diff(x)) / (len(x) - 1)
    return float(np.sqrt(1.2 * variance / (x[-1] - x[0])))


def _decimals(value: float, error: float) -> str:
    """`value` with decimals for two digits of its error, or four digits of its own where there is none."""
    if not _NO_ERROR < error < np.inf:
        return f"{value:.4g}"
    return f"{value:.{max(0, 1 - int(np.floor(np.log10(error))))}f}"


def _number(value: float, error: float) -> str:
    if error <= _NO_ERROR:
        return _decimals(value, error)
    return f"{_decimals(value, error)} ± {_decimals(error, error)}"


def _apart(gap: float, error: float) -> str:
    if error <= _NO_ERROR:
        return f"difference {gap:.1g}"
    return f"difference {gap / error:.1f} standard errors"
