"""How exponents vary along an orbit, and the angles between the directions that belong to them."""

import math

import numpy as np
from jaxtyping import Float

from rnnchaos.diagnostics.findings import Findings, with_figures
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.numbers import counted
from rnnchaos.tangent import (
    CovariantVectors,
    FiniteTimeExponents,
    LyapunovSpectrum,
    covariant_vectors,
    finite_time_exponents,
    lower_tail,
)
from rnnchaos.typing import Step

# The longest windows, of so many predictability times.
_LONGEST = 16
# Of each orbit: as many as half of its steps hold, within these.
_FEWEST_WINDOWS, _MOST_WINDOWS = 64, 4_000
# No longer, however weak the chaos, than this share of what the spectrum was measured over: two of the longest.
_SHARE_OF_RUN = 2 * _LONGEST
# Without chaos there is no predictability time; a window is then as long as a step of the convergence plot.
_NO_CHAOS_WINDOW = 50
# Records of covariant vectors, together over all orbits, and the steps of each orbit that they span.
_MOST_RECORDS = 40_000
_SHARE_OF_STEPS = 5
# Below this exponent of their lower tail, angles have a density at zero: 1 where manifolds touch, far above otherwise.
_TANGENT = 2.0


def along_orbits(
    step: Step,
    starts: Float[np.ndarray, "orbit state"],
    spectrum: LyapunovSpectrum,
    settings: LyapunovSettings,
    *,
    num_steps: int,
) -> Findings:
    """What a spectrum does not tell: finite-time exponents and, where the settings ask for them, covariant vectors."""
    found = finite_time_findings(step, starts, spectrum, settings, num_steps=num_steps)
    if not settings.covariant:
        return found
    return found.joined(covariant_findings(step, starts, spectrum, num_steps=num_steps))


