"""Whether orbits stay on an attractor that is known by its points: by distances like those of its own points."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

# Of the truth, so many points are compared with; of a stretch of an orbit, and of a whole orbit, so many at least.
_POINTS, _SAMPLES, _IN_ALL = 5_000, 100, 1_000
# The shortest stretches see so many returns along the slowest axis; the truth's other series has so many of these at
# most and at least, and so many of the longest.
_RETURNS, _MOST, _LEAST, _FEWEST = 10, 64, 16, 8
# No model is exact: distances that differ by less than this share of the attractor's size are alike.
_SLACK = 0.05
# An orbit that is so many sizes of the attractor away at its end is on its way out.
_FAR = 10.0
# Places are as wide as that and so many distances between the truth's points, within which noise moves them.
_SPACINGS = 2.0

# In more dimensions a tree looks at all points, too: a product of matrices does so sooner, for so many samples at once,
# and distances hang little on how many points there are. What is beyond is as good as infinitely far.
_TREE, _FEWER_POINTS, _TOGETHER, _LARGEST = 8, 2_000, 1_000, 1e15


class Staying(NamedTuple):
    """Which of several orbits stay on an attractor, as far as they were watched."""

    left: Int[np.ndarray, " orbit"]
    """The step at which each orbit left, to half a stretch; -1 where it stays."""
    escaped: Bool[np.ndarray, " orbit"]
    """Which of them are not finite to the end, or end far outside."""
    fell: Bool[np.ndarray, " orbit"]
    """Which of them left for a small part of it, or of where it might be: a fixed point, a cycle, less chaos."""
    num_steps: int
    """For which they were watched."""

    @property
    def share(self) -> float:
        """Of the orbits, those that stay."""
        return self.share_after(self.num_steps)

    @property
    def standard_error(self) -> float:
        """Of that share, as that of orbits of which each stays or not by itself.

        It is the standard deviation of what the share may be after so many were seen, all being alike before (Laplace),
        which is not 0 where all stay: 1/(n + 3), nearly.
        """
        count = len(self.left)
        mean = (1 + self.share * count) / (count + 2)
        return float(np.sqrt(mean * (1 - mean) / (count + 3)))

    def share_after(self, num_steps: int) -> float:
        """Of the orbits, those that have not left in the first `num_steps` steps."""
        return float(np.mean((self.left < 0) | (self.left > num_steps)))


def share_staying(
    orbits: Float[np.ndarray, "orbit time dimension"],
    truth: Float[np.ndarray, "truth_time dimension"],
    other: Float[np.ndarray, "other_time dimension"],
    *,
    every: int = 1,
) -> Staying:
    """Which `orbits` stay on the attractor of which `truth` and `other` are two stretches, all sampled alike.

    Of `orbits` every so many-th step may be given alone (`every`). An orbit has left with the first stretch of it that
    is unlike all stretches of that length of `other`, in one of two ways. Half of its points are farther from the
    nearest ones of `truth` than in the farthest stretch of `other`, by more than that one is farther than the usual one
    and a twentieth of the attractor's size; a rare excursion is none, unless it is the end of the orbit, ten times that
    size away. Or it visits at most half as many places as the stretch of `other` with the fewest, or still fewer where
    that one has far fewer than usual; a place is a point of `truth` with its neighbours. So it is by no fixed radius,
    and holds of noisy series and in any dimension. Stretches of several lengths are compared, from ten returns (a 64th
    to a 16th of `other`) to an eighth of it: what a slow orbit does shows in long ones alone.
    """
    orbits, truth, other = (np.asarray(series, dtype=np.float64) for series in (orbits, truth, other))
    other, num_rows = other[::every], orbits.shape[1]
    shortest = min(_shortest(other), num_rows)
    stride = (
        min(shortest // _SAMPLES, num_rows // _IN_ALL) | 1
    )  # odd: an even one sees one phase of a cycle alone
    places = _Places.of(truth, other[::stride])
    own, seen = places.visited(other[::stride][None]), places.visited(orbits[:, ::stride])
    num_samples = seen.distances.shape[1]
    left, fell = np.full(len(orbits), num_samples), np.zeros(len(orbits), dtype=bool)
    length = min(shortest // stride, num_samples)
    longest = max(length, min(num_samples, own.distances.shape[1] // _FEWEST))
    while length <= longest:
        truths, theirs = own.stretches(length), seen.stretches(length)
        few = theirs.counts <= _below(truths.counts)
        off = few | (theirs.distances > _beyond(truths.distances) + places.slack)
        first = off.argmax(axis=1)
        middle = theirs.starts[first] + length // 2
        earlier = off.any(axis=1) & (middle < left)
        left = np.where(earlier, middle, left)
        fell = np.where(earlier, few[np.arange(len(few)), first], fell)
        length *= 2
    rows = np.where(left < num_samples, left * stride, num_rows)
    infinite = np.any(~np.isfinite(orbits), axis=2)
    infinite[:, -1] |= places.visited(orbits[:, -1:]).distances[:, 0] > _FAR * (places.size or np.inf)
    escaped = np.max(infinite, axis=1)
    rows = np.minimum(rows, np.where(escaped, infinite.argmax(axis=1), num_rows))
    return Staying(np.where(rows < num_rows, rows * every, -1), escaped, fell & ~escaped, num_rows * every)


def _shortest(other: Float[np.ndarray, "time dimension"]) -> int:
    """Steps of the shortest stretch: returns are counted by how often an axis crosses its mean."""
    above = other > other.mean(axis=0)
    crossings = np.count_nonzero(np.diff(above, axis=0), axis=0).min(initial=len(other))
    returns = max(1.0, crossings / 2)
    return max(1, int(len(other) / np.clip(returns / _RETURNS, _LEAST, _MOST)))


def _beyond(distances: Float[np.ndarray, "1 stretch"]) -> float:
    """Beyond the largest by as much as that is beyond the median."""
    return float(2 * distances.max() - np.median(distances))


def _below(counts: Int[np.ndarray, "1 stretch"]) -> float:
    """Below the smallest by the factor by which that is below the median, at least by half."""
    return float(counts.min() * min(0.5, counts.min() / np.median(counts)))


def _median(distances: Float[np.ndarray, "orbit stretch sample"]) -> Float[np.ndarray, "orbit stretch"]:
    """The median: of two in the middle the nearer, as nothing lies halfway to infinity."""
    middle = (distances.shape[2] - 1) // 2
    return np.partition(distances, middle, axis=2)[:, :, middle]


def _nearest(
    points: Float[np.ndarray, "point dimension"], others: Float[np.ndarray, "sample dimension"]
) -> tuple[Float[np.ndarray, " sample"], Int[np.ndarray, " sample"]]:
    """The distance of each of the others from the nearest point, and which that is."""
    middle = points.mean(axis=0)
    points, others = points - middle, np.clip(others - middle, -_LARGEST, _LARGEST)
    if points.shape[1] <= _TREE:
        return scipy.spatial.cKDTree(points).query(others)
    centred = points.astype(np.float32)
    squares = (centred**2).sum(axis=1) / 2
    parts = np.array_split(others.astype(np.float32), -(-len(others) // _TOGETHER) or 1)
    nearest = np.concatenate([np.argmin(squares - part @ centred.T, axis=1) for part in parts])
    return np.linalg.norm(others - points[nearest], axis=1), nearest


class _Stretches(NamedTuple):
    """Of stretches of orbits, each half a length after the one before it."""

    starts: Int[np.ndarray, " stretch"]
    distances: Float[np.ndarray, "orbit stretch"]
    """From the nearest of the truth's points, in the median: a rare excursion is no leaving."""
    counts: Int[np.ndarray, "orbit stretch"]
    """How many different places are visited."""


