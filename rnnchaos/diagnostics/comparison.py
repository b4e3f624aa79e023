"""A network's whole spectrum against that of what generated the data: each exponent, and their sum, with errors."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from rnnchaos.diagnostics.truth import Truth
from rnnchaos.numbers import number
from rnnchaos.tangent import LyapunovSpectrum

# Exponents agree within this share of their size, or of λ_max where that is larger: the neutral one has no size.
TOLERANCE = 0.1
# Those read off a series are themselves off by so much without showing it in their error.
TOLERANCE_OF_SERIES = 0.3
# The first exponent that the Kaplan–Yorke dimension takes a part of may be off by what moves that by so much: how fast
# orbits come to a sheet that the data do not leave is not in them.
OF_DIMENSION = 0.005
_SIGNIFICANT = 3.0
_ROUNDING = 1e-12

Verdict = Literal["agrees", "differs", "undecided"]
_WORDS = {"agrees": "agree", "differs": "differ", "undecided": "undecided, their errors are too large"}


class Difference(NamedTuple):
    """One exponent of a network, or the sum of several, beside the one that it should have; nats per time unit."""

    name: str
    value: float
    standard_error: float
    true: float
    true_standard_error: float
    tolerance: float

    @property
    def gap(self) -> float:
        """The network's minus the other; 0 within rounding, and where both are -∞."""
        if self.value == self.true:
            return 0.0
        gap = self.value - self.true
        return 0.0 if abs(gap) <= _ROUNDING * max(1.0, abs(self.true)) else gap

    @property
    def error(self) -> float:
        """Standard error of the gap."""
        return float(np.hypot(self.standard_error, self.true_standard_error))

    @property
    def in_errors(self) -> float:
        """The gap in its standard errors."""
        if self.gap == 0.0:
            return 0.0
        return self.gap / self.error if self.error > 0 else float(np.copysign(np.inf, self.gap))

    @property
    def verdict(self) -> Verdict:
        """Whether the gap is within the tolerance, or significantly beyond it; undecided where its error hides that."""
        if abs(self.gap) <= self.tolerance:
            return "agrees" if 2 * self.error <= max(self.tolerance, _ROUNDING) else "undecided"
        return "differs" if abs(self.in_errors) > _SIGNIFICANT else "undecided"


class Comparison(NamedTuple):
    """The exponents that both have, and the sum of those that are not negative where there are several."""

    exponents: tuple[Difference, ...]
    leading_sum: Difference | None
    """Of the expanding and the neutral exponents: of a flow, it is right where these two are mixed up."""
    share: float
    """The tolerance."""
    shaping: int
    """So many exponents, from the first on, make the attractor what it is: those of its Kaplan–Yorke dimension."""

    @property
    def rows(self) -> tuple[Difference, ...]:
        """All of them."""
        return (*self.exponents, *(() if self.leading_sum is None else (self.leading_sum,)))

    @property
    def decisive(self) -> tuple[Difference, ...]:
        """Those that a network which learned the attractor must have right."""
        return self.exponents[: self.shaping]

    @property
    def verdict(self) -> Verdict:
        """Of all decisive exponents: `differs` where one does, `agrees` where all do, or where there are none."""
        found = {each.verdict for each in self.decisive}
        if "differs" in found:
            return "differs"
        return "undecided" if "undecided" in found else "agrees"

    def summary(self) -> list[dict[str, Any]]:
        """The rows in plain values, nats per time unit."""
        return [
            {**each._asdict(), "difference_standard_errors": each.in_errors, "verdict": each.verdict}
            for each in self.rows
        ]

    def sentence(self) -> str:
        """Which agree, which differ, and of which their errors do not tell."""
        named = {
            verdict: ", ".join(each.name for each in self.rows if each.verdict == verdict)
            for verdict in get_args(Verdict)
        }
        said = [f"{names} {_WORDS[verdict]}" for verdict, names in named.items() if names]
        return f"within {self.share:.0%} of its size, or of λ_max: {'; '.join(said)}"


def compare(
    spectrum: LyapunovSpectrum, truth: Truth | None, *, tolerance: float = TOLERANCE
) -> Comparison | None:
    """Each exponent beside its true one, within `tolerance` or not; None where there is none to rely on."""
    if truth is None or not truth.trusted:
        return None
    count = min(len(spectrum.exponents), len(truth.exponents))
    scale = _scale(truth)
    share = tolerance if truth.known else max(tolerance, TOLERANCE_OF_SERIES)
    exponents = tuple(
        Difference(
            f"λ_{index + 1}",
            float(spectrum.exponents[index]),
            float(spectrum.standard_error[index]),
            float(truth.exponents[index]),
            float(truth.standard_error[index]),
            _tolerance(truth, index, float(spectrum.exponents[index]), share, scale),
        )
        for index in range(count)
    )
    return Comparison(exponents, _leading_sum(spectrum, truth, share * scale), share, _shaping(truth, count))


