"""Checks that a measured Lyapunov spectrum must pass to be trusted, each with its figure and its bound."""

import numpy as np
import scipy
from jaxtyping import Float

from rnnchaos.tangent.averages import ALIGNED_FOLDS, END_EFFECT, long_pieces
from rnnchaos.tangent.grades import Check, Grade
from rnnchaos.tangent.spectrum import RESOLVED_SHARE, LyapunovSpectrum

_ROUNDING = 1e-12
# Shares of Σ|λ|: a fourth-order step well chosen errs by less than the first.
_SUM_PASSES, _SUM_FAILS = 1e-5, 1e-3
# Vectors that grew apart by fewer nats over a whole run are of equal exponents.
_EQUAL = 0.5
# Beyond the first, a difference in standard errors shows by chance in 1 of 400 spectra; beyond the second, in none.
_CHANCE = 1 / 400
_FAILS = 6.0


def spectrum_checks(spectrum: LyapunovSpectrum, *, flow: bool) -> list[Check]:
    """The checks that a spectrum allows by itself; `flow` says that its orbits are curves in continuous time."""
    checks = [_transient(spectrum), _alignment(spectrum), _resolution(spectrum), _halves(spectrum)]
    if spectrum.log_volume_rate is not None:
        checks.append(_sum_rule(spectrum))
    if spectrum.rounded is not None:
        checks.append(_rounded(spectrum.rounded))
    if spectrum.stopped == "slow":
        checks.append(_slow(spectrum))
    if spectrum.kinks:
        checks.append(_kinks(spectrum))
    if spectrum.unstable:
        checks.append(_unstable(spectrum))
    if spectrum.retraced:
        checks.append(_independence(spectrum))
    if flow and not _at_rest(spectrum):
        checks.append(_zero_exponent(spectrum))
    return checks


def half_step_check(spectrum: LyapunovSpectrum, finer: LyapunovSpectrum) -> Check:
    """Whether the same system integrated by half the step has the same exponents within their errors."""
    count = min(len(spectrum.exponents), len(finer.exponents))
    error = np.hypot(_with_ends(spectrum)[:count], _with_ends(finer)[:count])
    exponents, finer_exponents = spectrum.exponents[:count], finer.exponents[:count]
    with np.errstate(invalid="ignore"):  # a direction that both collapse
        apart = np.where(exponents == finer_exponents, 0.0, np.abs(exponents - finer_exponents))
    figure = float(np.max(apart / error))
    meaning = "most that half the integration step changes an exponent, in standard errors"
    return _standard_errors("half step", figure, spectrum, meaning, count)


def _transient(spectrum: LyapunovSpectrum) -> Check:
    grade = Grade.PASS if spectrum.settled else Grade.WARN
    meaning = "steps that were dropped before the average" + ("" if spectrum.settled else ", not yet enough")
    return Check("transient", grade, float(spectrum.transient_steps), float(spectrum.num_steps), meaning)


def _alignment(spectrum: LyapunovSpectrum) -> Check:
    folds = spectrum.alignment_folds
    finite = np.isfinite(spectrum.exponents)
    apart = -np.diff(spectrum.exponents[finite]) > _ROUNDING * _scale(spectrum)
    # Two zeros need no parting, nor do vectors of a complex pair, which never grow apart.
    zero, run = spectrum.zero[finite], spectrum.num_steps * spectrum.time_per_step
    apart &= ~(zero[:-1] & zero[1:]) & (-np.diff(spectrum.exponents[finite]) * run > _EQUAL)
    if not apart.any():
        return Check("alignment", Grade.PASS, np.inf, ALIGNED_FOLDS, "equal exponents need none")
    pair = int(np.where(apart, folds, np.inf).argmin())
    close = int(np.sum(apart & (folds < ALIGNED_FOLDS)))
    meaning = f"e-folds of λ_{pair + 1} against λ_{pair + 2} during the transient"
    if close:
        meaning += f"; {close} of {len(folds)} pairs of neighbours are too close to part: trust their mean"
    return Check("alignment", Grade.WARN if close else Grade.PASS, float(folds[pair]), ALIGNED_FOLDS, meaning)


def _resolution(spectrum: LyapunovSpectrum) -> Check:
    least = 1.0 if spectrum.remainder is None else float(spectrum.remainder.min())
    lost = np.flatnonzero(~spectrum.resolved) + 1
    meaning = "least share of a tangent vector that was left after a QR decomposition"
    if lost.size:
        which = f"λ_{lost[0]}" + (f" to λ_{lost[-1]} are" if lost.size > 1 else " is")
        meaning += f"; {which} lower than {'it reads' if lost.size == 1 else 'they read'}"
    return Check("resolution", Grade.WARN if lost.size else Grade.PASS, least, RESOLVED_SHARE, meaning)


def _halves(spectrum: LyapunovSpectrum) -> Check:
    middle = spectrum.blocks.shape[1] // 2
    finite = np.isfinite(spectrum.exponents)
    blocks = spectrum.blocks[..., finite]
    # Each half has twice the variance of the whole, and their difference four times.
    error = np.hypot(2 * _with_ends(spectrum)[finite], _ROUNDING * max(1.0, _scale(spectrum)))
    apart = np.abs(blocks[:, :middle].mean(axis=(0, 1)) - blocks[:, middle:].mean(axis=(0, 1)))
    figure = float(np.max(apart / error, initial=0.0))
    meaning = "most that an exponent differs between the two halves of the orbits, in standard errors"
    return _standard_errors("two halves", figure, spectrum, meaning, len(error))


