"""The exponent 0 of a flow, which a network that was trained on one should have: a map need not, so it is a check."""

import numpy as np

from rnnchaos.tangent import Check, Grade, LyapunovSpectrum

# Of λ_max, where that is chaos: a deviation below it changes nothing that anyone measures.
_SMALL = 0.01
_SIGNIFICANT = 3.0


def neutral_check(spectrum: LyapunovSpectrum) -> Check:
    """Whether the exponent nearest to 0 is 0, within 3 standard errors or 1 % of λ_max; it warns where it is not.

    Flows that are at rest have none: this is for data that move.
    """
    exponents, errors = spectrum.exponents, spectrum.standard_error
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
