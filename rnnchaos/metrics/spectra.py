"""Power spectra, and the distance D_H between those of two series."""

from typing import Literal, NamedTuple

import numpy as np
import scipy
from jaxtyping import Float

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.blocks import are_blocks_long_enough, block_of, jackknife_error
from rnnchaos.metrics.series import Estimate, Series, as_pieces, check_pair, check_series
from rnnchaos.pieces import Pieces
from rnnchaos.setting import SettingError, check_choice

SpectrumForm = Literal["paper", "gtf"]

NUM_SEGMENTS = 50
NUM_BINS = 500
_PAPER_SIGMA, _PAPER_TAPS = 2.0, 21
_GTF_SIGMA, _GTF_REACH = 20.0, 80
_GTF_TAPS = np.exp(-0.5 * (np.arange(-_GTF_REACH, _GTF_REACH + 1) / _GTF_SIGMA) ** 2)
_GTF_TAPS /= _GTF_TAPS.sum()
# Bins that are smoothed by one row of a product, and rows that fit a core's cache.
_BLOCK, _TOGETHER = 64, 64
# Parts of the generated series that are left out in turn: of the 50 segments, five each.
_NUM_PARTS = 10
# Into how many segments a series is cut at least.
_SEGMENTS: dict[SpectrumForm, int] = {"paper": NUM_SEGMENTS, "gtf": 1}
# The shortest series whose spectrum is about as long as the smoothing kernel.
_MIN_STEPS: dict[SpectrumForm, int] = {"paper": 2000, "gtf": 320}
# A series that varies less than this share of the truth's standard deviation is constant up to rounding.
_CONSTANT = 1e-6


class PowerSpectra(NamedTuple):
    """One-sided power spectral densities, one column an axis."""

    frequency: Float[np.ndarray, " frequency"]
    """Cycles per time unit."""
    density: Float[np.ndarray, "frequency dimension"]
    """Squared data units times time unit; integrates over frequency to the variance."""


