"""D_stsp of Gaussian mixtures: for more dimensions than can be cut into bins."""

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.blocks import NUM_BLOCKS, are_blocks_long_enough, block_of, jackknife_error, mean_error
from rnnchaos.metrics.series import Estimate, Series, check_pair
from rnnchaos.setting import check_choice

MixtureForm = Literal["gmm_paper", "gmm_gtf", "gmm_strict"]

MONTE_CARLO_SAMPLES = 1000
# Centres at a time: few enough for a core's cache, and for OpenBLAS not to start threads, which take longer.
_CENTRES = 32
# exp of less than this is 0 in single precision: half of its smallest number.
NO_LIKELIHOOD = -150 * float(np.log(2))


class _Mixture(NamedTuple):
    """How a form has its mixtures."""

    variance: float
    from_generated: bool
    """Whether samples are drawn from the generated mixture; if not, from the truth's."""
    most_points: int | None
    """Of each series, only the first so many."""
    single_precision: bool
    """Whether samples are left out at which either likelihood is 0 as a number of single precision."""


_MIXTURES: dict[MixtureForm, _Mixture] = {
    "gmm_paper": _Mixture(0.1, from_generated=True, most_points=5_000, single_precision=True),
    "gmm_gtf": _Mixture(1.0, from_generated=False, most_points=10_000, single_precision=True),
    "gmm_strict": _Mixture(1.0, from_generated=False, most_points=None, single_precision=False),
}
_RANKING = _Mixture(0.1, from_generated=True, most_points=None, single_precision=False)


def gaussian_mixture_divergence(
    truth: Series,
    generated: Series,
    *,
    form: MixtureForm,
    rng: np.random.Generator,
) -> Estimate:
    """KL divergence between two mixtures with an isotropic Gaussian on every point, from 1000 random samples.

    Two forms as their authors' code has them, and one of our own:

    - `gmm_paper` (arXiv:2110.07238): variance 0.1, samples drawn from the generated set: KL(generated‖truth), the first
      5000 points of each.
    - `gmm_gtf` (Hess et al. 2023, arXiv:2306.04406): variance 1, KL(truth‖generated), samples drawn from the truth, the
      first 10 000 points of each.
    - `gmm_strict`: `gmm_gtf` with all points, in the log domain, where no sample is lost.

    Both authors' codes take likelihoods in single precision and leave out samples at which one of them is 0, as
    it is where the series do not touch: the farther a model is from the truth, the fewer samples speak against it.

    The variance is in the units of the data: meant for standardised series. The standard error is that of the samples
    and of the generated series together, the truth held fixed.

    Raises:
        ConfigError: a form that is none, a series that is not finite, or one of the authors' forms that leaves out
            all samples.
    """
    check_choice("form", form, [*_MIXTURES])
    truth, generated = check_pair(truth, generated)
    mixture = _MIXTURES[form]
    truth, generated = truth[: mixture.most_points], generated[: mixture.most_points]
    num_blocks = NUM_BLOCKS if are_blocks_long_enough(len(generated)) else 1
    samples = _Samples.drawn(truth, generated, mixture, rng, num_blocks)
    if not samples.kept.any():
        raise ConfigError(
            f'd_stsp form "{form}" has no value: all samples have likelihood 0 in single precision'
        )
    return Estimate(samples.divergence(), samples.standard_error())


def mixture_rank(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "steps dimension"],
    rng: np.random.Generator,
) -> float:
    """KL(generated‖truth) of mixtures of variance 0.1 for ranking models: every point and sample counts."""
    return _Samples.drawn(truth, generated, _RANKING, rng, num_blocks=1).divergence()