class _Visited(NamedTuple):
    """How far orbits are from the truth's points, and the place of the nearest; infinitely far, and nowhere."""

    distances: Float[np.ndarray, "orbit sample"]
    places: Int[np.ndarray, "orbit sample"]

    def stretches(self, length: int) -> _Stretches:
        last = self.distances.shape[1] - length
        starts = np.unique(np.append(np.arange(0, last, max(1, length // 2)), last))
        rows = starts[:, None] + np.arange(length)
        ordered = np.sort(self.places[:, rows], axis=2)
        counts = 1 + np.count_nonzero(np.diff(ordered, axis=2), axis=2)
        return _Stretches(starts, _median(self.distances[:, rows]), counts)


def _thinned(truth: Float[np.ndarray, "time dimension"]) -> Float[np.ndarray, "point dimension"]:
    """One point of each of equal stretches, anywhere in it: a fixed spacing would see one phase of a cycle alone."""
    most = _POINTS if truth.shape[1] <= _TREE else _FEWER_POINTS
    if len(truth) <= most:
        return truth
    places = np.arange(most) + np.random.default_rng(0).random(most)
    return truth[(places * (len(truth) / most)).astype(np.int64)]


class _Places(NamedTuple):
    """Points of an attractor, those that are neighbours in one place."""

    points: Float[np.ndarray, "point dimension"]
    place: Int[np.ndarray, " point"]
    size: float
    """Of the attractor, the standard deviation of its points."""

    @property
    def slack(self) -> float:
        """The distance that makes no difference."""
        return _SLACK * self.size

    @classmethod
    def of(
        cls, truth: Float[np.ndarray, "time dimension"], other: Float[np.ndarray, "sample dimension"]
    ) -> "_Places":
        points = _thinned(truth)
        size = float(np.sqrt(points.var(axis=0).sum()))
        width = (
            _SLACK * size + _SPACINGS * float(np.median(_nearest(points, other)[0])) + np.finfo(float).tiny
        )
        _, place = np.unique(np.floor(points / width), axis=0, return_inverse=True)
        return cls(points, place.reshape(-1), size)

    def visited(self, orbits: Float[np.ndarray, "orbit sample dimension"]) -> _Visited:
        finite = np.all(np.isfinite(orbits), axis=2)
        distances, places = np.full(finite.shape, np.inf), np.full(finite.shape, -1)
        distances[finite], nearest = _nearest(self.points, orbits[finite])
        places[finite] = self.place[nearest]
        return _Visited(distances, places)
