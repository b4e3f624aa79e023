"""State-space divergence D_stsp: how far a generated attractor lies from the true one, whatever the phase."""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.series import check_dimensions, check_series, standard_error

Form = Literal["paper", "gtf", "gmm_paper", "gmm_gtf"]

MAX_BINNED_DIMENSION = 5
SMOOTHING = 1e-5  # Laplace smoothing: pseudo-counts per bin
MONTE_CARLO_SAMPLES = 1000
_VARIANCE = {"gmm_paper": 0.1, "gmm_gtf": 1.0}
# Centres at a time: few enough for a core's cache, and for OpenBLAS not to start threads, which take longer.
_BLOCK = 32


class MonteCarloEstimate(NamedTuple):
    """A mean over random samples, in nats, and its standard error."""

    value: float
    standard_error: float


def default_forms(dimension: int) -> tuple[Form, Form]:
    """The two forms of D_stsp that suit a dimension: binned up to 5, Gaussian mixtures beyond."""
    return ("paper", "gtf") if dimension <= MAX_BINNED_DIMENSION else ("gmm_paper", "gmm_gtf")


def state_space_divergence(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "steps generated_dimension"],
    *,
    form: Form,
    rng: np.random.Generator | None = None,
) -> float:
    """Kullback–Leibler divergence D_stsp between the densities of two series in state space, in nats.

    - `paper` (arXiv:2110.07238): KL(truth‖generated), 10 bins a dimension from -2 to +2 standard deviations
      of the truth about zero. Points outside, and in the lowest bin of any axis, are not counted: the value
      depends on where the data's zero lies.
    - `gtf` (Hess et al. 2023, arXiv:2306.04406): KL(truth‖generated), 30 bins a dimension over the truth's
      range and 0.1 standard deviations to either side. Points outside count in the outermost bin.
    - `gmm_paper`, `gmm_gtf`: see `gaussian_mixture_divergence`; `rng` is needed for these only.

    The binned forms smooth with 1e-5 pseudo-counts in every bin, which keeps them finite.

    Raises:
        ConfigError: a series that is not finite, a binned form in more than 5 dimensions, or a truth that is
            constant along an axis or has no point in the form's window.
    """
    truth, generated = check_series("truth", truth), check_series("generated series", generated)
    check_dimensions(truth, generated)
    if form == "gmm_paper" or form == "gmm_gtf":
        if rng is None:
            raise ConfigError(f'd_stsp form "{form}" draws random samples: pass rng')
        return gaussian_mixture_divergence(truth, generated, form=form, rng=rng).value
    if truth.shape[1] > MAX_BINNED_DIMENSION:
        raise ConfigError(
            f'd_stsp form "{form}" takes at most {MAX_BINNED_DIMENSION} dimensions, got {truth.shape[1]}: '
            f'use "gmm_{form}"'
        )
    constant = np.flatnonzero(np.ptp(truth, axis=0) == 0)
    if constant.size:
        raise ConfigError(f"d_stsp has no scale on axis {constant[0]}: the truth is constant there")
    grid = _paper_grid(truth) if form == "paper" else _gtf_grid(truth)
    true_bins = grid.bins_of(truth)
    if true_bins.size == 0:
        raise ConfigError(
            'd_stsp form "paper" counts points within 2 standard deviations of zero, and the truth has none '
            'there: standardise the data or use form "gtf"'
        )
    return _divergence_of_counts(true_bins, grid.bins_of(generated), grid.num_bins)


class _Grid(NamedTuple):
    """Equal bins over a box in state space."""

    lower: Float[np.ndarray, " dimension"]
    upper: Float[np.ndarray, " dimension"]
    per_axis: int
    keeps_all: bool
    """Whether points outside count in the outermost bins; if not, they and bin index 0 are dropped."""

    @property
    def num_bins(self) -> int:
        return int(self.per_axis ** len(self.lower))

    def bins_of(self, points: Float[np.ndarray, "points dimension"]) -> Int[np.ndarray, " counted"]:
        """The flat index of the bin of each point that counts."""
        # Clipped before the cast to integers, which would wrap for orbits that run far away.
        position = np.floor(self.per_axis * (points - self.lower) / (self.upper - self.lower))
        index = np.clip(position, -1, self.per_axis).astype(np.int64)
        if self.keeps_all:
            index = np.clip(index, 0, self.per_axis - 1)
        else:
            index = index[np.all((index > 0) & (index < self.per_axis), axis=1)]
        return np.ravel_multi_index(tuple(index.T), (self.per_axis,) * len(self.lower))