def power_spectra(series: Series | Pieces, time_per_step: float) -> PowerSpectra:
    """Welch's estimate of each axis' spectrum: Hann windows of an eighth of the series, at most 4096 steps.

    Of a series in pieces the windows are no longer than typical pieces, and what is shorter has none. Frequency 0 is
    left out, since each window's mean is removed.

    Raises:
        ConfigError: a series of fewer than 2 steps, or not finite.
    """
    series = as_pieces("series", series)
    check_series("series", series.values)
    if not 0 < time_per_step < np.inf:
        raise SettingError("time_per_step", "be finite and greater than 0", time_per_step)
    if len(series) < 2:
        raise ConfigError(f"a power spectrum needs at least 2 steps, got {len(series)}")
    window = min(series.typical_length, max(64, len(series) // 8), 4096)
    parts = series.at_least(window).parts()
    density = np.average(
        [_welch(part.values, window) for part in parts], axis=0, weights=[len(part) for part in parts]
    )
    return PowerSpectra(np.fft.rfftfreq(window, time_per_step)[1:], time_per_step * density[1:])


def _welch(
    values: Float[np.ndarray, "time dimension"], window: int
) -> Float[np.ndarray, "frequency dimension"]:
    """One-sided densities per step from windows that overlap by half.

    As of `scipy.signal.welch`, whose import alone takes a second.
    """
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    windows = np.lib.stride_tricks.sliding_window_view(values, window, axis=0)[:: window - window // 2]
    power = np.abs(scipy.fft.rfft((windows - windows.mean(axis=-1, keepdims=True)) * hann, axis=-1)) ** 2
    density = power.mean(axis=0).T / np.sum(hann**2)
    density[1 : (window + 1) // 2] *= (
        2  # negative frequencies; of 0 and of an even window's last there are none
    )
    return density


def power_spectrum_distance(
    truth: Series | Pieces,
    generated: Series | Pieces,
    *,
    form: SpectrumForm,
) -> float:
    """Hellinger distance D_H between the power spectra P and Q of two series, 0 to 1, averaged over the axes.

    - `paper` (arXiv:2110.07238): √(1 - ∫√(PQ)) by the trapezoidal rule over the lowest 500 bins (all, where
      there are fewer). P and Q are averaged over 50 standardised segments and smoothed with σ = 2 bins, but
      not normalised again, so identical series are **not** at distance 0 (on Lorenz 0.11 to 0.16).
    - `gtf` (Hess et al. 2023, arXiv:2306.04406): √(1 - Σ√(PQ)) over the spectrum of the whole standardised
      series, smoothed with σ = 20 bins, mirrored at both ends, and normalised to 1; identical series are at distance 0.

    The longer series is cut to the length of the shorter. Of series in pieces the spectrum is the mean over segments as
    long as typical pieces of both, or shorter as above: none lies across a border. An axis that is constant, as at a
    fixed point, counts as white noise, which is what its rounding errors are: where the truth's own spectrum is nearly
    white, as for many maps, D_H hardly tells it from a fixed point.

    Raises:
        ConfigError: a form that is none, series too short for the smoothing (2000 steps for `paper`, 320 for `gtf`, or
            pieces below 40 and 320) or not finite.
    """
    return power_spectrum_estimate(truth, generated, form=form, scatter=False).value


def power_spectrum_estimate(
    truth: Series | Pieces,
    generated: Series | Pieces,
    *,
    form: SpectrumForm,
    scatter: bool = True,
) -> Estimate:
    """`power_spectrum_distance` with its standard error over generated series of the same length, the truth held fixed.

    From the distances without each tenth of the generated series in turn; without `scatter` there is none. Raises what
    that raises.
    """
    check_choice("form", form, [*_SEGMENTS])
    truth, generated = as_pieces("truth", truth), as_pieces("generated series", generated)
    check_pair(truth.values, generated.values)
    scale, length = truth.values.std(axis=0), min(len(truth), len(generated))
    if length < _MIN_STEPS[form]:
        raise ConfigError(f'd_h form "{form}" needs at least {_MIN_STEPS[form]} steps, got {length}')
    truth, generated = truth.head(length), generated.head(length)
    segment = min(length // _SEGMENTS[form], truth.typical_length, generated.typical_length)
    if segment < _MIN_STEPS[form] // _SEGMENTS[form]:
        least = _MIN_STEPS[form] // _SEGMENTS[form]
        raise ConfigError(f'd_h form "{form}" needs pieces of at least {least} steps, got {segment}')
    compared = _compared_as_paper if form == "paper" else _compared_as_gtf
    # Time last, where it lies in one stretch of memory: sums and transforms along it are several times faster.
    true_segments, segments = (
        np.ascontiguousarray(series.segments(segment)[: length // segment].swapaxes(1, 2))
        for series in (truth, generated)
    )
    parts = _NUM_PARTS if scatter and are_blocks_long_enough(length, _NUM_PARTS) else 0
    value, without = compared(true_segments, segments, scale, parts)
    return Estimate(value, jackknife_error(without) if parts else None)


def _compared_as_paper(
    truth: Float[np.ndarray, "segment dimension time"],
    generated: Float[np.ndarray, "other_segment dimension time"],
    scale: Float[np.ndarray, " dimension"],
    parts: int,
) -> tuple[float, Float[np.ndarray, " part"]]:
    """The distance of the whole, and those without each of so many parts of the segments."""
    offsets = np.arange(_PAPER_TAPS) - _PAPER_TAPS // 2
    kernel = np.exp(-(offsets**2) / (2 * _PAPER_SIGMA**2))

    def smooth(power):
        return scipy.ndimage.convolve1d(power, kernel / kernel.sum(), mode="constant")[:, :NUM_BINS]

    def distance(power):
        overlap = np.trapezoid(np.sqrt(true_power * smooth(power)))
        return float(np.mean(np.sqrt(np.maximum(0.0, 1 - overlap))))  # rounding can lift the overlap above 1

    true_power, powers = smooth(_power_shares(truth, scale).mean(axis=0)), _power_shares(generated, scale)
    count = min(parts, len(powers))
    part = block_of(len(powers), count)
    without = (
        [distance(powers[part != left_out].mean(axis=0)) for left_out in range(count)] if count > 1 else []
    )
    return distance(powers.mean(axis=0)), np.array(without)


def _compared_as_gtf(
    truth: Float[np.ndarray, "segment dimension time"],
    generated: Float[np.ndarray, "other_segment dimension time"],
    scale: Float[np.ndarray, " dimension"],
    parts: int,
) -> tuple[float, Float[np.ndarray, " part"]]:
    """The distance of the whole, and those with each of so many parts of the generated series at its mean."""

    def amplitudes(segments):
        shares = _power_shares(segments, scale).mean(axis=0)
        power = _smoothed(shares, _GTF_TAPS)
        return np.sqrt(power / power.sum(axis=-1, keepdims=True))

    def distance(series):
        # For spectra that sum to 1 this is √(1 - Σ√(PQ)), without its loss of digits near 0.
        return float(np.mean(np.sqrt(0.5 * np.sum((true_amplitudes - amplitudes(series)) ** 2, axis=-1))))

    def without(left_out):
        there = part == left_out
        rest = generated.sum(axis=(0, 2)) - np.where(there, generated, 0.0).sum(axis=(0, 2))
        return distance(np.where(there, (rest / np.sum(~there))[:, None], generated))

    true_amplitudes = amplitudes(truth)
    count, length = generated.shape[0], generated.shape[2]
    part = block_of(count * length, max(1, parts)).reshape(count, 1, length)
    return distance(generated), np.array([without(left_out) for left_out in range(parts)])


def _smoothed(
    power: Float[np.ndarray, "dimension bins"], taps: Float[np.ndarray, " taps"]
) -> Float[np.ndarray, "dimension bins"]:
    """`scipy.ndimage.convolve1d` of mode `mirror`, as products of matrices: a quarter of the time for so many taps."""
    reach, bins = len(taps) // 2, power.shape[-1]
    mirrored = np.pad(power, [(0, 0), (reach, reach + -bins % _BLOCK)], mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(mirrored, _BLOCK + 2 * reach, axis=1)[:, ::_BLOCK]
    weights = scipy.linalg.toeplitz(np.pad(taps, (0, _BLOCK - 1)), np.pad(taps[:1], (0, _BLOCK - 1)))
    smoothed = np.empty((*windows.shape[:2], _BLOCK))
    for first in range(0, windows.shape[1], _TOGETHER):
        part = slice(first, first + _TOGETHER)
        smoothed[:, part] = np.ascontiguousarray(windows[:, part]) @ weights
    return smoothed.reshape(len(power), -1)[:, :bins]


def _power_shares(
    segments: Float[np.ndarray, "segment dimension time"], scale: Float[np.ndarray, " dimension"]
) -> Float[np.ndarray, "segment dimension bins"]:
    """Each frequency's share of the variance of each axis: flat where an axis is constant."""
    waves = scipy.fft.rfft(segments - segments.mean(axis=-1, keepdims=True))
    power = np.abs(waves) ** 2
    power[np.ptp(segments, axis=-1) <= _CONSTANT * scale] = 1.0
    power[..., 0] = 0.0
    return power / power.sum(axis=-1, keepdims=True)
