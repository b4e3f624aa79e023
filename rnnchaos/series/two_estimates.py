"""The exponent of a series by its divergence curve beside that by fitted maps: whether they agree, and what follows."""

from collections.abc import Sequence

import numpy as np

from rnnchaos.series.from_data import DataExponent
from rnnchaos.series.map_exponents import EXACT, MapExponent
from rnnchaos.tangent.grades import Check, Grade

# Errors of the maps, as shares of how far the series moves meanwhile.
_FORETOLD_PASSES, _FORETOLD_UNDECIDED = 0.03, 0.2
_STATE_IS_SEEN = 0.05
# Estimates agree within so many standard errors, or within this share of the larger one.
_APART, _SHARE = 3.0, 0.2
# Maps speak against chaos whose exponent is not above 0, and below this share of the curve's.
_TOO_LOW = 0.5
# What is said of the curve alone, which matters less where maps give the number.
_OF_THE_CURVE = (
    "linear region",
    "straightness",
    "neighbours",
    "noise",
    "positive",
    "two methods",
    "one more delay",
    "unfolded",
    "determinism",
    "periods",
)


def held_against(
    maps: MapExponent | None,
    curve: DataExponent,
    deeper: DataExponent | None,
    checks: Sequence[Check] = (),
) -> MapExponent | None:
    """Maps that know how far the exponent of a curve is from theirs; those of one more delay by `deeper`.

    Not where the maps are exact and the curve, by its `checks`, is none of neighbours that chaos parts.
    """
    if maps is None or _blind(maps, checks):
        return maps
    beside = _of_as_many_delays(maps, curve, deeper)
    error = max(np.hypot(beside.standard_error, maps.own_error), np.finfo(float).tiny)
    return maps._replace(apart=float(abs(beside.exponent - maps.exponent) / error))


def checks_with_maps(
    checks: Sequence[Check], curve: DataExponent, deeper: DataExponent | None, maps: MapExponent | None
) -> list[Check]:
    """The checks of a curve with those of maps that were held against it, or `deeper`, beside it.

    Maps that are well founded give the number, and what is said of the curve is a warning at worst; but what the two
    disagree on is undecided. Others only confirm, or not, that the series shows the state.
    """
    if maps is None:
        return list(checks)
    curve = _of_as_many_delays(maps, curve, deeper)
    agree = _agree(curve, maps)
    grows = all(each.grade.trusted for each in checks if each.name == "positive")
    if maps.founded:
        # Weak chaos is nearly in phase: the 0-1 test calls it order, where both estimates say that neighbours part.
        softened: tuple[str, ...] = (
            (*_OF_THE_CURVE, "0-1 test") if grows and maps.error <= EXACT else _OF_THE_CURVE
        )
    else:
        softened = ("unfolded",) if maps.positive and (agree or maps.error <= _STATE_IS_SEEN) else ()
    found = [each._replace(grade=_at_worst_warn(each)) if each.name in softened else each for each in checks]
    noisy = any(each.name == "noise" and each.grade is not Grade.PASS for each in checks)
    hidden = grows and noisy and curve.exponent < maps.exponent
    if _blind(maps, checks) and not _alike(curve, maps):
        return [*found, _foretold(maps)]
    return [*found, _foretold(maps), _agreement(curve, maps, agree, hidden=hidden)]


def _blind(maps: MapExponent, checks: Sequence[Check]) -> bool:
    """Whether a curve fails to show what exact maps do: neighbours end up equally far apart, but not by noise."""
    forgets = any(each.name == "determinism" and each.grade is Grade.FAIL for each in checks)
    return maps.founded and maps.error <= EXACT and forgets


def _of_as_many_delays(maps: MapExponent, curve: DataExponent, deeper: DataExponent | None) -> DataExponent:
    return deeper if maps.delays_added and deeper is not None else curve


def _at_worst_warn(check: Check) -> Grade:
    return check.grade if check.grade.trusted else Grade.WARN


def _agree(curve: DataExponent, maps: MapExponent) -> bool:
    return maps.apart <= _APART or _alike(curve, maps)


def _alike(curve: DataExponent, maps: MapExponent) -> bool:
    larger = max(abs(curve.exponent), abs(maps.exponent))
    return abs(curve.exponent - maps.exponent) <= _SHARE * larger


def _foretold(maps: MapExponent) -> Check:
    grade = Grade.PASS if maps.error <= _FORETOLD_PASSES else Grade.WARN
    if maps.error > _FORETOLD_UNDECIDED:
        grade = Grade.UNDECIDED
    meaning = "error of fitted maps at points left out, as a share of how far the series moves meanwhile"
    return Check("foretold", grade, maps.error, _FORETOLD_PASSES, meaning)


def _agreement(curve: DataExponent, maps: MapExponent, agree: bool, *, hidden: bool) -> Check:
    """`hidden`: the curve grows, by less than the maps say, as noise would have it."""
    meaning = f"difference of the exponents of fitted maps and by {curve.method}, in standard errors"
    if not maps.positive and maps.exponent < _TOO_LOW * curve.exponent:
        grade, meaning = Grade.UNDECIDED, f"{meaning}; that of the maps is not above 0"
    elif maps.steep and maps.error <= _STATE_IS_SEEN:
        grade, meaning = Grade.UNDECIDED, f"{meaning}; none of the maps' is near the 0 that a flow has"
    elif maps.founded and not maps.stays_positive:
        grade, meaning = Grade.UNDECIDED, f"{meaning}; with it in its error none is known to be above 0"
    elif maps.founded and hidden and not agree:
        grade, meaning = Grade.WARN, f"{meaning}; noise hides growth from that, and it is in the error"
    elif maps.founded:
        grade = Grade.PASS if agree else Grade.UNDECIDED
    else:
        grade = Grade.PASS if agree else Grade.WARN
    return Check("maps", grade, maps.apart, _APART, meaning)
