"""A noisy series drawn to orbits of a map that was fitted to it."""

import numpy as np
import scipy
from jaxtyping import Bool, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.series.local_maps import local_maps, neighbours_of
from rnnchaos.series.smooth_maps import SmoothMap

# Errors of the map, as a share of those of the points. Hardly any less moves points by more than their noise.
_OF_THE_MAP = 0.3
_ITERATIONS = 3
# Local maps change with the points that they are fitted to: after two rounds they follow what noise is left.
_LOCAL_ITERATIONS = 2


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
        slopes = moves.jacobians(states[:-1]) + np.eye(series.dimension)
        missed = states[1:] - states[:-1] - moves(states[:-1])
        states = states + _correction(points - states, slopes, missed, linked)
    return _in_time(states, order, series)


def smoothed_by_local_maps(series: Pieces, step: int, *, count: int, quadratic: bool, apart: int) -> Pieces:
    """As `smoothed`, by local maps that are fitted to `count` neighbours of each point, and then of each state.

    Raises ConfigError where there are too few neighbours more than `apart` steps apart.
    """
    order, linked = _in_chains(series, step)
    points, found = series.values[order], series
    slopes = np.zeros((len(points) - 1, series.dimension, series.dimension))
    missed = np.zeros((len(points) - 1, series.dimension))
    queries = order[:-1][linked]
    for _ in range(_LOCAL_ITERATIONS):
        near = neighbours_of(found, queries, count=count, step=step, apart=apart)
        if near is None:
            raise ConfigError(f"local maps need {count} neighbours more than {apart} steps apart")
        maps = local_maps(found, queries, near, count=count, step=step, quadratic=quadratic)
        slopes[linked], missed[linked] = maps.jacobians, maps.missed
        states = found.values[order]
        found = _in_time(states + _correction(points - states, slopes, missed, linked), order, series)
    return found


def _in_time(states: Float[np.ndarray, "row axis"], order: Int[np.ndarray, " row"], series: Pieces) -> Pieces:
    """States that stand in another order, each put where it is in the series."""
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
    downhill: Float[np.ndarray, "row axis"],
    slopes: Float[np.ndarray, "link axis axis"],
    missed: Float[np.ndarray, "link axis"],
    linked: Bool[np.ndarray, " link"],
) -> Float[np.ndarray, "row axis"]:
    """A Gauss-Newton step from states that are `downhill` off their points: normal equations are block-tridiagonal."""
    count, dimension = downhill.shape
    weights = linked / _OF_THE_MAP**2
    identity = np.eye(dimension)
    weighted = weights[:, None, None] * slopes
    diagonal = np.tile(identity, (count, 1, 1))
    diagonal[1:] += weights[:, None, None] * identity
    diagonal[:-1] += np.swapaxes(slopes, 1, 2) @ weighted
    downhill = downhill.copy()
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
