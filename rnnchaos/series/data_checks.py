"""Whether an exponent that was read off data can be trusted, and which of two is the better one."""

import numpy as np

from rnnchaos.series.from_data import DataExponent
from rnnchaos.series.linear_region import STRAIGHT
from rnnchaos.series.surrogates import SIGNIFICANT, SurrogateTest
from rnnchaos.series.zero_one import ZeroOne
from rnnchaos.tangent.checks import Check, Grade

# Nats by which neighbours part within the linear region: of less than one, shear alone may be straight.
_RISE = (1.0, 1.0, 0.5)
# And between the closest ones and the attractor's size.
_ROOM_PASSES, _ROOM_FAILS = 3.0, 2.0
# Nats in excess in the first lag: .3 at 1 % of noise on Lorenz, where the exponent is 15 % low; below .05 without.
_NOISE_PASSES, _NOISE_FAILS = 0.05, 0.5
_BEND_FAILS = 0.1
_SIGNIFICANT, _FAILS_TO_BE = 3.0, 1.0
# Estimates that see the same linear region agree within their errors.
_APART_PASSES, _APART_FAILS = 2.0, 4.0
_CHAOS, _ORDER = 0.8, 0.2
_FALSE_PASSES, _FALSE_FAILS = 0.01, 0.1
# Share of a difference in distance that is left: chaos keeps .7 and more, with 1 % of noise, too; noise .3 and less.
_DETERMINISM = (0.6, 0.5, 0.35)
# Mean periods of a flow that the linear region lasts.
_PERIODS = 1 / 3


def better_of(rosenstein: DataExponent, kantz: DataExponent | None) -> DataExponent:
    """The exponent to quote of one series.

    Rosenstein's, since its bias is the smaller one on clean data, except where its curve has no linear region, or
    noise parts the closest neighbours at once and so flattens what follows, and Kantz's curve has a linear region.
    """
    # Kantz's only where Rosenstein's is bent or noisy, and Kantz's is straight.
    doubtful = not rosenstein.fits[0].straight or _first_step(rosenstein) > _NOISE_PASSES
    return kantz if kantz is not None and doubtful and kantz.fits[0].straight else rosenstein


def data_checks(
    found: DataExponent,
    other: DataExponent | None,
    *,
    deeper: DataExponent | None = None,
    false_share: float | None = None,
    zero_one: ZeroOne | None = None,
    remembered: float | None = None,
    periods: float | None = None,
    surrogates: SurrogateTest | None = None,
) -> list[Check]:
    """The checks of an exponent from data.

    `other` is one by another method, `deeper` one by the same method with one more delay, `false_share` the share of
    false neighbours among the points, `zero_one` the 0–1 test of the same series, `remembered` the share of initial
    distances (`remembered_distance`), `periods` the mean periods of a flow that the fit lasts, and `surrogates` the
    comparison with linear noise; what is None is left out.
    """
    fit = found.fits[0]
    ratio = found.exponent / max(found.standard_error, np.finfo(float).tiny)
    checks = [
        Check(
            "linear region",
            _banded(fit.rise, _RISE),
            fit.rise,
            _RISE[0],
            "e-folds that neighbours part by in the fit",
        ),
        _judge("straightness", fit.bend, STRAIGHT, _BEND_FAILS, "deviation from a line, as a share of that"),
        _judge(
            "neighbours",
            found.room,
            _ROOM_PASSES,
            _ROOM_FAILS,
            "e-folds from the closest neighbours to the size of the attractor",
        ),
        _judge(
            "noise",
            _first_step(found),
            _NOISE_PASSES,
            _NOISE_FAILS,
            "e-folds in the first lag beyond the fit: noise, which lowers the exponent",
        ),
        Check(
            "positive",
            _banded(ratio, (_SIGNIFICANT, _SIGNIFICANT, _FAILS_TO_BE)),
            ratio,
            _SIGNIFICANT,
            "standard errors by which λ_max lies above 0",
        ),
    ]
    if other is not None:
        what = f"difference of {found.method}'s and {other.method}'s exponents, in standard errors"
        checks.append(_agreement("two methods", found, other, what))
    if deeper is not None:
        what = "difference that one more delay makes, in standard errors"
        checks.append(_agreement("one more delay", found, deeper, what))
    if false_share is not None:
        meaning = "share of points that are neighbours by projection only: more delays unfold them"
        checks.append(_judge("unfolded", false_share, _FALSE_PASSES, _FALSE_FAILS, meaning))
    if zero_one is not None:
        meaning = "K of the 0-1 test: 1 for chaos, 0 for order"
        checks.append(_judge("0-1 test", zero_one.value, _CHAOS, _ORDER, meaning))
    if remembered is not None:
        meaning = "share of a difference in distance that is left in the fit: 1 for deterministic motion, 0 for noise"
        checks.append(
            Check("determinism", _banded(remembered, _DETERMINISM), remembered, _DETERMINISM[0], meaning)
        )
    if periods is not None:
        meaning = "mean periods that the fit lasts: a short one sees a part of the attractor"
        grade = Grade.PASS if periods >= _PERIODS else Grade.UNDECIDED
        checks.append(Check("periods", grade, periods, _PERIODS, meaning))
    if surrogates is not None:
        meaning = (
            "standard deviations by which it is more predictable than linear noise of its spectrum and values"
        )
        grade = Grade.PASS if surrogates.rejected else Grade.UNDECIDED
        checks.append(Check("surrogates", grade, surrogates.deviations, SIGNIFICANT, meaning))
    return checks


def _first_step(found: DataExponent) -> float:
    """Nats by which the closest neighbours part in the first lag beyond what the fit says."""
    curve = found.curves[0]
    return float(curve[1] - curve[0] - found.fits[0].slope * (found.lags[1] - found.lags[0]))


def _agreement(name: str, found: DataExponent, other: DataExponent, meaning: str) -> Check:
    error = max(np.hypot(found.standard_error, other.standard_error), np.finfo(float).tiny)
    return _judge(name, abs(found.exponent - other.exponent) / error, _APART_PASSES, _APART_FAILS, meaning)


def _banded(figure: float, bounds: tuple[float, float, float]) -> Grade:
    """The grade of a figure from where on it passes, has a warning, or is undecided."""
    grades = (Grade.PASS, Grade.WARN, Grade.UNDECIDED)
    return next((g for g, bound in zip(grades, bounds, strict=True) if figure >= bound), Grade.FAIL)


def _judge(name: str, figure: float, passes: float, fails: float, meaning: str) -> Check:
    """Grade a figure that should be beyond `passes`, seen from `fails`."""
    sign = 1.0 if passes > fails else -1.0
    grade = Grade.WARN
    if sign * figure >= sign * passes:
        grade = Grade.PASS
    elif sign * figure < sign * fails:
        grade = Grade.FAIL
    return Check(name, grade, float(figure), passes, meaning)
