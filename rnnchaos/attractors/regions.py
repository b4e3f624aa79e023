"""The sets that orbits are on in the end, and those that they left before."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

from rnnchaos.attractors.sharing import SAME, Shared, find_shared

# Distances are taken along so many leading directions: beyond, they all become alike.
_DIRECTIONS = 10
# States so many times farther from a set than its own are from each other are not on it.
_OFF = 4.0
# So many states together tell.
_ODD = 5
# What an orbit did before it came to its set counts as a set that held it from so many states on, where the second
# half of them fills at least this share of what the first half does: on its way to a set it shrinks.
_FEWEST, _HOLDS = 8, 0.7
# One whose second half is farther from the first than this share of what it fills itself has not stayed, but drifted.
_DRIFTS = 0.5
# An orbit that was on a set has been all over it: through this share of its extent, at least. One that passes its edge
# on the way to another, as a spiral about a fixed point beside chaos does, was not.
_COVERS = 0.7
# And one that held it is no smaller than this share of what the orbit filled there.
_HOLDS_IT = 0.3


class Regions(NamedTuple):
    """The sets that orbits were seen in, numbered, by orbit and time."""

    visited: Int[np.ndarray, "orbit time"]
    """The set of each state; -1 where an orbit was on its way."""
    final: Bool[np.ndarray, " region"]
    """Whether no orbit was seen to leave the set: an attractor, as far as was watched."""
    settled: Bool[np.ndarray, " orbit"]
    """Whether an orbit was on its set for all of the second half."""
    places: Int[np.ndarray, " orbit"]
    """How many different places the second half of each orbit has; 1 where it comes to rest.

    As many as it has states where one place was seen once: there may be others that were not seen.
    """


def find_regions(
    states: Float[np.ndarray, "orbit time state"], after: Float[np.ndarray, "orbit time state"]
) -> Regions:
    """Group orbits by where they are in the second half of the time, and see where they were before.

    `after` are the states one step later.
    """
    points, moved = _scaled(states, after)
    times = points.shape[1]
    extent = float(np.linalg.norm(np.ptp(points.reshape(-1, points.shape[-1]), axis=0)))
    late = slice(times // 2, None)
    shared = find_shared(points[:, late], moved[:, late], extent)
    visited, final = _joined(_visited(points, shared))
    places = np.where(shared.rests, 1, _places(points[:, late], SAME * extent))
    return Regions(visited, final, shared.settled, places)


def _joined(
    visited: Int[np.ndarray, "orbit time"],
) -> tuple[Int[np.ndarray, "orbit time"], Bool[np.ndarray, " region"]]:
    """Sets from one to another of which orbits go and back as one set, and which are never left."""
    count = visited.max() + 1
    goes = np.zeros((count, count), dtype=bool)
    for row in visited:
        goes[np.unique(row[row >= 0]), row[-1]] = True
    _, joined = scipy.sparse.csgraph.connected_components(goes, directed=True, connection="strong")
    leaves = np.any(goes & (joined[:, None] != joined), axis=1)
    final = ~np.isin(np.arange(joined.max() + 1), joined[leaves])
    return np.where(visited >= 0, joined[visited], -1), final


def _visited(
    points: Float[np.ndarray, "orbit time direction"], shared: Shared
) -> Int[np.ndarray, "orbit time"]:
    """The set of each state, with a set of its own for those that held orbits which all have left."""
    orbits, times, _ = points.shape
    groups = int(shared.group.max()) + 1
    off, extents = np.empty((groups, orbits, times)), np.empty(groups)
    for group in range(groups):
        members = np.flatnonzero(shared.group == group)
        on_it = np.concatenate([points[each, -shared.last[each] :] for each in members])
        tree, extents[group] = scipy.spatial.cKDTree(on_it), _extent(on_it)
        bound = _OFF * np.max(shared.spacing[members])
        off[group] = tree.query(points.reshape(orbits * times, -1))[0].reshape(orbits, times) / bound
    # One state alone may be far out.
    off = _medians(off)
    visited = np.repeat(shared.group[:, None], times, axis=1)
    for orbit, group in enumerate(shared.group):
        away = np.flatnonzero(off[group, orbit] > 1)
        before = visited[orbit, : away[-1] + 1 if len(away) else 0]
        before[:] = -1
        if _held(points[orbit, : len(before)]):
            others = np.median(off[:, orbit, len(before) // 2 : len(before)], axis=1)
            extent = _extent(points[orbit, : len(before)])
            # Nor was it on a set that is far smaller, as where an orbit has nearly come to rest.
            others[(np.arange(groups) == group) | (extents < _HOLDS_IT * extent)] = np.inf
            if others.min() > 1:
                before[:] = groups
            elif extent >= _COVERS * extents[others.argmin()]:
                before[:] = others.argmin()
    visited[:, -1] = shared.group
    return visited


def _medians(values: Float[np.ndarray, "group orbit time"]) -> Float[np.ndarray, "group orbit time"]:
    """Of each value and those about it; at both ends the last one counts several times."""
    wider = np.pad(values, [(0, 0), (0, 0), (_ODD // 2, _ODD // 2)], mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(wider, _ODD, axis=2), axis=-1)


def _held(points: Float[np.ndarray, "time direction"]) -> bool:
    """Whether an orbit stayed on something before it came where it is."""
    if len(points) < _FEWEST:
        return False
    halves = np.array_split(points, 2)
    first, second = (_extent(half) for half in halves)
    moved = float(np.linalg.norm(halves[1].mean(axis=0) - halves[0].mean(axis=0)))
    return second >= _HOLDS * first and moved <= _DRIFTS * second


def _extent(points: Float[np.ndarray, "point direction"]) -> float:
    return float(np.linalg.norm(np.ptp(points, axis=0)))


def _scaled(
    states: Float[np.ndarray, "orbit time state"], after: Float[np.ndarray, "orbit time state"]
) -> tuple[Float[np.ndarray, "orbit time direction"], Float[np.ndarray, "orbit time direction"]]:
    """All states about their mean, each axis by its spread, along the leading directions."""
    flat = states.reshape(-1, states.shape[-1])
    mean, spread = flat.mean(axis=0), flat.std(axis=0)
    weights = np.diag(1 / np.where(spread > SAME * spread.max(initial=0.0), spread, np.inf))
    if len(mean) > _DIRECTIONS:
        points = (flat - mean) @ weights
        weights = weights @ np.linalg.eigh(points.T @ points)[1][:, -_DIRECTIONS:]
    return (states - mean) @ weights, (after - mean) @ weights


def _places(points: Float[np.ndarray, "orbit time direction"], same: float) -> Int[np.ndarray, " orbit"]:
    if same == 0:
        return np.ones(len(points), dtype=int)
    # An offset that is no round number: attractors like to sit on round ones.
    cells = np.floor(points / same + 1 / np.pi)
    seen = [np.unique(orbit, axis=0, return_counts=True)[1] for orbit in cells]
    return np.array([len(counts) if counts.min() > 1 else points.shape[1] for counts in seen])
