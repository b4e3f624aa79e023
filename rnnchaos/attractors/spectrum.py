"""The Lyapunov spectrum of a step function, of one attractor alone."""

from functools import wraps
from typing import Any

import rnnchaos.tangent
from rnnchaos.attractors.finding import find_attractors
from rnnchaos.tangent import Check, Grade, LyapunovSpectrum
from rnnchaos.tangent.tangent import states_of
from rnnchaos.typing import HasStep, Points, Step


@wraps(rnnchaos.tangent.lyapunov_spectrum)
def lyapunov_spectrum(step: Step | HasStep, x0: Points, **settings: Any) -> LyapunovSpectrum:
    """As that of `rnnchaos.tangent`; of several starts, the spectrum of the attractor that most of them reach."""
    starts = states_of(x0)
    if starts.size == starts.shape[-1]:
        return rnnchaos.tangent.lyapunov_spectrum(step, x0, **settings)
    found = find_attractors(step, starts.reshape(-1, starts.shape[-1]), **settings)
    spectrum = found.main.spectrum
    elsewhere = found.elsewhere
    if not elsewhere:
        return spectrum
    meaning = f"share of the orbits that this is of; the others: {', '.join(elsewhere)} (see find_attractors)"
    return spectrum._replace(
        checks=(*spectrum.checks, Check("attractors", Grade.WARN, found.main.share, 1.0, meaning))
    )
