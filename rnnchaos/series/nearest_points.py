"""The points that are nearest to others, by a tree or, among many coordinates, by all distances at once."""

import numpy as np
import scipy
from jaxtyping import Float, Int

# Beyond, a tree looks at nearly all points anyway, one by one.
_TREE_DIMENSIONS = 20
# Distances that are held at a time.
_CHUNK = 4_000_000


def nearest_points(
    points: Float[np.ndarray, "point coordinate"], asked: Float[np.ndarray, "asked coordinate"], count: int
) -> tuple[Float[np.ndarray, "asked neighbour"], Int[np.ndarray, "asked neighbour"]]:
    """Distances to the `count` of `points` nearest to each that is asked for, the nearest first, and which they are."""
    if points.shape[1] <= _TREE_DIMENSIONS:
        distances, found = scipy.spatial.cKDTree(points).query(asked, k=np.arange(1, count + 1))
        return distances, found
    centre = points.mean(axis=0)
    points, asked = points - centre, asked - centre
    squares, rows = np.sum(points**2, axis=1), max(1, _CHUNK // len(points))
    parts = [
        _of_all(points, squares, asked[first : first + rows], count) for first in range(0, len(asked), rows)
    ]
    distances, found = (np.concatenate(each) for each in zip(*parts, strict=True))
    return distances, found


def _of_all(points, squares, asked, count: int):
    # |x - y|² but for |y|²: rounding may swap neighbours that are as far, so their distances are taken anew.
    apart = squares - 2 * (asked @ points.T)
    found = np.argpartition(apart, count - 1, axis=1)[:, :count]
    distances = np.linalg.norm(points[found] - asked[:, None], axis=-1)
    order = np.argsort(distances, axis=1)
    return np.take_along_axis(distances, order, 1), np.take_along_axis(found, order, 1)
