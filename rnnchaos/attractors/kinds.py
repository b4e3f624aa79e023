"""What an attractor is, in words."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Int

from rnnchaos.tangent import LyapunovSpectrum
from rnnchaos.tangent.averages import END_EFFECT
from rnnchaos.tangent.runaway import runs_away

# Cycles of more steps are not counted: they may be curves.
LONGEST_CYCLE = 64
# Standard errors by which an exponent above 0 is that of no rest.
_BURSTS = 2.0
DRIFT = "drift"
"""Orbits that go straight on where no fixed point is."""
INTERMITTENT = "intermittent"
"""Orbits that rest near a point for long, and burst out of it: their exponent is above 0, but not surely so."""


def kind_of(
    spectrum: LyapunovSpectrum,
    places: Int[np.ndarray, " orbit"],
    *,
    many: int,
    drifts: Callable[..., bool],
    period_of: Callable[[int], int | None],
) -> str:
    """In words, by the largest exponent and how many different places its orbits visit.

    `drifts` says whether orbits that go straight on have no fixed point, given whether they creep;
    `period_of` after how many steps, up to some, orbits are back, None where they are not.
    """
    if spectrum.unstable:
        return f"unstable {cycle_of(spectrum.unstable)}"
    if runs_away(spectrum):
        return DRIFT
    if spectrum.chaotic:
        return "chaotic"
    period = int(places.min())
    if drifts(creeps=period == 1):
        return DRIFT
    if period == 1 and _bursts(spectrum):
        return INTERMITTENT
    if spectrum.conserves and many > 1:
        return "family of regular orbits"
    if period == 1 or (period <= LONGEST_CYCLE and spectrum.exponents[0] < 0):
        return cycle_of(period if period == 1 else period_of(LONGEST_CYCLE) or period)
    return "regular"


def cycle_of(period: int) -> str:
    """What repeats itself after so many steps."""
    return "fixed point" if period == 1 else f"cycle of {period} steps"


def in_a_sentence(kind: str) -> str:
    """A kind as what orbits end on."""
    article = "an" if kind.startswith("unstable") else "a"
    return {
        "chaotic": "chaos",
        "regular": "regular motion",
        DRIFT: "a drift without end",
        INTERMITTENT: "rests with bursts between",
    }.get(kind, f"{article} {kind}")


def _bursts(spectrum: LyapunovSpectrum) -> bool:
    """Whether neighbours part, which those of a point that orbits come to rest at do not."""
    value, error = float(spectrum.exponents[0]), float(spectrum.standard_error[0])
    return value > _BURSTS * error and value * spectrum.num_steps * spectrum.time_per_step > END_EFFECT