def _tolerance(truth: Truth, index: int, value: float, share: float, scale: float) -> float:
    """By how much an exponent may differ: a share of its size, or of λ_max, or what the dimension does not show."""
    size = abs(float(truth.exponents[index])) if np.isfinite(truth.exponents[index]) else 0.0
    found = share * max(scale, size)
    if not truth.chaotic or truth.kaplan_yorke is None:
        return found
    whole = int(np.floor(truth.kaplan_yorke))
    part = truth.kaplan_yorke - whole
    if index != whole or part == 0:
        return found
    # The dimension's part is (λ_1 + … + λ_j) / |λ_{j+1}|: it moves less the stronger the contraction.
    moved = OF_DIMENSION / part
    if value > float(truth.exponents[index]):
        return max(found, size * moved / (1 + moved))
    return max(found, size * moved / (1 - moved) if moved < 1 else np.inf)


def compare_estimate(
    estimate: Truth | None, truth: Truth | None, *, tolerance: float = TOLERANCE
) -> Comparison | None:
    """λ_max read off a model's series beside that of the truth; None where either is not to be relied on.

    Within `tolerance`, or what such an estimate is itself off by where that is more.
    """
    if estimate is None or truth is None or not (estimate.trusted and truth.trusted):
        return None
    share = max(tolerance, TOLERANCE_OF_SERIES)
    own, true = ((float(each.exponents[0]), float(each.standard_error[0])) for each in (estimate, truth))
    found = Difference("λ_1", *own, *true, share * _scale(truth))
    return Comparison((found,), None, share, 1)


def _scale(truth: Truth) -> float:
    """λ_max of a chaotic system, else the smallest size of an exponent that is not 0."""
    if truth.chaotic:
        return float(truth.exponents[0])
    finite = np.isfinite(truth.exponents)
    sizes, errors = np.abs(truth.exponents[finite]), truth.standard_error[finite]
    nonzero = sizes > np.maximum(_SIGNIFICANT * errors, _ROUNDING)
    return float(sizes[nonzero].min(initial=np.inf)) if nonzero.any() else 0.0


def _not_negative(truth: Truth, scale: float) -> int:
    """Exponents from the first on that are not below zero beyond their errors and the tolerance."""
    floor = -np.maximum(_SIGNIFICANT * truth.standard_error, TOLERANCE * scale)
    negative = np.append(truth.exponents < floor, True)
    return int(np.argmax(negative))


def _leading_sum(spectrum: LyapunovSpectrum, truth: Truth, tolerance: float) -> Difference | None:
    count = _not_negative(truth, _scale(truth))
    if not 1 < count <= len(spectrum.exponents):
        return None
    sums = spectrum._replace(blocks=np.cumsum(spectrum.blocks, axis=-1)[..., count - 1 : count])
    return Difference(
        _sum_name(count),
        float(sums.exponents[0]),
        float(sums.standard_error[0]),
        float(truth.exponents[:count].sum()),
        float(np.linalg.norm(truth.standard_error[:count])),
        tolerance,
    )


def _sum_name(count: int) -> str:
    return "λ_1+λ_2" if count == 2 else f"λ_1+…+λ_{count}"


def _shaping(truth: Truth, count: int) -> int:
    """Of chaos, the exponents that the Kaplan–Yorke dimension needs; else only those that are not negative.

    How fast other orbits come to a cycle is not in its data. Of a series, what there is.
    """
    if not truth.chaotic:
        return min(count, _not_negative(truth, _scale(truth)))
    if truth.kaplan_yorke is None:
        return count
    return max(1, min(count, int(np.floor(truth.kaplan_yorke)) + 1))


def described(differences: Sequence[Difference]) -> str:
    """The exponents in one line, each with the one it should have."""
    return ", ".join(
        f"{each.name} {number(each.value, each.standard_error)} for {number(each.true, each.true_standard_error)}"
        for each in differences
    )


def compared(spectrum: LyapunovSpectrum, truth: Truth | None) -> dict[str, Any]:
    """What a summary says of the exponents of what generated the data, and of what the network's are off by.

    `true` stands in the names where the equations are known. Nothing is held against an estimate that fails a check.
    """
    if truth is None:
        return {}
    found = _of_equations(spectrum, truth) if truth.known else _of_series(truth)
    comparison = compare(spectrum, truth)
    if comparison is not None:
        found["lambda_max_difference_standard_errors"] = comparison.exponents[0].in_errors
    return found


def _of_equations(spectrum: LyapunovSpectrum, truth: Truth) -> dict[str, Any]:
    true = float(truth.exponents[0])
    relative = {}
    if truth.trusted:
        gap = float(spectrum.exponents[0]) - true
        relative = {"lambda_max_relative_error": gap / true if true != 0 else None}
    return {
        "lambda_max_true": true,
        "lambda_max_true_standard_error": float(truth.standard_error[0]),
        "lambda_max_true_origin": truth.origin,
        "lambda_max_true_grade": str(truth.grade),
        **relative,
        "kaplan_yorke_dimension_true": truth.kaplan_yorke,
    }


def _of_series(truth: Truth) -> dict[str, Any]:
    return {
        "lambda_max_from_series": float(truth.exponents[0]),
        "lambda_max_from_series_standard_error": float(truth.standard_error[0]),
        "lambda_max_from_series_grade": str(truth.grade),
    }
