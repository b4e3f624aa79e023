"""State-space divergence D_stsp: how far a generated attractor lies from the true one, whatever the phase."""

from typing import Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.blocks import (
    NUM_BLOCKS,
    are_blocks_long_enough,
    block_of,
    error_of_square,
    jackknife_error,
)
from rnnchaos.metrics.mixtures import MixtureForm, gaussian_mixture_divergence
from rnnchaos.metrics.series import Estimate, Series, check_pair, check_varies
from rnnchaos.setting import check_choice

BinnedForm = Literal["paper", "gtf", "dynamix", "strict"]
Form = Literal[BinnedForm, MixtureForm]

MAX_BINNED_DIMENSION = 5
SMOOTHING = 1e-5  # Laplace smoothing: pseudo-counts per bin
# The published code of the form `gtf` counts the points of a bin in 16 bits.
_WRAP = 1 << 16
# Of a grid of no more bins a list of all is at hand, which is faster than to sort the points.
_MOST_LISTED = 1_000_000


def default_forms(dimension: int) -> tuple[Form, ...]:
    """The forms of D_stsp that suit a dimension: binned up to 5, Gaussian mixtures beyond."""
    forms = get_args(BinnedForm) if dimension <= MAX_BINNED_DIMENSION else get_args(MixtureForm)
    return tuple(forms)


def state_space_divergence(
    truth: Series,
    generated: Series,
    *,
    form: Form,
    rng: np.random.Generator | None = None,
) -> float:
    """Kullback–Leibler divergence D_stsp between the densities of two series in state space, in nats.

    Three forms as their authors' code has them, and one of our own, over equal bins:

    - `paper` (arXiv:2110.07238): KL(truth‖generated), 10 bins a dimension from -2 to +2 standard deviations
      of the truth about zero. Points outside, and in the lowest bin of any axis, are not counted: the value
      depends on where the data's zero lies.
    - `gtf` (Hess et al. 2023, arXiv:2306.04406): KL(truth‖generated), 30 bins a dimension over the truth's
      range and 0.1 standard deviations to either side. Points outside are not counted, and the count of a bin
      begins again at 0 after 65 535.
    - `dynamix` (arXiv:2505.13192): KL(truth‖generated), 30 bins a dimension over the truth's range. Points outside,
      at the truth's maximum, and in the lowest bin of any axis are not counted.
    - `strict`: the bins of `gtf`, but every point counts, those outside in the outermost bins, in full.
    - `gmm_paper`, `gmm_gtf`, `gmm_strict`: see `gaussian_mixture_divergence`; `rng` is needed for these only.

    The binned forms smooth with 1e-5 pseudo-counts in every bin, which keeps them finite.

    Raises:
        ConfigError: a form that is none, a series that is not finite, a binned form in more than 5 dimensions, a truth
            that is constant along an axis, or either series without a point that the form counts: it has no value then.
    """
    return state_space_estimate(truth, generated, form=form, rng=rng, scatter=False).value


def state_space_estimate(
    truth: Series,
    generated: Series,
    *,
    form: Form,
    rng: np.random.Generator | None = None,
    scatter: bool = True,
) -> Estimate:
    """`state_space_divergence` with its standard error over pairs of a truth and a generated series of these lengths.

    From 20 blocks of the generated series and as many of the truth: the larger of what the two give (None where one has
    fewer than 200 points, and without `scatter`). Raises what that raises.
    """
    check_choice("form", form, [*get_args(BinnedForm), *get_args(MixtureForm)])
    truth, generated = check_pair(truth, generated)
    if form == "gmm_paper" or form == "gmm_gtf" or form == "gmm_strict":
        if rng is None:
            raise ConfigError(f'd_stsp form "{form}" draws random samples: pass rng')
        return gaussian_mixture_divergence(truth, generated, form=form, rng=rng)
    histograms = _histograms(truth, generated, form)
    true_counts, counts = histograms.truth.sum(axis=0), histograms.generated.sum(axis=0)
    if form == "gtf":
        true_counts, counts = true_counts % _WRAP, counts % _WRAP
    if not counts.any():
        raise ConfigError(f'd_stsp form "{form}" has no value: no generated point lies where it counts')
    value = float(histograms.divergence(true_counts, counts))
    if not scatter or not are_blocks_long_enough(min(len(truth), len(generated))):
        return Estimate(value)
    return Estimate(value, histograms.standard_error(value))


