"""The exponent 0 of a flow, which a network that was trained on one should have: a map need not, so it is a check."""

import numpy as np

from rnnchaos.data import Dataset
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.tangent import Check, Grade, LyapunovSpectrum
from rnnchaos.tangent.averages import error_of_mean

# Of λ_max, where that is chaos: a deviation below it changes nothing that anyone measures.
_SMALL = 0.01
_SIGNIFICANT = 3.0


def flow_checks(spectrum: LyapunovSpectrum, dataset: Dataset, truth: Truth | None) -> list[Check]:
    """The check of a network that was trained on a flow, known or declared to be one, in motion; else none.

    Nor of data that show a few phases of a drive alone, and no exponent 0.
    """
    has_one = dataset.flow and not _at_rest(truth) and not _without_neutral(truth)
    return [neutral_check(spectrum)] if has_one else []


def neutral_check(spectrum: LyapunovSpectrum) -> Check:
    """Whether the exponent nearest to 0 is 0, within 3 standard errors or 1 % of λ_max; it warns where it is not.

    Flows that are at rest have none: this is for data that move.
    """
    # What growth as a power of time would add to the error is what is asked here: it must not answer.
    exponents, errors = spectrum.exponents, error_of_mean(spectrum.blocks)
    index = int(np.argmin(np.abs(exponents)))
    small = _SMALL * spectrum.max_exponent if spectrum.chaotic else 0.0
    bound = max(_SIGNIFICANT * float(errors[index]), small)
    figure = float(exponents[index])
    meaning = (
        f"λ_{index + 1}, that nearest to 0, per time unit; the data are those of a flow, which has one at 0"
    )
    if abs(figure) > bound and index > 0 and figure > 0:
        meaning += ": the exponents above it are low by as much, if their sum is right"
    return Check(
        "neutral exponent", Grade.PASS if abs(figure) <= bound else Grade.WARN, figure, bound, meaning
    )


def _at_rest(truth: Truth | None) -> bool:
    """Whether all exponents of the data are negative, as at a stable fixed point, where no direction is neutral."""
    if truth is None or not truth.trusted:
        return False
    return bool(truth.exponents[0] < -_SIGNIFICANT * truth.standard_error[0])


def _without_neutral(truth: Truth | None) -> bool:
    """Whether equations are known and none of several exponents is 0 within its error, or 1 % of λ_max."""
    if truth is None or not (truth.known and truth.trusted) or len(truth.exponents) < 2:
        return False
    small = _SMALL * float(truth.exponents[0]) if truth.chaotic else 0.0
    return bool(np.all(np.abs(truth.exponents) > np.maximum(_SIGNIFICANT * truth.standard_error, small)))
