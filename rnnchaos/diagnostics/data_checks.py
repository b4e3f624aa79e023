"""Whether an exponent that was read off data can be trusted."""

import numpy as np
from jaxtyping import Float

from rnnchaos.diagnostics.checks import Check, Grade
from rnnchaos.diagnostics.divergence_curves import DataExponent
from rnnchaos.diagnostics.zero_one import ZeroOne

# Nats by which neighbours part within the linear region, and the deviation from a line as a share of that.
_RISE_PASSES, _RISE_FAILS = 1.0, 0.5
_BEND_PASSES, _BEND_FAILS = 0.05, 0.15
_SIGNIFICANT = 3.0
# Two methods that see the same linear region agree within their errors.
_APART_PASSES, _APART_FAILS = 2.0, 4.0
_CHAOS, _ORDER = 0.8, 0.2
_FALSE_PASSES, _FALSE_FAILS = 0.01, 0.1


def data_checks(
    found: DataExponent,
    other: DataExponent | None,
    *,
    false_share: float | None = None,
    zero_one: ZeroOne | None = None,
) -> list[Check]:
    """The checks of an exponent from data.

    `other` is one by another method, `false_share` the share of false neighbours among the points, and `zero_one` the
    0–1 test of the same series; what is None is left out.
    """
    rise, bend = _linear_region(found)
    ratio = found.exponent / max(found.standard_error, np.finfo(float).tiny)
    checks = [
        _judge(
            "linear region",
            rise,
            _RISE_PASSES,
            _RISE_FAILS,
            "nats by which neighbours part in the fitted region",
        ),
        _judge("straightness", bend, _BEND_PASSES, _BEND_FAILS, "deviation from a line, as a share of that"),
        Check(
            "positive",
            Grade.PASS if ratio >= _SIGNIFICANT else Grade.FAIL,
            ratio,
            _SIGNIFICANT,
            "standard errors by which λ_max lies above 0",
        ),
    ]
    if other is not None:
        error = max(np.hypot(found.standard_error, other.standard_error), np.finfo(float).tiny)
        apart = abs(found.exponent - other.exponent) / error
        meaning = f"difference of {found.method}'s and {other.method}'s exponents, in standard errors"
        checks.append(_judge("two methods", apart, _APART_PASSES, _APART_FAILS, meaning))
    if false_share is not None:
        meaning = "share of points that are neighbours by projection only: more delays unfold them"
        checks.append(_judge("unfolded", false_share, _FALSE_PASSES, _FALSE_FAILS, meaning))
    if zero_one is not None:
        meaning = "K of the 0-1 test: 1 for chaos, 0 for order"
        checks.append(_judge("0-1 test", zero_one.value, _CHAOS, _ORDER, meaning))
    return checks


def _linear_region(found: DataExponent) -> tuple[float, float]:
    """How far the first curve rises in its fitted region, and how far it is there from a line, as a share of that."""
    first, last = found.fit_range
    inside = (found.lags >= first) & (found.lags <= last)
    lags, curve = found.lags[inside], found.divergence[inside]
    slope, residuals = _line(lags, curve)
    rise = slope * (last - first)
    return rise, float(np.sqrt(np.mean(residuals**2)) / max(abs(rise), np.finfo(float).tiny))


def _line(
    lags: Float[np.ndarray, " lag"], curve: Float[np.ndarray, " lag"]
) -> tuple[float, Float[np.ndarray, " lag"]]:
    slope, intercept = np.polyfit(lags, curve, 1)
    return float(slope), curve - slope * lags - intercept


def _judge(name: str, figure: float, passes: float, fails: float, meaning: str) -> Check:
    """Grade a figure that should be beyond `passes`, seen from `fails`."""
    sign = 1.0 if passes > fails else -1.0
    grade = Grade.WARN
    if sign * figure >= sign * passes:
        grade = Grade.PASS
    elif sign * figure < sign * fails:
        grade = Grade.FAIL
    return Check(name, grade, figure, passes, meaning)
