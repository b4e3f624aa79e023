"""Whether the next point of a series is a function of the last one, and how sharply the series shows it."""

import numpy as np
import scipy
from jaxtyping import Float

from rnnchaos.pieces import Pieces
from rnnchaos.series.from_data import spread

_QUERIES = 1000
_MOST_POINTS = 100_000
# Steps on either side of a point whose neighbours in space would be its neighbours in time.
_APART = 50
# Neighbours for each coefficient of a local linear map.
_EACH = 3
# Of the errors at all points, this share is below the figure that is given.
_MOST = 0.9


def one_step_error(series: Pieces) -> float | None:
    """The error of local linear one-step predictions, standard deviations: nine of ten points have a smaller one.

    Each point's successor is predicted by the linear map that its neighbours and their successors give (Farmer &
    Sidorowich 1987, Phys. Rev. Lett. 59, 845), under the inputs of a driven series. What is left is near 0 where the
    series shows the whole state of a smooth system without noise; noise leaves its own size, and a hidden part of the
    state what it adds to the next point. None where the series is too short to tell.
    """
    series = series.head(_MOST_POINTS)
    rows = series.ends(after=1)
    values = (series.values - series.values.mean(0)) / series.values.std(0)
    known, following = values[rows], values[rows + 1]
    if series.inputs is not None:
        inputs = series.inputs[rows + 1]
        known = np.hstack([known, (inputs - inputs.mean(0)) / np.maximum(inputs.std(0), 1e-12)])
    count = _EACH * (known.shape[1] + 1)
    queries = spread(len(rows), _QUERIES)
    if len(rows) < 2 * (count + 2 * _APART):
        return None
    found = scipy.spatial.cKDTree(known).query(known[queries], k=count + 2 * _APART + 1)[1]
    errors = [
        _error(known, following, int(query), near, count) for query, near in zip(queries, found, strict=True)
    ]
    return float(np.quantile(errors, _MOST))


def _error(
    known: Float[np.ndarray, "row coordinate"],
    following: Float[np.ndarray, "row dimension"],
    query: int,
    near: np.ndarray,
    count: int,
) -> float:
    near = near[np.abs(near - query) > _APART][:count]
    factors = np.hstack([np.ones((len(near), 1)), known[near] - known[query]])
    predicted = np.linalg.lstsq(factors, following[near], rcond=None)[0][0]
    return float(np.sqrt(np.mean((predicted - following[query]) ** 2)))