class _Grid(NamedTuple):
    """Equal bins over a box in state space."""

    lower: Float[np.ndarray, " dimension"]
    upper: Float[np.ndarray, " dimension"]
    per_axis: int
    lowest: int
    """The first bin of an axis whose points count."""
    keeps_all: bool = False
    """Whether points outside count in the outermost bins."""

    @classmethod
    def of(cls, truth: Float[np.ndarray, "time dimension"], form: BinnedForm) -> "_Grid":
        axes = np.ascontiguousarray(truth.T)  # sums over rows of few numbers take four times as long
        spread, low, high = axes.std(axis=1), axes.min(axis=1), axes.max(axis=1)
        if form == "paper":
            return cls(-2 * spread, 2 * spread, per_axis=10, lowest=1)
        if form == "dynamix":
            return cls(low, high, per_axis=30, lowest=1)
        margin = 0.1 * spread
        return cls(low - margin, high + margin, per_axis=30, lowest=0, keeps_all=form == "strict")

    @property
    def num_bins(self) -> int:
        return int(self.per_axis ** len(self.lower))

    def bins_of(
        self, points: Float[np.ndarray, "points dimension"]
    ) -> tuple[Int[np.ndarray, " counted"], Int[np.ndarray, " counted"]]:
        """Which points count, and the flat index of the bin of each of them."""
        counts, bins = np.ones(len(points), bool), np.zeros(len(points), np.int64)
        for values, lower, upper in zip(points.T, self.lower, self.upper, strict=True):
            # Clipped before the cast to integers, which would wrap for orbits that run far away.
            position = values - lower
            position *= self.per_axis
            position /= upper - lower
            np.floor(position, out=position)
            index = np.clip(position, -1, self.per_axis, out=position).astype(np.int64)
            if self.keeps_all:
                index = np.clip(index, 0, self.per_axis - 1)
            counts &= (index >= self.lowest) & (index < self.per_axis)
            bins = bins * self.per_axis + index
        counted = np.flatnonzero(counts)
        return counted, bins[counted]


class _Histograms(NamedTuple):
    """How many points of each block of either series lie in each bin in which any does."""

    truth: Int[np.ndarray, "block bin"]
    generated: Int[np.ndarray, "block bin"]
    num_bins: int
    """Of the whole grid, empty ones too."""

    def divergence(
        self, truth: Int[np.ndarray, "*many bin"], generated: Int[np.ndarray, "*others bin"]
    ) -> Float[np.ndarray, "*replicates"] | float:
        """KL(truth‖generated) of smoothed counts, summed over occupied bins; all empty bins share one term."""
        true_totals = truth.sum(axis=-1, keepdims=True) + SMOOTHING * self.num_bins
        totals = generated.sum(axis=-1, keepdims=True) + SMOOTHING * self.num_bins
        p = (truth + SMOOTHING) / true_totals
        q = (generated + SMOOTHING) / totals
        empty = (self.num_bins - truth.shape[-1]) * SMOOTHING / true_totals[..., 0]
        return np.sum(p * np.log(p / q), axis=-1) + empty * np.log(totals[..., 0] / true_totals[..., 0])

    def standard_error(self, value: float) -> float:
        """The larger of those over generated series and over true ones, from full counts, which begin again nowhere.

        A rare excursion that the truth made and the generated series did not is in none of the latter's blocks, and yet
        most of the value: that another run may well make it is seen from the truth alone.
        """
        true_counts, counts = self.truth.sum(axis=0), self.generated.sum(axis=0)
        over_runs = self.divergence(true_counts, counts - self.generated)
        over_truths = self.divergence(true_counts - self.truth, counts)
        of_roots = (np.sqrt(np.maximum(each, 0.0)) for each in (over_runs, over_truths))
        return error_of_square(float(np.sqrt(max(value, 0.0))), max(map(jackknife_error, of_roots)))


def _histograms(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "steps dimension"],
    form: BinnedForm,
) -> _Histograms:
    if truth.shape[1] > MAX_BINNED_DIMENSION:
        raise ConfigError(
            f'd_stsp form "{form}" takes at most {MAX_BINNED_DIMENSION} dimensions, got {truth.shape[1]}: '
            f'use "gmm_{"strict" if form == "dynamix" else form}"'
        )
    check_varies("d_stsp", truth)
    grid = _Grid.of(truth, form)
    true_counted, true_bins = grid.bins_of(truth)
    if true_bins.size == 0:
        where = (
            "within 2 standard deviations of zero"
            if form == "paper"
            else "above the lowest bin of every axis"
        )
        raise ConfigError(
            f'd_stsp form "{form}" counts points {where}, and the truth has none '
            'there: standardise the data or use form "strict"'
        )
    counted, bins = grid.bins_of(generated)
    occupied, all_places = _places(np.concatenate([true_bins, bins]), grid.num_bins)
    true_places, places = np.split(all_places, [len(true_bins)])

    def counts(length: int, counted: Int[np.ndarray, " counted"], places: Int[np.ndarray, " counted"]):
        cells = block_of(length)[counted] * occupied + places
        return np.bincount(cells, minlength=NUM_BLOCKS * occupied).reshape(NUM_BLOCKS, -1)

    return _Histograms(
        counts(len(truth), true_counted, true_places),
        counts(len(generated), counted, places),
        grid.num_bins,
    )


def _places(bins: Int[np.ndarray, " point"], num_bins: int) -> tuple[int, Int[np.ndarray, " point"]]:
    """How many bins hold any point, and the place of each point's bin among those."""
    if num_bins > _MOST_LISTED:
        occupied, places = np.unique(bins, return_inverse=True)
        return len(occupied), places
    holds = np.zeros(num_bins, bool)
    holds[bins] = True
    return int(holds.sum()), (np.cumsum(holds) - 1)[bins]
