"""Which orbits share a set: where the states of one lie among those of another as they lie among their own."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

# Orbits are compared block by block: what one does at other times says how far apart states of one set are.
_BLOCKS = 8
# States closer than this share of the extent of all are one.
SAME = 1e-6
# Of the states of every block, at least so many are closer to the other orbit than to other blocks of their own:
# half of them are by chance where both fill one set, in any dimension, and none where sets lie apart.
_AMONG = 0.1
# Orbits are apart, too, where their means along an axis differ by so many of the errors that their blocks give.
_MEANS_DIFFER = 12.0
# A step shorter than this share of its orbit's extent makes a curve, nine or more chords to a turn: within a chord, or
# as far from it as such a chord is from its arc, a share of the extent, there is no gap.
_CURVE, _ARC = 0.25, 0.03
# An orbit that comes to rest shrinks from block to block, at least by this factor; what is left of its way is a
# geometric series, of at most so many terms where it does not go straight, with a margin for slower laws.
_SHRINKS, _TERMS, _MARGIN = 0.995, 4.0, 10.0
# Or, where it goes straight, its mean step from block to block by more than rounding.
_SLOWS = 1 - 1e-6
# Blocks differ by this share in the time that they take, as states are taken at irregular times.
_UNEVEN = 0.05
# An orbit goes straight on where the cosine of the angle from one way to the next is no less.
_STRAIGHT = 0.9
# It leaves a point at the edge of its stability where it did so for so many blocks, the last ones.
_LEAVES = 5
# An orbit went over to another set where the extent of its last block is so many times that of the first, or less.
_WENT_OVER = 0.5
_TINY = float(np.finfo(float).tiny)


class Shared(NamedTuple):
    """Orbits in groups that share a set each."""

    group: Int[np.ndarray, " orbit"]
    rests: Bool[np.ndarray, " orbit"]
    """Which orbits come to rest, or have."""
    settled: Bool[np.ndarray, " orbit"]
    """Which orbits are where others are, or do all along what they do in the end."""
    last: Int[np.ndarray, " orbit"]
    """How many of the last states of each orbit are surely on its set."""
    spacing: Float[np.ndarray, " orbit"]
    """How far states of an orbit's set are from the nearest others of it, in all but one of ten cases."""


def find_shared(
    points: Float[np.ndarray, "orbit time direction"],
    after: Float[np.ndarray, "orbit time direction"],
    extent: float,
) -> Shared:
    """Group orbits by the sets that they are on; `after` are the states one step later, `extent` is that of all states.

    Two orbits share a set where the states of each, in every block, lie among those of the other: a two-sample test
    by nearest neighbours (Schilling 1986, J. Am. Stat. Assoc. 81, 799) of which only the order of distances counts.
    Orbits that come to rest are compared by where they will. Groups are what is joined through any number of orbits,
    so that one attractor is split only where an orbit misses all others.
    """
    size = points.shape[1] // _BLOCKS
    paces = np.median(np.linalg.norm(after - points, axis=-1), axis=1)
    points, after = (each[:, each.shape[1] - size * _BLOCKS :] for each in (points, after))
    same = SAME * extent + _TINY
    whole = np.linalg.norm(np.ptp(points, axis=1), axis=-1)
    curve = paces < _CURVE * whole
    floor = same + np.where(curve, np.minimum(paces, _ARC * whole), 0.0)
    own, other = _distances(points, after, curve)
    among = _by_block(other <= (own + floor[:, None])[..., None])
    together = np.all(among >= _AMONG, axis=1)
    together &= together.T & ~_means_apart(points, floor)
    extents = np.linalg.norm(np.ptp(_in_blocks(points), axis=2), axis=2)
    paces = np.linalg.norm(_in_blocks(after - points).mean(axis=2), axis=2)
    resting = _coming_to_rest(points, extents, paces, same)
    rests = resting.orbits
    together = np.where(rests[:, None] | rests[None], resting.joined, together)
    _, group = scipy.sparse.csgraph.connected_components(together, directed=False)
    group = _departed(group, resting, points, extents)
    spacing = np.where(rests, extents[:, -1] + same, np.quantile(own, 0.9, axis=1) + floor)
    alone = np.bincount(group)[group] == 1
    went = ~rests & (extents[:, -1] <= _WENT_OVER * extents[:, 0])
    group, arrived = _arrived(group, ~rests & (alone | went), among[:, -1], other[:, -size:], spacing)
    last = np.where(rests | went | arrived, size, size * _BLOCKS)
    return Shared(group, rests, ~went | arrived, last, spacing)


