"""Sliced Wasserstein distance: how far the points of one attractor must move to become those of another."""

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.metrics.series import check_dimensions, check_series

NUM_DIRECTIONS = 64
# Of a longer series, this many points: sorting takes all the time there is.
MOST_POINTS = 100_000


def sliced_wasserstein(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "steps generated_dimension"],
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
    truth, generated = check_series("truth", truth), check_series("generated series", generated)
    check_dimensions(truth, generated)
    constant = np.flatnonzero(np.ptp(truth, axis=0) == 0)
    if constant.size:
        raise ConfigError(f"wasserstein has no scale on axis {constant[0]}: the truth is constant there")
    mean, scale = truth.mean(axis=0), truth.std(axis=0)
    directions = unit_directions(truth.shape[1], num_directions, rng)
    # The same places in both, so that a series is at distance 0 from itself.
    places = rng.random(MOST_POINTS)
    truth, generated = ((_thinned(series, places) - mean) / scale for series in (truth, generated))
    quantiles = _common_quantiles(len(truth), len(generated))
    distances = [
        _distance_on_a_line(truth @ direction, generated @ direction, *quantiles) for direction in directions
    ]
    return float(np.mean(distances))


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
