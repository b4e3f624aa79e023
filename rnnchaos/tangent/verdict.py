"""Which theorem of the paper the measured growth of gradients falls under."""

from typing import Literal, NamedTuple

import numpy as np

from rnnchaos.tangent.slope import Slope

# A rate counts as different from zero from this many standard errors on, and never below the floor:
# over 10 000 steps e^(1e-6 T) grows by 1 %.
_SIGNIFICANT = 3.0
_FLOOR = 1e-6
# Below this a standard error is rounding.
_NO_ERROR = 1e-9


class Verdict(NamedTuple):
    """What the gradients of a network do as T grows, and the theorem of arXiv:2110.07238 that says so."""

    name: Literal["bounded", "diverging", "neither"]
    theorem: Literal[1, 2, 3]
    sentence: str


def theorem_of(exponent: float, exponent_error: float, *, num_steps: int | None = None) -> Literal[1, 2, 3]:
    """The theorem that the largest exponent calls for, in nats per step: 1 below zero, 2 above, 3 at zero.

    It counts as zero within 3 standard errors, or 1e-6 nats per step, or where over the `num_steps` of each orbit that
    it was averaged over it makes less than 1 nat: as much remains of how an orbit comes to its attractor, and orbits
    that come the same way do not show it in their spread.
    """
    floor = _FLOOR if num_steps is None else max(_FLOOR, 1 / num_steps)
    if abs(exponent) <= max(_SIGNIFICANT * exponent_error, floor):
        return 3
    return 1 if exponent < 0 else 2


def theorem_verdict(
    *, exponent: float, exponent_error: float, slope: Slope, num_steps: int | None = None
) -> Verdict:
    """The theorem that the largest Lyapunov exponent calls for, and how the slope of log‖dz_T/dz_1‖ compares.

    `exponent` and its standard error are in nats per step, as `slope` is. The exponent decides, because it
    averages over far more steps (`theorem_of`).
    """
    error = float(np.hypot(exponent_error, slope.standard_error))
    gap = 0.0 if slope.value == exponent else abs(slope.value - exponent)
    measured = (
        f"slope {_number(slope.value, slope.standard_error)}, "
        f"λ_max {_number(exponent, exponent_error)} per step, {_apart(gap, error)}"
    )
    rate = f"exp({_decimals(exponent, exponent_error)} T)"
    theorem = theorem_of(exponent, exponent_error, num_steps=num_steps)
    if theorem == 3:
        finding = (
            "neither: λ_max is zero within its error, as on a quasi-periodic orbit, "
            "and gradients neither grow nor fall exponentially (Theorem 3)"
        )
        return Verdict("neither", 3, f"{finding}; {measured}")
    if theorem == 1:
        finding = (
            f"bounded: stable fixed point or cycle, dz_T/dz_1 falls as {rate} "
            "and gradients of the loss stay bounded (Theorem 1)"
        )
        return Verdict("bounded", 1, f"{finding}; {measured}")
    return Verdict(
        "diverging", 2, f"diverging: chaotic orbit, gradients grow as {rate} (Theorem 2); {measured}"
    )


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