def _distances(
    points: Float[np.ndarray, "orbit time direction"],
    after: Float[np.ndarray, "orbit time direction"],
    curve: Bool[np.ndarray, " orbit"],
) -> tuple[Float[np.ndarray, "orbit time"], Float[np.ndarray, "orbit time orbit"]]:
    """From each state to the nearest of its own orbit's other blocks, and to the nearest of each orbit.

    The states of a `curve` are the chords to those one step later.
    """
    orbits, times, _ = points.shape
    block = np.arange(times) * _BLOCKS // times
    same_block = block[:, None] == block[None]
    own, other = np.empty((orbits, times)), np.empty((orbits, times, orbits))
    for orbit, states in enumerate(points):
        chords = _Chords.of(states, after[orbit] - states) if curve[orbit] else None
        for seen, those in enumerate(points):  # pair by pair, which stays in a core's cache
            apart = scipy.spatial.distance.cdist(those, states)
            if chords is not None:
                apart = chords.distances(those, apart)
            other[seen, :, orbit] = apart.min(axis=1)
            if seen == orbit:
                own[orbit] = np.where(same_block, np.inf, apart).min(axis=1)
    return own, other


class _Chords(NamedTuple):
    """The straight ways from the states of an orbit along their steps."""

    steps: Float[np.ndarray, "time direction"]
    starts: Float[np.ndarray, " time"]
    """How far along its step each state is."""
    squares: Float[np.ndarray, " time"]

    @classmethod
    def of(
        cls, states: Float[np.ndarray, "time direction"], steps: Float[np.ndarray, "time direction"]
    ) -> "_Chords":
        return cls(steps, np.sum(states * steps, axis=1), np.maximum(np.sum(steps**2, axis=1), _TINY))

    def distances(
        self, points: Float[np.ndarray, "point direction"], apart: Float[np.ndarray, "point time"]
    ) -> Float[np.ndarray, "point time"]:
        """Of points from each, given how far they are from the states; `apart` is overwritten."""
        along = points @ self.steps.T
        along -= self.starts
        part = along / self.squares
        np.clip(part, 0.0, 1.0, out=part)
        # apart² - part (2 along - part squares), in place
        along *= 2
        along -= part * self.squares
        along *= part
        np.square(apart, out=apart)
        apart -= along
        np.maximum(apart, 0.0, out=apart)
        return np.sqrt(apart, out=apart)


def _by_block(values: Bool[np.ndarray, "orbit time orbit"]) -> Float[np.ndarray, "orbit block orbit"]:
    return _in_blocks(values).mean(axis=2)