def _independence(spectrum: LyapunovSpectrum) -> Check:
    started = spectrum.num_orbits + spectrum.retraced
    # A cycle has no more than its one orbit to offer.
    grade = Grade.WARN if spectrum.chaotic else Grade.PASS
    meaning = f"orbits that count, of {started}: the others go where these have been, and are left out"
    return Check("independent orbits", grade, float(spectrum.num_orbits), float(started), meaning)


def _sum_rule(spectrum: LyapunovSpectrum) -> Check:
    assert spectrum.log_volume_rate is not None
    meaning = "|Σλ − mean volume growth| as a share of Σ|λ|"
    if np.isneginf(spectrum.log_volume_rate) or np.isneginf(spectrum.sum):
        # A direction that is taken to nothing takes all volume with it; what is a bound already is below it.
        agrees = np.isneginf(spectrum.log_volume_rate) and bool(np.isneginf(spectrum.sum))
        if agrees or not spectrum.resolved.all():
            return Check("sum rule", Grade.PASS, 0.0, _SUM_PASSES, f"{meaning}; both -inf")
        return Check("sum rule", Grade.FAIL, np.inf, _SUM_PASSES, f"{meaning}; only one of them -inf")
    apart = abs(spectrum.sum - spectrum.log_volume_rate)
    rounding = _ROUNDING * len(spectrum.exponents) / spectrum.time_per_step
    figure = 0.0 if apart <= rounding else apart / max(_scale(spectrum), np.finfo(float).tiny)
    grade = Grade.PASS if figure <= _SUM_PASSES else Grade.WARN if figure <= _SUM_FAILS else Grade.FAIL
    if grade is Grade.FAIL and not spectrum.resolved.all():
        grade, meaning = Grade.WARN, f"{meaning}; both hold exponents that float64 does not resolve"
    return Check("sum rule", grade, figure, _SUM_PASSES, meaning)


def _rounded(measured: Float[np.ndarray, " k"]) -> Check:
    which = np.flatnonzero(np.isfinite(measured))
    meaning = (
        f"what λ_{which[0] + 1} measured, all of it rounding: orbits pass where the Jacobian collapses a direction, as "
        "superstable ones do, and it is -inf as far as float64 tells"
    )
    return Check("rounding", Grade.WARN, float(measured[which[0]]), -np.inf, meaning)


def _slow(spectrum: LyapunovSpectrum) -> Check:
    meaning = (
        "standard error of λ_max, which falls more slowly than with the root of the steps, as where orbits stick to "
        "islands of regular motion: it may be larger"
    )
    return Check("error", Grade.WARN, float(spectrum.standard_error[0]), 0.0, meaning)


def _kinks(spectrum: LyapunovSpectrum) -> Check:
    meaning = "orbits that rest on a kink of the step, where its slope is one-sided: exponents are those of one side"
    return Check("kink", Grade.WARN, float(spectrum.kinks), 0.0, meaning)


def _unstable(spectrum: LyapunovSpectrum) -> Check:
    meaning = (
        f"steps after which orbits repeat themselves, on {'a point' if spectrum.unstable == 1 else 'a cycle'} from "
        "which neighbours part: rounding or symmetry has put them there, and exponents are those of no attractor"
    )
    return Check("repetition", Grade.FAIL, float(spectrum.unstable), 0.0, meaning)


def _zero_exponent(spectrum: LyapunovSpectrum) -> Check:
    distance = np.abs(spectrum.exponents) / _with_ends(spectrum)
    meaning = (
        f"distance from 0 of λ_{int(distance.argmin()) + 1}, a flow's neutral exponent, in standard errors"
    )
    return _standard_errors("zero exponent", float(distance.min()), spectrum, meaning, 1)


def _at_rest(spectrum: LyapunovSpectrum) -> bool:
    """Whether all exponents are negative, as at a stable fixed point, where no direction is neutral."""
    return bool(spectrum.exponents[0] < -_FAILS * _with_ends(spectrum)[0])


def _with_ends(spectrum: LyapunovSpectrum) -> Float[np.ndarray, " k"]:
    """Standard errors with what the ends of all orbits may add alike, which their spread does not show."""
    orbit_time = spectrum.num_steps * spectrum.time_per_step
    return np.hypot(spectrum.standard_error, END_EFFECT / orbit_time)


def _standard_errors(name: str, figure: float, spectrum: LyapunovSpectrum, meaning: str, tries: int) -> Check:
    """Judge the largest of `tries` differences in standard errors that come from few pieces."""
    pieces = long_pieces(spectrum.blocks)
    bound = -float(
        scipy.special.stdtrit(pieces.shape[0] * pieces.shape[1] - 1, _CHANCE / (2 * max(1, tries)))
    )
    fails = max(_FAILS, 2 * bound)
    grade = Grade.PASS if figure <= bound else Grade.WARN if figure <= fails else Grade.FAIL
    return Check(name, grade, figure, bound, meaning)


def _scale(spectrum: LyapunovSpectrum) -> float:
    exponents = spectrum.exponents
    return float(np.abs(exponents[np.isfinite(exponents)]).sum())
