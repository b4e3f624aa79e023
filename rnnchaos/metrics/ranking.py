"""One number by which late weights of a training are ranked; infinite where a free run diverges."""

from collections.abc import Callable

import numpy as np

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.mixtures import mixture_rank
from rnnchaos.metrics.report import DIRECTIONS_SEED
from rnnchaos.metrics.series import Series, as_pieces, check_dimensions, check_series, diverged_at
from rnnchaos.metrics.spectra import power_spectrum_distance
from rnnchaos.metrics.state_space import MAX_BINNED_DIMENSION, state_space_divergence
from rnnchaos.metrics.transport import sliced_wasserstein
from rnnchaos.pieces import Pieces

# Gaussian mixtures take time with every pair of points: they see no more of each series.
_MOST_CENTRES = 5000


def attractor_divergence(truth: Series, generated: Series) -> float:
    """D_stsp for ranking models, nats: of form `strict`, and of Gaussian mixtures in more than 5 dimensions.

    Every point and every sample counts, however far from the truth: a run that has left has a large value, where the
    authors' forms see less of it the more of it has left. Mixtures see at most 5000 points of each series, from all
    along it.
    """

    def distance(truth: np.ndarray, generated: np.ndarray) -> float:
        if truth.shape[1] <= MAX_BINNED_DIMENSION:
            return state_space_divergence(truth, generated, form="strict")
        truth, generated = (series[:: -(-len(series) // _MOST_CENTRES)] for series in (truth, generated))
        return mixture_rank(truth, generated, np.random.default_rng(0))

    return _ranked(lambda *pair: distance(*(series.values for series in pair)), truth, generated)


def spectrum_divergence(truth: Series | Pieces, generated: Series | Pieces) -> float:
    """D_H in the GTF form, for ranking models; infinite where one diverges."""
    return _ranked(lambda *pair: power_spectrum_distance(*pair, form="gtf"), truth, generated)


def transport_distance(truth: Series, generated: Series) -> float:
    """The sliced Wasserstein distance, standard deviations, for ranking models; infinite where one diverges."""

    def distance(truth: np.ndarray, generated: np.ndarray) -> float:
        return sliced_wasserstein(truth, generated, rng=np.random.default_rng(DIRECTIONS_SEED))

    return _ranked(lambda *pair: distance(*(series.values for series in pair)), truth, generated)


def _ranked(
    distance: Callable[[Pieces, Pieces], float],
    truth: Series | Pieces,
    generated: Series | Pieces,
) -> float:
    """A distance as models are ranked by it: infinite where one diverges, or has none."""
    truth, generated = as_pieces("truth", truth), as_pieces("generated series", generated)
    check_series("truth", truth.values)
    check_dimensions(truth.values, generated.values)
    if diverged_at(generated.values) is not None:
        return float("inf")
    try:
        return distance(truth, generated)
    except ConfigError:
        return float("inf")
