"""Sliced Wasserstein distance: how far the points of one attractor must move to become those of another."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.metrics.blocks import are_blocks_long_enough
from rnnchaos.metrics.series import Estimate, Series, check_pair, check_varies
from rnnchaos.metrics.transport_scatter import error_over_runs, spread_of_blocks

NUM_DIRECTIONS = 64
# Of a longer series, this many points: sorting takes all the time there is.
MOST_POINTS = 100_000


def sliced_wasserstein(
    truth: Series,
    generated: Series,
    *,
    rng: np.random.Generator,
    num_directions: int = NUM_DIRECTIONS,
) -> float:
    """Sliced Wasserstein-1 distance between the densities of two series, in standard deviations of the truth.

    Each axis is measured in the truth's standard deviations. Along `num_directions` unit vectors, drawn with `rng`,
    the distance is the area between the two distribution functions: how far a point has to be moved in the mean; the
    value is its mean over directions (Bonneel et al. 2015, J. Math. Imaging Vis. 51, 22). There are no bins, every
    point counts wherever it lies, and a point twice as far away counts twice. Order in time has no part in it. A shift
    by one standard deviation along one axis is at distance 1 in one dimension, 1/2 in three.

    Of a series of more than 100 000 points, one is drawn from each of as many equal stretches.

    Raises:
        ConfigError: a series that is not finite, or a truth that is constant along an axis.
    """
    compared = _Compared.of(truth, generated, num_directions, rng)
    return compared.distance()


def wasserstein_estimate(
    truth: Series,
    generated: Series,
    *,
    rng: np.random.Generator,
    num_directions: int = NUM_DIRECTIONS,
    scatter: bool = True,
) -> Estimate:
    """`sliced_wasserstein` with its standard error over generated series of the same length, the truth held fixed.

    From the slowest waves along the generated series (None where it has fewer than 200 points, and without `scatter`);
    raises what that raises.
    """
    compared = _Compared.of(truth, generated, num_directions, rng)
    return Estimate(compared.distance(), compared.standard_error() if scatter else None)


def distance_with_spread(
    truth: Series, generated: Series, *, rng: np.random.Generator
) -> tuple[float, float | None]:
    """`sliced_wasserstein`, and how far it moves where 20 blocks of the generated series are drawn anew.

    An allowance, not a standard error: it holds the noise of a run twice. None for fewer than 200 points.
    """
    compared = _Compared.of(truth, generated, NUM_DIRECTIONS, rng)
    return compared.distance(), compared.block_spread()


class _Compared(NamedTuple):
    """Two series in standard deviations of the truth, and the lines along which they are held against each other."""

    truth: Float[np.ndarray, "time dimension"]
    generated: Float[np.ndarray, "steps dimension"]
    directions: Float[np.ndarray, "direction dimension"]

    @classmethod
    def of(
        cls, truth: Series, generated: Series, num_directions: int, rng: np.random.Generator
    ) -> "_Compared":
        reference, other = check_pair(truth, generated)
        check_varies("wasserstein", reference)
        mean, scale = reference.mean(axis=0), reference.std(axis=0)
        directions = unit_directions(reference.shape[1], num_directions, rng)
        # The same places in both, so that a series is at distance 0 from itself.
        places = rng.random(MOST_POINTS)
        points, other_points = ((_thinned(series, places) - mean) / scale for series in (reference, other))
        return cls(points, other_points, directions)

    def distance(self) -> float:
        quantiles = _common_quantiles(len(self.truth), len(self.generated))
        distances = [
            _distance_on_a_line(self.truth @ direction, self.generated @ direction, *quantiles)
            for direction in self.directions
        ]
        return float(np.mean(distances))

    def standard_error(self) -> float | None:
        if not are_blocks_long_enough(len(self.generated)):
            return None
        return error_over_runs(self.truth, self.generated, self.directions)

    def block_spread(self) -> float | None:
        if not are_blocks_long_enough(len(self.generated)):
            return None
        return spread_of_blocks(self.truth, self.generated, self.directions)


def unit_directions(
    dimension: int, count: int, rng: np.random.Generator
) -> Float[np.ndarray, "count dimension"]:
    """Unit vectors, each uniform on the sphere; as many as there are dimensions stand at right angles.

    Right angles leave no axis out, so that few directions serve.
    """
    frames = -(-count // dimension)
    bases, _ = np.linalg.qr(rng.standard_normal((frames, dimension, min(dimension, count))))
    return bases.transpose(0, 2, 1).reshape(-1, dimension)[:count]


def _thinned(
    series: Float[np.ndarray, "time dimension"], places: Float[np.ndarray, " most"]
) -> Float[np.ndarray, "points dimension"]:
    """One point of each of equal stretches: a fixed spacing would see one phase of a cycle alone."""
    if len(series) <= len(places):
        return series
    return series[((np.arange(len(places)) + places) * len(series) / len(places)).astype(np.int64)]


def _common_quantiles(
    size: int, other_size: int
) -> tuple[Float[np.ndarray, " pieces"], Int[np.ndarray, " pieces"], Int[np.ndarray, " pieces"]]:
    """Where either of two sorted samples steps to its next point: the weight of each piece, and both points there."""
    if size == other_size:
        each = np.arange(size)
        return np.full(size, 1 / size), each, each
    # In whole numbers, of which `size * other_size` make 1: nothing is lost to rounding.
    ends = np.union1d(np.arange(1, size + 1) * other_size, np.arange(1, other_size + 1) * size)
    weights = np.diff(ends, prepend=0) / (size * other_size)
    return weights, (ends - 1) // other_size, (ends - 1) // size


def _distance_on_a_line(
    sample: Float[np.ndarray, " points"],
    other: Float[np.ndarray, " other_points"],
    weights: Float[np.ndarray, " pieces"],
    indices: Int[np.ndarray, " pieces"],
    other_indices: Int[np.ndarray, " pieces"],
) -> float:
    """Wasserstein-1 distance of two samples in one dimension, exactly."""
    return float(weights @ np.abs(np.sort(sample)[indices] - np.sort(other)[other_indices]))
