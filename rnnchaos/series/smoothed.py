"""A noisy series drawn to orbits of a map that was fitted to it."""

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

from rnnchaos.pieces import Pieces
from rnnchaos.series.smooth_maps import SmoothMap

# Errors of the map, as a share of those of the points. Hardly any less moves points by more than their noise.
_OF_THE_MAP = 0.3
_ITERATIONS = 3


def smoothed(series: Pieces, moves: SmoothMap, step: int) -> Pieces:
    """The most likely states behind noisy points, of which `moves` says how far they move in `step` steps.

    They minimise Σ|x_t - y_t|² + Σ|x_{t+step} - x_t - moves(x_t)|² / .3², by Gauss-Newton steps from the points y
    (as Davies 1994, Physica D 79, 174, by a fitted map). Maps that are fitted to them, rather than to the points, have
    no noise in what they are functions of, which would lower their slopes across a thin attractor.
    """
    order, linked = _in_chains(series, step)
    points = series.values[order]
    states = points
    for _ in range(_ITERATIONS):
        states = states + _correction(states, points, moves, linked)
    values = np.empty_like(states)
    values[order] = states
    return Pieces(values, series.lengths)


def _in_chains(series: Pieces, step: int) -> tuple[Int[np.ndarray, " row"], Bool[np.ndarray, " link"]]:
    """Rows in the order in which the map leads through them, and whether it leads from each to the next."""
    piece = np.repeat(np.arange(len(series.lengths)), series.lengths)
    order = np.lexsort((series.since, series.since % step, piece))
    chain = np.stack([piece, series.since % step])[:, order]
    return order, (chain[:, 1:] == chain[:, :-1]).all(axis=0)


def _correction(
    states: Float[np.ndarray, "row axis"],
    points: Float[np.ndarray, "row axis"],
    moves: SmoothMap,
    linked: Bool[np.ndarray, " link"],
) -> Float[np.ndarray, "row axis"]:
    """A Gauss-Newton step: the normal equations are block-tridiagonal."""
    count, dimension = states.shape
    weights = linked / _OF_THE_MAP**2
    identity = np.eye(dimension)
    slopes = moves.jacobians(states[:-1]) + identity
    missed = states[1:] - states[:-1] - moves(states[:-1])
    weighted = weights[:, None, None] * slopes
    diagonal = np.tile(identity, (count, 1, 1))
    diagonal[1:] += weights[:, None, None] * identity
    diagonal[:-1] += np.swapaxes(slopes, 1, 2) @ weighted
    downhill = points - states
    downhill[1:] -= weights[:, None] * missed
    downhill[:-1] += np.einsum("nij,ni->nj", weighted, missed)
    bands = np.zeros((2 * dimension, count * dimension))
    for row, column in np.ndindex(dimension, dimension):
        if row >= column:
            bands[row - column, column::dimension] = diagonal[:, row, column]
        bands[dimension + row - column, column : (count - 1) * dimension : dimension] -= weighted[
            :, row, column
        ]
    return scipy.linalg.solveh_banded(bands, downhill.ravel(), lower=True).reshape(count, dimension)
