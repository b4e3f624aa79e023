"""Which orbits end in the same place: sets of states that orbits return to, and from which none leaves."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

# States closer than this share of the extent of all are one.
_SAME = 1e-6
# Distances are taken along so many leading directions: beyond, they all become alike.
_DIRECTIONS = 10
# Neighbours looked at, and the fewest mutual ones by which two orbits share a set: one may be close by chance.
_NEIGHBOURS, _FEWEST = 8, 4
# Places of other orbits that are that near, on average, where all share a set.
_FOREIGN = 2.0
# By chance, an orbit of 100 000 has so few neighbours at its end that it is not found in its set.
_CHANCE = 1e-5
# An orbit that comes to rest: the last three stretches of it shrink at least by this factor each.
_SHRINKS = 0.9
_MARGIN = 4.0
_STRETCHES = 8


class Regions(NamedTuple):
    """The sets that orbits were seen in, numbered, by orbit and time."""

    visited: Int[np.ndarray, "orbit time"]
    """The set of each state; -1 where an orbit passed without returning."""
    final: Bool[np.ndarray, " region"]
    """Whether no orbit was seen to leave the set: an attractor, as far as was watched."""
    settled: Bool[np.ndarray, " orbit"]
    """Whether an orbit ended where others are, or it was before, or comes to rest."""
    places: Int[np.ndarray, " orbit"]
    """How many different places the second half of each orbit has; 1 where it comes to rest."""


def find_regions(states: Float[np.ndarray, "orbit time state"]) -> Regions:
    """Tell the sets apart by where orbits are, not by when.

    Points are joined to the next point of their orbit in the direction of time, and to points of other orbits both
    ways where either is closer to the other than to the rest of its own orbit. What can be reached from each other
    (the strongly connected components) is one set; a set without a way out is an attractor, since a way in and none
    back is what a transient has.
    """
    orbits, times, _ = states.shape
    place, representative = _places(_scaled(states))
    place = place.reshape(orbits, times)
    first, second = _neighbours(representative, place)
    here, there = place[:, :-1].ravel(), place[:, 1:].ravel()
    rests, rest_first, rest_second = _coming_to_rest(_scaled(states), place)
    rows = np.concatenate([here, first, second, rest_first, rest_second])
    columns = np.concatenate([there, second, first, rest_second, rest_first])
    count = int(place.max()) + 1
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(count, count))
    _, component = connected_components(graph, directed=True, connection="strong")
    linked = np.zeros(count, dtype=bool)
    linked[first] = True
    return _numbered(component[place], rests, place, linked[place])


def _numbered(
    component: Int[np.ndarray, "orbit time"],
    rests: Bool[np.ndarray, " orbit"],
    place: Int[np.ndarray, "orbit time"],
    linked: Bool[np.ndarray, "orbit time"],
) -> Regions:
    """Number the sets that orbits returned to, and those where they ended; see which of them orbits left."""
    times = component.shape[1]
    returned = np.bincount(component.ravel()) > _FEWEST
    last = component[:, -1].copy()
    for orbit in np.flatnonzero(~returned[last] & ~rests):
        # States without neighbours are no set of their own where the orbit was in one just before.
        before = component[orbit, -_by_chance(linked[orbit]) :]
        last[orbit] = next((each for each in before[::-1] if returned[each]), last[orbit])
    kept = np.union1d(np.flatnonzero(returned), last)
    number = np.full(len(returned), -1)
    number[kept] = np.arange(len(kept))
    visited = number[component]
    visited[:, -1] = number[last]
    left = [
        _left(row, before=times - _stretch(times) if rest else times)
        for row, rest in zip(visited, rests, strict=True)
    ]
    final = np.ones(len(kept), dtype=bool)
    final[np.concatenate(left)] = False
    half = times // 2
    places = np.array([len(np.unique(row[half:])) for row in place])
    return Regions(visited, final, rests | returned[last], np.where(rests, 1, places))


def _by_chance(linked: Bool[np.ndarray, " time"]) -> int:
    """So many states of an orbit in a row may be without neighbours and it still be in the set; a quarter at most."""
    share = linked.sum() / (np.flatnonzero(linked).max(initial=0) + 1)
    row = np.log(_CHANCE) / np.log1p(-min(share, 0.5)) if share else 0.0
    return int(np.clip(row, 2, max(2, len(linked) // 4)))


def _left(row: Int[np.ndarray, " time"], *, before: int) -> Int[np.ndarray, " region"]:
    """The sets that an orbit was in, and last so before a time; not the one where it ended."""
    reached, last = np.unique(row[::-1], return_index=True)
    return reached[(reached >= 0) & (reached != row[-1]) & (len(row) - 1 - last < before)]


def _stretch(times: int) -> int:
    """As long as an orbit that comes to rest is looked at: what it passed there belongs to its way."""
    return 3 * times // _STRETCHES


def _scaled(states: Float[np.ndarray, "orbit time state"]) -> Float[np.ndarray, "point direction"]:
    """All states about their mean, each axis by its spread, along the leading directions."""
    points = states.reshape(-1, states.shape[-1])
    points = points - points.mean(axis=0)
    spread = points.std(axis=0)
    points = points / np.where(spread > _SAME * spread.max(initial=0.0), spread, np.inf)
    if points.shape[1] <= _DIRECTIONS:
        return points
    _, directions = np.linalg.eigh(points.T @ points)
    return points @ directions[:, -_DIRECTIONS:]


def _places(
    points: Float[np.ndarray, "point direction"],
) -> tuple[Int[np.ndarray, " point"], Float[np.ndarray, "place direction"]]:
    """The number of the place of each point, and a point of each place: those that are one are one place."""
    extent = np.ptp(points, axis=0).max(initial=0.0)
    if extent == 0:
        return np.zeros(len(points), dtype=int), points[:1]
    # An offset that is no round number: attractors like to sit on round ones.
    cells = np.floor(points / (_SAME * extent) + 1 / np.pi).astype(np.int64)
    _, first, place = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    return place.ravel(), points[first]


def _neighbours(
    points: Float[np.ndarray, "place direction"], place: Int[np.ndarray, "orbit time"]
) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """Pairs of places of different orbits that are closer to each other than each to the rest of its own orbit.

    How much closer is such that places of orbits that share a set find a few: a set is told from another one beside it
    as finely as the places allow.
    """
    orbits, times = place.shape
    owner = np.full(len(points), -1)
    owner[place.ravel()] = np.repeat(np.arange(orbits), times)
    wanted = min(_NEIGHBOURS + 1, len(points))
    distance, index = cKDTree(points).query(points, k=wanted)
    distance, index = distance.reshape(-1, wanted)[:, 1:], index.reshape(-1, wanted)[:, 1:]
    foreign = owner[index] != owner[:, None]
    own = np.where(foreign, np.inf, distance).min(axis=1, initial=np.inf)
    own = np.where(np.isfinite(own), own, distance.max(axis=1, initial=0.0))
    others = max(1, orbits - 1)
    closer = min(1.0, (_FOREIGN / others) ** (1 / _dimension(distance)))
    # A place without others of its own orbit has nothing to be compared with.
    lonely = np.bincount(owner, minlength=orbits) < _FEWEST
    near = foreign & (distance <= closer * own[:, None]) & ~lonely[owner][:, None]
    source, column = np.nonzero(near)
    target = index[source, column]
    mutual = np.isin(target * len(points) + source, source * len(points) + target)
    source, target = source[mutual], target[mutual]
    pair = owner[source] * orbits + owner[target]
    enough = int(np.clip(times / others / _FEWEST / 3, 1, _FEWEST))
    often = np.bincount(pair, minlength=orbits**2)[pair] >= enough
    return source[often], target[often]


def _dimension(distances: Float[np.ndarray, "place neighbour"]) -> float:
    """Of the sets, from distances to neighbours (Levina & Bickel 2004, Adv. Neural Inf. Process. Syst. 17)."""
    apart = distances[(distances > 0).all(axis=1)]
    if apart.size == 0 or apart.shape[1] < 3:
        return 1.0
    inverse = np.log(apart[:, -1:] / apart[:, :-1]).mean()
    return float(np.clip(1 / max(inverse, 1e-9), 1.0, _DIRECTIONS))


def _coming_to_rest(
    points: Float[np.ndarray, "point direction"], place: Int[np.ndarray, "orbit time"]
) -> tuple[Bool[np.ndarray, " orbit"], Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """Which orbits come to rest, and pairs of last places of those that do so in the same place.

    The last stretches of such an orbit shrink. Their middles tell where it will rest: what is left of their way is a
    geometric series, with a margin for slower laws.
    """
    orbits, times = place.shape
    paths = points.reshape(orbits, times, -1)
    stretches = np.array_split(np.arange(times), _STRETCHES)[-4:]
    extents = np.stack([np.ptp(paths[:, each], axis=1).max(axis=1) for each in stretches], axis=1)
    middles = np.stack([paths[:, each].mean(axis=1) for each in stretches], axis=1)
    still = extents[:, -1] <= _SAME * np.ptp(points, axis=0).max(initial=0.0)
    rests = still | np.all(extents[:, 1:] <= _SHRINKS * extents[:, :-1], axis=1)
    ratio = np.clip(np.sqrt(extents[:, 3] / np.where(extents[:, 1] > 0, extents[:, 1], 1.0)), 0.5, _SHRINKS)
    way = np.linalg.norm(middles[:, -1] - middles[:, -2], axis=1)
    left = _MARGIN * way * ratio / (1 - ratio)
    apart = np.linalg.norm(middles[:, None, -1] - middles[None, :, -1], axis=2)
    joined = (apart <= left[:, None] + left[None]) & rests[:, None] & rests[None]
    first, second = np.nonzero(np.triu(joined, k=1))
    return rests, place[first, -1], place[second, -1]
