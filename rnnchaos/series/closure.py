"""Whether the next point of a series is a function of the last one, and how sharply the series shows it."""

import numpy as np
from jaxtyping import Float

from rnnchaos.series.from_data import spread
from rnnchaos.series.in_pieces import Series, as_pieces
from rnnchaos.series.nearest_points import nearest_points

_QUERIES = 1000
_MOST_POINTS = 100_000
# Steps on either side of a point whose neighbours in space would be its neighbours in time.
_APART = 50
# Neighbours for each coefficient of a local linear map.
_EACH = 3
# Of the errors at all points, this share is below the figure that is given.
_MOST = 0.9
STATE_SEEN = 0.01
"""A series shows the state where most predictions of its next point err by less, in standard deviations."""


def error_of_most(errors: Float[np.ndarray, "point dimension"]) -> float:
    """What nine of ten points err by less than, of all dimensions together, in standard deviations."""
    return float(np.quantile(np.sqrt(np.mean(errors**2, axis=1)), _MOST))


def prediction_errors(
    series: Series, *, steps: int = 1, queries: int = _QUERIES
) -> Float[np.ndarray, "point dimension"] | None:
    """The errors of local linear predictions `steps` ahead, in standard deviations, at points all along a series.

    Where each point goes is predicted by the linear map that its neighbours and where they went give (Farmer &
    Sidorowich 1987, Phys. Rev. Lett. 59, 845), under the inputs of a driven series. What is left is near 0 where the
    series shows the whole state of a smooth system without noise; noise leaves its own size, and a hidden part of the
    state what it adds to the next point. None where the series is too short to tell.
    """
    series = as_pieces(series).head(_MOST_POINTS)
    rows = series.ends(after=steps)
    values = (series.values - series.values.mean(0)) / series.values.std(0)
    known, following = values[rows], values[rows + steps]
    if series.inputs is not None:
        inputs = series.inputs[rows + 1]
        known = np.hstack([known, (inputs - inputs.mean(0)) / np.maximum(inputs.std(0), 1e-12)])
    count = _EACH * (known.shape[1] + 1)
    at = spread(len(rows), queries)
    if len(rows) < 2 * (count + 2 * _APART):
        return None
    found = nearest_points(known, known[at], count + 2 * _APART + 1)[1]
    errors = [
        _error(known, following, int(query), near, count) for query, near in zip(at, found, strict=True)
    ]
    return np.array(errors)


def _error(
    known: Float[np.ndarray, "row coordinate"],
    following: Float[np.ndarray, "row dimension"],
    query: int,
    near: np.ndarray,
    count: int,
) -> Float[np.ndarray, " dimension"]:
    near = near[np.abs(near - query) > _APART][:count]
    factors = np.hstack([np.ones((len(near), 1)), known[near] - known[query]])
    predicted = np.linalg.lstsq(factors, following[near], rcond=None)[0][0]
    return predicted - following[query]
