"""Power spectra, and the distance D_H between those of two series."""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.ndimage import convolve1d, gaussian_filter1d
from scipy.signal import welch

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.series import check_dimensions, check_series

SpectrumForm = Literal["paper", "gtf"]

NUM_SEGMENTS = 50
NUM_BINS = 500
_PAPER_SIGMA, _PAPER_TAPS = 2.0, 21
_GTF_SIGMA = 20.0
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


def power_spectra(series: Float[np.ndarray, "time dimension"], time_per_step: float) -> PowerSpectra:
    """Welch's estimate of each axis' spectrum: Hann windows of an eighth of the series, at most 4096 steps.

    Frequency 0 is left out, since each window's mean is removed.

    Raises:
        ConfigError: a series of fewer than 2 steps, or not finite.
    """
    series = check_series("series", series)
    if len(series) < 2:
        raise ConfigError(f"a power spectrum needs at least 2 steps, got {len(series)}")
    window = min(len(series), max(64, len(series) // 8), 4096)
    frequency, density = welch(series, fs=1 / time_per_step, nperseg=window, axis=0)
    return PowerSpectra(frequency[1:], density[1:])


def power_spectrum_distance(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "steps generated_dimension"],
    *,
    form: SpectrumForm,
) -> float:
    """Hellinger distance D_H between the power spectra P and Q of two series, 0 to 1, averaged over the axes.

    - `paper` (arXiv:2110.07238): √(1 - ∫√(PQ)) by the trapezoidal rule over the lowest 500 bins (all, where
      there are fewer). P and Q are averaged over 50 standardised segments and smoothed with σ = 2 bins, but
      not normalised again, so identical series are **not** at distance 0 (on Lorenz 0.11 to 0.16).
    - `gtf` (Hess et al. 2023, arXiv:2306.04406): √(1 - Σ√(PQ)) over the spectrum of the whole standardised
      series, smoothed with σ = 20 bins and normalised to 1; identical series are at distance 0.

    The longer series is cut to the length of the shorter. An axis that is constant, as at a fixed point,
    counts as white noise, which is what its rounding errors are: where the truth's own spectrum is nearly
    white, as for many maps, D_H hardly tells it from a fixed point.

    Raises:
        ConfigError: series too short for the smoothing (2000 steps for `paper`, 320 for `gtf`) or not finite.
    """
    truth, generated = check_series("truth", truth), check_series("generated series", generated)
    check_dimensions(truth, generated)
    length = min(len(truth), len(generated))
    if length < _MIN_STEPS[form]:
        raise ConfigError(f'd_h form "{form}" needs at least {_MIN_STEPS[form]} steps, got {length}')
    distance = _paper_distance if form == "paper" else _gtf_distance
    return float(np.mean(distance(truth[:length], generated[:length], truth.std(axis=0))))


def _paper_distance(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "time dimension"],
    scale: Float[np.ndarray, " dimension"],
) -> Float[np.ndarray, " dimension"]:
    length = len(truth) // NUM_SEGMENTS
    offsets = np.arange(_PAPER_TAPS) - _PAPER_TAPS // 2
    kernel = np.exp(-(offsets**2) / (2 * _PAPER_SIGMA**2))

    def spectrum(series):
        segments = series[: NUM_SEGMENTS * length].reshape(NUM_SEGMENTS, length, -1)
        power = np.mean([_power_shares(segment, scale) for segment in segments], axis=0)
        return convolve1d(power, kernel / kernel.sum(), axis=0, mode="constant")[:NUM_BINS]

    overlap = np.trapezoid(np.sqrt(spectrum(truth) * spectrum(generated)), axis=0)
    return np.sqrt(np.maximum(0.0, 1 - overlap))  # rounding can lift the overlap above 1


def _gtf_distance(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "time dimension"],
    scale: Float[np.ndarray, " dimension"],
) -> Float[np.ndarray, " dimension"]:
    def spectrum(series):
        power = gaussian_filter1d(_power_shares(series, scale), _GTF_SIGMA, axis=0, mode="nearest")
        return power / power.sum(axis=0)

    # For spectra that sum to 1 this is √(1 - Σ√(PQ)), without its loss of digits near 0.
    return np.sqrt(0.5 * np.sum((np.sqrt(spectrum(truth)) - np.sqrt(spectrum(generated))) ** 2, axis=0))


def _power_shares(
    series: Float[np.ndarray, "time dimension"], scale: Float[np.ndarray, " dimension"]
) -> Float[np.ndarray, "bins dimension"]:
    """Each frequency's share of the variance of each axis: flat where an axis is constant."""
    power = np.abs(np.fft.rfft(series - series.mean(axis=0), axis=0)) ** 2
    power[:, np.ptp(series, axis=0) <= _CONSTANT * scale] = 1.0
    power[0] = 0.0
    return power / power.sum(axis=0)
