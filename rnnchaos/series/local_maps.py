"""Local maps: where a point goes as a linear or quadratic function of it, fitted to its neighbours."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float, Int

from rnnchaos.pieces import Pieces
from rnnchaos.series.in_pieces import apart_in_time
from rnnchaos.series.smooth_maps import products, typical_error

# As many queries at a time as fit into a cache.
_CHUNK = 500
# Against neighbours that span fewer directions than there are coefficients.
_RIDGE = 1e-8
_BEYOND_THE_LAST = 1.001


class Neighbours(NamedTuple):
    """The closest points to each of some points, not close in time, the closest first."""

    rows: Int[np.ndarray, "query neighbour"]
    distances: Float[np.ndarray, "query neighbour"]


class LocalMaps(NamedTuple):
    """The local maps at some points."""

    error: float
    """Root mean square error at these points, which are not among those that their own maps are fitted to."""
    jacobians: Float[np.ndarray, "query dimension dimension"]
    missed: Float[np.ndarray, "query dimension"]
    """Where the points go, less where the maps lead from them."""
    neighbours: int
    """Neighbours that each is fitted to."""
    quadratic: bool


def neighbours_of(
    series: Pieces, queries: Int[np.ndarray, " query"], *, count: int, step: int, apart: int
) -> Neighbours | None:
    """The `count` closest points to each of `queries` that are more than `apart` steps away and have `step` after them.

    None where there are too few.
    """
    known = series.ends(after=step)
    wanted = count + 2 * apart + 1
    if len(known) < wanted:
        return None
    gaps, found = scipy.spatial.cKDTree(series.values[known]).query(series.values[queries], k=wanted)
    near = apart_in_time(series, known[found], queries[:, None], apart)
    # Those that are close in time come last, else the order stays.
    order = np.argsort(~near, axis=1, kind="stable")[:, :count]
    return Neighbours(known[np.take_along_axis(found, order, 1)], np.take_along_axis(gaps, order, 1))


def local_maps(
    series: Pieces,
    queries: Int[np.ndarray, " query"],
    neighbours: Neighbours,
    *,
    count: int,
    step: int,
    quadratic: bool,
) -> LocalMaps:
    """The maps over `step` steps at `queries`, each fitted to `count` neighbours, the closer ones with more weight.

    Sano & Sawada (1985, Phys. Rev. Lett. 55, 1082); with quadratic terms Bryant, Brown & Abarbanel (1990, Phys. Rev.
    Lett. 65, 1523).
    """
    parts = [
        _fitted(
            series.values,
            queries[part],
            Neighbours(*(each[part, :count] for each in neighbours)),
            step,
            quadratic,
        )
        for part in (slice(first, first + _CHUNK) for first in range(0, len(queries), _CHUNK))
    ]
    errors, jacobians = (np.concatenate(each) for each in zip(*parts, strict=True))
    return LocalMaps(typical_error(errors), jacobians, -errors, count, quadratic)


def _fitted(values, queries, neighbours: Neighbours, step: int, quadratic: bool):
    """The errors at the queries and the Jacobians there."""
    dimension = values.shape[1]
    radius = np.maximum(neighbours.distances[:, -1:], np.finfo(float).tiny)
    weights = 1 - (neighbours.distances / (_BEYOND_THE_LAST * radius)) ** 2
    gaps = (values[neighbours.rows] - values[queries][:, None]) / radius[..., None]
    columns = [np.ones((*gaps.shape[:2], 1)), gaps] + ([products(gaps)] if quadratic else [])
    factors = np.concatenate(columns, axis=-1)
    goals = values[neighbours.rows + step] - values[queries + step][:, None]
    weighted = np.swapaxes(factors * weights[..., None], 1, 2)
    gram, sides = weighted @ factors, weighted @ goals
    size = gram.shape[-1]
    scale = np.trace(gram, axis1=1, axis2=2)[:, None, None] / size
    found = np.linalg.solve(gram + _RIDGE * scale * np.eye(size), sides)
    return found[:, 0], np.swapaxes(found[:, 1 : 1 + dimension], 1, 2) / radius[..., None]
