"""A smooth map fitted to a whole series: a quadratic, and what it leaves by a sum of bumps."""

import numpy as np
import scipy
from jaxtyping import Float

Points = Float[np.ndarray, "point dimension"]
Goals = Float[np.ndarray, "point out"]

_CENTRES = 300
# Points for each centre at least.
_POINTS_EACH = 4
# Products of two coordinates, up to so many coordinates.
_MOST_COORDINATES = 10
# Penalties on the bumps, as shares of the largest eigenvalue of their Gram matrix.
_PENALTIES = 10.0 ** np.arange(-13, 1)
# Combinations of features that vary by less than this share do not count.
_COLLINEAR = 1e-7
# The largest hundredth of the errors counts as its smallest: a few points on a fold say little of the rest.
_KEPT = 0.99


class SmoothMap:
    """y(x) by ridge regression on 1, x_i, x_i x_j and Gaussian bumps about points of the series, of one width.

    The noise of single points averages out over the whole series, where a local map has that of its neighbours. The
    penalty on the bumps is the one with the smallest error at points that are left out, one at a time.
    """

    error: float
    """Root mean square error at points that were left out, in the units of y."""

    def __init__(self, points: Points, following: Goals, *, width: float) -> None:
        self._width = width
        count = min(_CENTRES, len(points) // _POINTS_EACH)
        self._centres = points[np.random.default_rng(0).permutation(len(points))[:count]]
        bumps = self._bumps(points)
        # Points of a circle leave a quadratic of them undetermined.
        orthogonal, lengths, turned = np.linalg.svd(_quadratic(points), full_matrices=False)
        kept = lengths > _COLLINEAR * lengths[0]
        orthogonal = orthogonal[:, kept]
        across = bumps - orthogonal @ (orthogonal.T @ bumps)
        left = following - orthogonal @ (orthogonal.T @ following)
        eigenvalues, vectors = np.linalg.eigh(across.T @ across)
        eigenvalues = np.maximum(eigenvalues, 0.0)
        rotated = across @ vectors
        targets, squares = rotated.T @ left, rotated**2
        leverage = np.sum(orthogonal**2, axis=1)
        # All penalties by one product: the large matrix is read once.
        damped = 1 / (eigenvalues + _PENALTIES[:, None] * max(float(eigenvalues[-1]), np.finfo(float).tiny))
        weights = damped[:, :, None] * targets
        missed = left.T - np.tensordot(weights, rotated, (1, 1))
        own = leverage + damped @ squares.T
        errors = [typical_error(each.T) for each in missed / np.maximum(1 - own, 1e-3)[:, None]]
        best = int(np.argmin(errors))
        self.error, self._weights = errors[best], vectors @ weights[best]
        rest = orthogonal.T @ (following - bumps @ self._weights)
        self._quadratic = turned[kept].T @ (rest / lengths[kept, None])

    def __call__(self, points: Points) -> Goals:
        """y at points."""
        return _quadratic(points) @ self._quadratic + self._bumps(points) @ self._weights

    def jacobians(self, points: Points) -> Float[np.ndarray, "point out dimension"]:
        """∂y/∂x at points."""
        bumps = self._bumps(points)
        total = bumps @ self._weights
        towards = [
            bumps @ (self._weights * self._centres[:, [axis]]) - total * points[:, [axis]]
            for axis in range(points.shape[1])
        ]
        slopes = np.einsum("fo,pfa->poa", self._quadratic, _slopes_of_quadratic(points))
        return np.stack(towards, axis=-1) / self._width**2 + slopes

    def _bumps(self, points: Points) -> Float[np.ndarray, "point centre"]:
        gaps = scipy.spatial.distance.cdist(points, self._centres, "sqeuclidean")
        return np.exp(-gaps / (2 * self._width**2))


def typical_error(errors: Goals) -> float:
    """Root mean square length, the few largest errors cut down to a hundredth's quantile."""
    squared = np.sum(errors**2, axis=1)
    return float(np.sqrt(np.mean(np.minimum(squared, np.quantile(squared, _KEPT)))))


def products(points: Float[np.ndarray, "... dimension"]) -> Float[np.ndarray, "... product"]:
    """x_i x_j for i ≤ j."""
    first, second = np.triu_indices(points.shape[-1])
    return points[..., first] * points[..., second]


def _quadratic(points: Points) -> Float[np.ndarray, "point feature"]:
    linear = np.hstack([np.ones((len(points), 1)), points])
    return linear if points.shape[1] > _MOST_COORDINATES else np.hstack([linear, products(points)])


def _slopes_of_quadratic(points: Points) -> Float[np.ndarray, "point feature dimension"]:
    count, dimension = points.shape
    identity = np.eye(dimension)
    linear = np.broadcast_to(np.vstack([np.zeros(dimension), identity]), (count, dimension + 1, dimension))
    if dimension > _MOST_COORDINATES:
        return linear
    first, second = np.triu_indices(dimension)
    mixed = points[:, first, None] * identity[second] + points[:, second, None] * identity[first]
    return np.concatenate([linear, mixed], axis=1)