def _in_blocks(values: np.ndarray) -> np.ndarray:
    orbits, times, *rest = values.shape
    return values.reshape(orbits, _BLOCKS, times // _BLOCKS, *rest)


def _means_apart(
    points: Float[np.ndarray, "orbit time direction"], floor: Float[np.ndarray, " orbit"]
) -> Bool[np.ndarray, "orbit orbit"]:
    """In many dimensions all distances are alike, but means are not."""
    orbits, blocks = len(points), _in_blocks(points).mean(axis=2)
    mean, error = blocks.mean(axis=1), blocks.std(axis=1, ddof=1) / _BLOCKS**0.5
    apart = np.zeros((orbits, orbits), dtype=bool)
    for orbit in range(orbits):
        bound = _MEANS_DIFFER * np.hypot(error, error[orbit]) + np.maximum(floor, floor[orbit])[:, None]
        apart[orbit] = np.any(np.abs(mean - mean[orbit]) > bound, axis=1)
    return apart


class _Resting(NamedTuple):
    """Orbits that come to rest, or that leave a place where they were nearly at rest."""

    orbits: Bool[np.ndarray, " orbit"]
    leaves: Bool[np.ndarray, " orbit"]
    """Which of them go straight on, ever faster, from a point at the edge of its stability."""
    still: Bool[np.ndarray, " orbit"]
    """Which of them do not move."""
    places: Float[np.ndarray, "orbit direction"]
    """Where they rest, to within `reach`."""
    reach: Float[np.ndarray, " orbit"]
    joined: Bool[np.ndarray, "orbit orbit"]
    """Which two of them rest in the same place."""


def _coming_to_rest(
    points: Float[np.ndarray, "orbit time direction"],
    extents: Float[np.ndarray, "orbit block"],
    paces: Float[np.ndarray, "orbit block"],
    same: float,
) -> _Resting:
    """Which orbits come to rest, and where.

    One that began to shrink late is among them where it does so about a place where another rests. One that creeps away
    from where it rested does in reverse what one does that comes there.
    """
    middles, size = _in_blocks(points).mean(axis=2), points.shape[1] // _BLOCKS
    still = extents[:, -1] <= same
    backwards = slice(-1, -1 - _LEAVES, -1)
    leaves = ~still & _creeps(middles[:, backwards], extents[:, backwards])
    shrinks = extents[:, 1:] <= _SHRINKS * extents[:, :-1]
    slows = np.all(paces[:, 1:] <= _SLOWS * paces[:, :-1], axis=1)
    creeps = _creeps(middles, extents) | (slows & _creeps(middles, extents, slows=1.0 + _UNEVEN))
    rests = still | shrinks.all(axis=1) | creeps | leaves
    late = ~rests & shrinks[:, -2:].all(axis=1) & (extents[:, -1] <= _WENT_OVER * extents[:, 0])
    reach = _reach(middles, extents, size, same, np.where(creeps, np.inf, _TERMS))
    reach = np.where(late, extents[:, -1], reach)
    reach = np.where(leaves, _reach(middles[:, backwards], extents[:, backwards], size, same, np.inf), reach)
    places = np.where(leaves[:, None], middles[:, -_LEAVES], middles[:, -1])
    joined = scipy.spatial.distance.cdist(places, places) <= reach[:, None] + reach[None]
    rests |= late & np.any(joined & rests, axis=1)
    return _Resting(rests, leaves, still, places, reach, rests[:, None] & rests[None] & joined)


def _reach(
    middles: Float[np.ndarray, "orbit block direction"],
    extents: Float[np.ndarray, "orbit block"],
    size: int,
    same: float,
    most_terms: Float[np.ndarray, " orbit"] | float,
) -> Float[np.ndarray, " orbit"]:
    """How far from their last block, of `size` states, orbits come to rest at most."""
    ratio = (extents[:, -1] / np.maximum(extents[:, 0], same)) ** (1 / (extents.shape[1] - 1))
    terms = np.minimum(ratio / np.maximum(1 - ratio, 1e-9), most_terms)
    drift = np.linalg.norm(middles[:, -1] - middles[:, -2], axis=1) - extents[:, -1] / size**0.5
    return extents[:, -1] + _MARGIN * np.maximum(drift, 0.0) * terms + same


def _departed(
    group: Int[np.ndarray, " orbit"],
    resting: _Resting,
    points: Float[np.ndarray, "orbit time direction"],
    extents: Float[np.ndarray, "orbit block"],
) -> Int[np.ndarray, " orbit"]:
    """Orbits that leave a neutral point share the set of those that come by there, as bursts do between two rests."""
    group = group.copy()
    bursts = ~resting.orbits & (extents.min(axis=1) <= _WENT_OVER * extents.max(axis=1))
    for part in np.unique(group[resting.leaves]):
        members = group == part
        if not np.all((resting.leaves | resting.still | bursts)[members]):
            continue
        leaving = np.flatnonzero(members & resting.leaves)
        for orbit in np.flatnonzero(bursts):
            distances = scipy.spatial.distance.cdist(points[orbit], resting.places[leaving]).min(axis=0)
            if np.any(distances <= resting.reach[leaving]):
                group[group == group[orbit]] = part
    return np.unique(group, return_inverse=True)[1]


def _creeps(
    middles: Float[np.ndarray, "orbit block direction"],
    extents: Float[np.ndarray, "orbit block"],
    slows: float = _SHRINKS,
) -> Bool[np.ndarray, " orbit"]:
    """Which orbits go straight on, ever more slowly: by a power of time, as to a point at the edge of its stability."""
    moves = np.diff(middles, axis=1)
    lengths = np.linalg.norm(moves, axis=2)
    ahead = np.einsum("obd,obd->ob", moves[:, 1:], moves[:, :-1])
    straight = ahead >= _STRAIGHT * lengths[:, 1:] * lengths[:, :-1]
    slower = lengths[:, 1:] <= slows * lengths[:, :-1]
    return np.all(straight & slower, axis=1) & np.all(lengths >= extents[:, 1:] / 2, axis=1)


def _arrived(
    group: Int[np.ndarray, " orbit"],
    asked: Bool[np.ndarray, " orbit"],
    among: Float[np.ndarray, "orbit orbit"],
    last: Float[np.ndarray, "orbit time orbit"],
    spacing: Float[np.ndarray, " orbit"],
) -> tuple[Int[np.ndarray, " orbit"], Bool[np.ndarray, " orbit"]]:
    """Orbits that are like no other over all their blocks, but are on the set of others by the last of them."""
    group, arrived = group.copy(), np.zeros(len(group), dtype=bool)
    for orbit in np.flatnonzero(asked & ~asked.all()):
        distances = np.where(asked, np.inf, np.median(last[orbit], axis=0))
        nearest = int(distances.argmin())
        if distances[nearest] <= spacing[nearest] and among[orbit, nearest] >= _AMONG:
            group[orbit], arrived[orbit] = group[nearest], True
    return np.unique(group, return_inverse=True)[1], arrived