def _paper_grid(truth: Float[np.ndarray, "time dimension"]) -> _Grid:
    spread = 2 * truth.std(axis=0)
    return _Grid(-spread, spread, per_axis=10, keeps_all=False)


def _gtf_grid(truth: Float[np.ndarray, "time dimension"]) -> _Grid:
    margin = 0.1 * truth.std(axis=0)
    return _Grid(truth.min(axis=0) - margin, truth.max(axis=0) + margin, per_axis=30, keeps_all=True)


def _divergence_of_counts(
    true_bins: Int[np.ndarray, " true"], generated_bins: Int[np.ndarray, " generated"], num_bins: int
) -> float:
    """KL divergence of two smoothed histograms, summed over occupied bins; all empty bins share one term."""
    occupied, inverse = np.unique(np.concatenate([true_bins, generated_bins]), return_inverse=True)
    true_counts = np.bincount(inverse[: true_bins.size], minlength=occupied.size)
    generated_counts = np.bincount(inverse[true_bins.size :], minlength=occupied.size)
    true_total = true_bins.size + SMOOTHING * num_bins
    generated_total = generated_bins.size + SMOOTHING * num_bins
    p = (true_counts + SMOOTHING) / true_total
    q = (generated_counts + SMOOTHING) / generated_total
    empty = (num_bins - occupied.size) * SMOOTHING / true_total * np.log(generated_total / true_total)
    return float(np.sum(p * np.log(p / q)) + empty)


def gaussian_mixture_divergence(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "steps generated_dimension"],
    *,
    form: Literal["gmm_paper", "gmm_gtf"],
    rng: np.random.Generator,
) -> MonteCarloEstimate:
    """KL divergence between two mixtures with an isotropic Gaussian on every point, from 1000 random samples.

    - `gmm_gtf` (Hess et al. 2023): variance 1, KL(truth‖generated), samples drawn from the truth.
    - `gmm_paper` (arXiv:2110.07238): variance 0.1, samples drawn from the generated set: KL(generated‖truth).

    The variance is in the units of the data: meant for standardised series. Densities stay in the log domain.
    """
    truth, generated = check_series("truth", truth), check_series("generated series", generated)
    check_dimensions(truth, generated)
    variance = _VARIANCE[form]
    # Centred on the truth, so that the expanded squares below lose no digits.
    origin = truth.mean(axis=0)
    truth, generated = truth - origin, generated - origin
    source, other = (truth, generated) if form == "gmm_gtf" else (generated, truth)
    centres = source[rng.integers(len(source), size=MONTE_CARLO_SAMPLES)]
    samples = centres + np.sqrt(variance) * rng.standard_normal(centres.shape)
    log_ratio = _log_density(samples, source, variance) - _log_density(samples, other, variance)
    return MonteCarloEstimate(float(log_ratio.mean()), standard_error(log_ratio))


def _log_density(
    samples: Float[np.ndarray, "samples dimension"],
    centres: Float[np.ndarray, "centres dimension"],
    variance: float,
) -> Float[np.ndarray, " samples"]:
    """Log density of a Gaussian mixture up to the constant that all mixtures of one variance share."""
    # -|s - c|²/2v = (s/v)·c - |c|²/2v - |s|²/2v: the first two terms are one matrix product.
    left = np.column_stack([samples / variance, np.ones(len(samples))])
    total = np.full(len(samples), -np.inf)
    for first in range(0, len(centres), _BLOCK):
        block = centres[first : first + _BLOCK]
        right = np.column_stack([block, -np.sum(block**2, axis=1) / (2 * variance)])
        exponent = right @ left.T
        largest = exponent.max(axis=0)
        exponent -= largest
        total = np.logaddexp(total, largest + np.log(np.exp(exponent, out=exponent).sum(axis=0)))
    return total - np.sum(samples**2, axis=1) / (2 * variance) - np.log(len(centres))