def finite_time_findings(
    step: Step,
    starts: Float[np.ndarray, "orbit state"],
    spectrum: LyapunovSpectrum,
    settings: LyapunovSettings,
    *,
    num_steps: int,
) -> Findings:
    """The exponents over windows of one predictability time and longer, along orbits that have settled.

    A window of τ = ln 2 / λ_max steps is what sparse forcing lets a network run freely.
    """
    window = _window(spectrum, settings)
    fewest = min(_FEWEST_WINDOWS, max(_SHARE_OF_RUN, spectrum.num_steps // window))
    count = min(max(num_steps // 2 // window, fewest), _MOST_WINDOWS)
    shortest = finite_time_exponents(
        step,
        starts,
        window=window,
        num_windows=count,
        num_exponents=len(spectrum.exponents),
        transient=spectrum.transient_steps,
        qr_every=_divisor(window, spectrum.qr_every),
        time_per_step=spectrum.time_per_step,
    )
    shortest = _without_rounding(shortest, spectrum)
    deviation = np.sqrt(shortest.variance_times_window[0] / shortest.window_time)
    findings = Findings(
        summary={
            "finite_time": {
                "window_steps": shortest.window_steps,
                "standard_deviation_per_time_unit": np.sqrt(
                    shortest.variance_times_window / shortest.window_time
                ),
                "variance_times_window": shortest.over(_LONGEST).variance_times_window,
                "variance_times_window_error": shortest.over(_LONGEST).variance_times_window_error,
                "skewness": shortest.skewness,
                "share_positive": shortest.share_positive,
                "share_out_of_order": shortest.share_out_of_order,
            }
        },
        arrays={"finite_time": {"exponents": shortest.values, "window_time": np.array(shortest.window_time)}},
        shown=(
            f"over windows of {counted(window, 'step')} ({shortest.window_time:.3g} time units) λ_1 has a standard "
            f"deviation of {deviation:.3g} and is positive in {100 * shortest.share_positive[0]:.1f} % of them",
        ),
    )
    return with_figures(findings, ("finite_time", "finite_time"))


def _without_rounding(found: FiniteTimeExponents, spectrum: LyapunovSpectrum) -> FiniteTimeExponents:
    """With -inf where all that windows measure is rounding, as on superstable orbits."""
    if spectrum.rounded is None:
        return found
    return found._replace(values=np.where(np.isfinite(spectrum.rounded), -np.inf, found.values))


def covariant_findings(
    step: Step,
    starts: Float[np.ndarray, "orbit state"],
    spectrum: LyapunovSpectrum,
    *,
    num_steps: int,
) -> Findings:
    """Covariant Lyapunov vectors along a share of the `num_steps` steps, and the angles between them."""
    steps = max(1, num_steps // _SHARE_OF_STEPS)
    thinned = math.ceil(len(starts) * steps / spectrum.qr_every / _MOST_RECORDS)
    found = covariant_vectors(
        step,
        starts,
        num_steps=steps,
        num_vectors=_num_vectors(spectrum),
        transient=None,
        qr_every=spectrum.qr_every,
        record_every=thinned * spectrum.qr_every,
        time_per_step=spectrum.time_per_step,
    )
    split, count = found.num_not_contracting, found.vectors.shape[2]
    splitting = found.splitting_angles().ravel() if 0 < split < count else None
    angles = {} if splitting is None else {"splitting_angle": splitting}
    findings = Findings(
        summary={"covariant_vectors": _numbers(found, splitting)},
        arrays={
            "covariant_vectors": {
                "states": found.states,
                "vectors": found.vectors,
                "growth": found.growth,
                "record_every": np.array(found.record_every),
                **angles,
            }
        },
        shown=(_said(found, splitting),),
    )
    return with_figures(findings, ("angles", "covariant_vectors")) if count > 1 else findings


def _window(spectrum: LyapunovSpectrum, settings: LyapunovSettings) -> int:
    if settings.window != "auto":
        return settings.window
    if not spectrum.chaotic:
        return _NO_CHAOS_WINDOW
    longest = max(1, spectrum.num_steps // _SHARE_OF_RUN)
    return min(max(1, round(math.log(2) / spectrum.per_step[0])), longest)


def _divisor(window: int, longest: int) -> int:
    """The longest QR interval up to `longest` that divides the window."""
    return max(each for each in range(1, longest + 1) if window % each == 0)


def _num_vectors(spectrum: LyapunovSpectrum) -> int:
    """Those that the attractor's dimension needs and one more, without directions that are lost at once."""
    needed = len(spectrum.exponents)
    if spectrum.kaplan_yorke is not None:
        needed = math.floor(spectrum.kaplan_yorke) + 2
    return max(1, min(needed, int(np.isfinite(spectrum.exponents).sum())))


def _numbers(found: CovariantVectors, splitting: Float[np.ndarray, " sample"] | None) -> dict:
    numbers = {
        "exponents_per_time_unit": found.exponents,
        "standard_error_per_time_unit": found.standard_error,
        "num_not_contracting": found.num_not_contracting,
        "alignment_folds": found.alignment_folds,
        "records": found.states.shape[0] * found.states.shape[1],
        "record_every_steps": found.record_every,
    }
    if splitting is None:
        return numbers
    tail = lower_tail(splitting)
    return numbers | {
        "splitting_angle_smallest_radians": tail.smallest,
        "splitting_angle_median_radians": float(np.median(splitting)),
        "splitting_angle_tail_exponent": tail.exponent,
    }


def _said(found: CovariantVectors, splitting: Float[np.ndarray, " sample"] | None) -> str:
    count = found.vectors.shape[2]
    if splitting is None:
        return f"covariant vectors: {count}, all on one side of zero, so there is no splitting to measure"
    tail, split = lower_tail(splitting), found.num_not_contracting
    verdict = "manifolds touch" if tail.exponent < _TANGENT else "no tangencies seen"
    return (
        f"covariant vectors: the angle between the first {split} and the other {count - split}, which contract, is "
        f"{np.degrees(np.median(splitting)):.1f}° in the median and {np.degrees(tail.smallest):.2g}° at least; "
        f"its share below θ falls as θ^{tail.exponent:.2g}: {verdict}"
    )
