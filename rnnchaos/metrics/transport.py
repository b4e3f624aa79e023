"""Sliced Wasserstein distance: how far the points of one attractor must move to become those of another."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.metrics.blocks import are_blocks_long_enough
from rnnchaos.metrics.series import Estimate, Series, check_pair, check_varies
from rnnchaos.metrics.transport_scatter import error_over_runs, spread_of_blocks

NUM_DIRECTIONS = 64
# Of a longer series, this many points: what more would tell is less than what other directions would.
MOST_POINTS = 100_000
# Of the range of both samples along a line.
_CELLS = 16_384


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
        distances = [
            _distance_on_a_line(self.truth @ direction, self.generated @ direction)
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


def _distance_on_a_line(
    sample: Float[np.ndarray, " points"], other: Float[np.ndarray, " other_points"]
) -> float:
    """Wasserstein-1 distance of two samples in one dimension, exactly: the area between their distribution functions.

    In most of many cells along the line these cannot cross, and the area follows from counts and sums; to sort what
    lies in the other cells takes a fraction of the time that sorting all would.
    """
    low, high = min(sample.min(), other.min()), max(sample.max(), other.max())
    width = (high - low) / _CELLS
    if not width > 0:
        return 0.0
    ends = low + width * np.arange(1, _CELLS + 1)
    cell, other_cell = (
        np.minimum((points - low) / width, _CELLS - 1).astype(np.int64) for points in (sample, other)
    )
    # In whole numbers, of which `whole` make 1: nothing is lost to rounding where the samples agree.
    up, down, whole = len(other), len(sample), len(sample) * len(other)
    rise, fall = up * np.bincount(cell, minlength=_CELLS), down * np.bincount(other_cell, minlength=_CELLS)
    after = np.cumsum(rise - fall)
    before = after - rise + fall
    crossing = (-rise < before) & (before < fall)
    area = (
        width * before
        + up * np.bincount(cell, ends[cell] - sample, minlength=_CELLS)
        - down * np.bincount(other_cell, ends[other_cell] - other, minlength=_CELLS)
    )
    there, other_there = np.sort(sample[crossing[cell]]), np.sort(other[crossing[other_cell]])
    crossed = _area_between(
        [ends[crossing] - width, there, other_there, ends[crossing]],
        [before[crossing], np.full(len(there), up), np.full(len(other_there), -down), -after[crossing]],
    )
    return float(np.abs(area[~crossing]).sum() + crossed) / whole


def _area_between(places: list[Float[np.ndarray, " _"]], steps: list[Int[np.ndarray, " _"]]) -> float:
    """The area under the size of a sum of steps, given where each is made; each part of them is in order."""
    along, up = np.concatenate(places), np.concatenate(steps)
    order = np.argsort(along, kind="stable")  # which takes little time for few runs in order
    return float(np.abs(np.cumsum(up[order])[:-1]) @ np.diff(along[order]))