class _Samples(NamedTuple):
    """Log densities at random samples, up to a constant that all mixtures of one variance share."""

    truth: Float[np.ndarray, " sample"]
    generated: Float[np.ndarray, "block sample"]
    """Summed over the centres of each block, not averaged."""
    centres: Int[np.ndarray, " block"]
    """How many each block has."""
    kept: Bool[np.ndarray, " sample"]
    block: Int[np.ndarray, " sample"] | None
    """From whose centres a sample was drawn; None where it was the truth's."""

    @classmethod
    def drawn(
        cls,
        truth: Float[np.ndarray, "time dimension"],
        generated: Float[np.ndarray, "steps dimension"],
        mixture: _Mixture,
        rng: np.random.Generator,
        num_blocks: int,
    ) -> "_Samples":
        # Centred on the truth, so that the expanded squares below lose no digits.
        origin = truth.mean(axis=0)
        truth, generated = truth - origin, generated - origin
        source = generated if mixture.from_generated else truth
        chosen = rng.integers(len(source), size=MONTE_CARLO_SAMPLES)
        samples = source[chosen] + np.sqrt(mixture.variance) * rng.standard_normal(
            (len(chosen), truth.shape[1])
        )
        blocks = block_of(len(generated), num_blocks)
        parts = [
            log_sums(samples, generated[blocks == block], mixture.variance) for block in range(num_blocks)
        ]
        true_sums, largest = log_sums(samples, truth, mixture.variance)
        kept = np.ones(len(samples), dtype=bool)
        if mixture.single_precision:
            kept = (largest > NO_LIKELIHOOD) & (np.max([top for _, top in parts], axis=0) > NO_LIKELIHOOD)
        return cls(
            true_sums - np.log(len(truth)),
            np.array([sums for sums, _ in parts]),
            np.bincount(blocks),
            kept,
            blocks[chosen] if mixture.from_generated else None,
        )

    def divergence(self, without: int | None = None) -> float:
        """The mean of log p/q over the samples that are kept, without a block of the generated series."""
        kept = self._kept(without)
        return float(self._log_ratio(without)[kept].mean())

    def standard_error(self) -> float | None:
        """Over samples and over generated series."""
        log_ratio = self._log_ratio(None)[self.kept]
        of_samples = mean_error(log_ratio) if len(log_ratio) > 1 else None
        num_blocks = len(self.centres)
        if num_blocks == 1 or not all(self._kept(block).any() for block in range(num_blocks)):
            return of_samples
        of_runs = jackknife_error(np.array([self.divergence(block) for block in range(num_blocks)]))
        # Samples of the generated mixture come and go with the blocks, and have scattered already.
        return (
            of_runs if self.block is not None or of_samples is None else float(np.hypot(of_runs, of_samples))
        )

    def _kept(self, without: int | None) -> Bool[np.ndarray, " sample"]:
        return self.kept if self.block is None or without is None else self.kept & (self.block != without)

    def _log_ratio(self, without: int | None) -> Float[np.ndarray, " sample"]:
        rest = np.ones(len(self.centres), dtype=bool)
        if without is not None:
            rest[without] = False
        generated = np.logaddexp.reduce(self.generated[rest]) - np.log(self.centres[rest].sum())
        return generated - self.truth if self.block is not None else self.truth - generated


def log_sums(
    samples: Float[np.ndarray, "samples dimension"],
    centres: Float[np.ndarray, "centres dimension"],
    variance: float,
) -> tuple[Float[np.ndarray, " samples"], Float[np.ndarray, " samples"]]:
    """Logarithm of the sum of exp(-|sample - centre|²/2v) over the centres, and of its largest term."""
    # -|s - c|²/2v = (s/v)·c - |c|²/2v - |s|²/2v: the first two terms are one matrix product.
    left = np.column_stack([samples / variance, np.ones(len(samples))])
    total, top = (np.full(len(samples), -np.inf) for _ in range(2))
    for first in range(0, len(centres), _CENTRES):
        block = centres[first : first + _CENTRES]
        right = np.column_stack([block, -np.sum(block**2, axis=1) / (2 * variance)])
        exponent = right @ left.T
        largest = exponent.max(axis=0)
        exponent -= largest
        total = np.logaddexp(total, largest + np.log(np.exp(exponent, out=exponent).sum(axis=0)))
        top = np.maximum(top, largest)
    own = np.sum(samples**2, axis=1) / (2 * variance)
    return total - own, top - own
