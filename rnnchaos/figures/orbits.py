"""Orbits in planes: which planes, from how many points, and curves that are smooth where the step is coarse."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float
from matplotlib.axes import Axes

from rnnchaos.figures.names import delayed
from rnnchaos.figures.style import HAIR

MAX_POINTS = 10_000  # more only blacken an attractor
_DOT = 1.6  # points: what a reader sees of one among thousands
# A curve that turns by more from step to step looks like a polygon.
_COARSE = np.radians(8.0)
_FINEST = 8  # points drawn for each of a coarse curve, at most


class Planes(NamedTuple):
    """What is drawn of orbits of one dimension or more."""

    orbits: tuple[Float[np.ndarray, "time axis"], ...]
    names: Sequence[str]
    pairs: Sequence[tuple[int, int]]
    """Indices of the axes across and up."""


def planes(orbits: Sequence[Float[np.ndarray, "time axis"]], names: Sequence[str], *, lag: int) -> Planes:
    """The plane of two axes, or those of the first with the next two; of one axis x(t + lag) against x(t)."""
    if orbits[0].shape[1] == 1:
        lag = min([lag, *(len(orbit) - 1 for orbit in orbits)])
        pairs = tuple(np.concatenate([each[: len(each) - lag], each[lag:]], axis=1) for each in orbits)
        return Planes(pairs, delayed(names[0], lag), [(0, 1)])
    return Planes(tuple(orbits), names, [(0, 1), (0, 2)][: orbits[0].shape[1] - 1])


def draw_orbit(
    axes: Axes,
    across: Float[np.ndarray, " time"],
    up: Float[np.ndarray, " time"],
    colour: str,
    *,
    connected: bool,
    zorder: float = 1,
) -> None:
    """A curve for what moves along one, dots that can be seen for what jumps."""
    if not connected:
        axes.plot(across, up, color=colour, linewidth=0, marker=".", markersize=_DOT, mew=0, zorder=zorder)
        return
    curve = smooth(np.stack([across, up], axis=1))
    axes.plot(curve[:, 0], curve[:, 1], color=colour, linewidth=HAIR, alpha=0.8, zorder=zorder)


def smooth(points: Float[np.ndarray, "time axis"]) -> Float[np.ndarray, "more axis"]:
    """The points, where they make a curve; else a cubic spline through them, with so many points that it is one.

    Gaps, rows that are not finite, stay gaps: each stretch between them is a curve of its own.
    """
    finite = np.isfinite(points).all(axis=1)
    stretches = np.ma.clump_unmasked(np.ma.masked_array(finite, ~finite))
    gap = np.full((1, points.shape[1]), np.nan)
    parts = [part for stretch in stretches for part in (_smoothed(points[stretch]), gap)]
    return np.concatenate(parts[:-1]) if parts else gap


def _smoothed(points: Float[np.ndarray, "time axis"]) -> Float[np.ndarray, "more axis"]:
    if len(points) < 4:
        return points
    scaled = points / np.maximum(np.ptp(points, axis=0), 1e-300)
    moves = np.diff(scaled, axis=0)
    lengths = np.linalg.norm(moves, axis=1)
    cosines = np.sum(moves[1:] * moves[:-1], axis=1) / np.maximum(lengths[1:] * lengths[:-1], 1e-300)
    turn = float(np.quantile(np.arccos(np.clip(cosines, -1, 1)), 0.9))
    finer = min(_FINEST, int(np.ceil(turn / _COARSE)))
    if finer < 2:
        return points
    return _spline(points, finer)


def _spline(points: Float[np.ndarray, "time axis"], finer: int) -> Float[np.ndarray, "more axis"]:
    """The cubic spline through points at equal steps, whose third derivative is the same on both sides of the last but
    one, with so many points a step.

    As of `scipy.interpolate.CubicSpline`, whose import takes as long as a figure.
    """
    curvature = np.empty_like(points)
    bent = 6 * np.diff(points, 2, axis=0)
    curvature[1], curvature[-2] = bent[0] / 6, bent[-1] / 6
    if inner := len(points) - 4:
        known = bent[1:-1].copy()
        known[0] -= curvature[1]
        known[-1] -= curvature[-2]
        curvature[2:-2] = scipy.linalg.solve_banded((1, 1), np.tile([[1.0], [4.0], [1.0]], inner), known)
    curvature[0] = 2 * curvature[1] - curvature[2]
    curvature[-1] = 2 * curvature[-2] - curvature[-3]
    after = (np.arange(finer) / finer)[None, :, None]
    before = 1 - after
    begin, end = points[:-1, None], points[1:, None]
    bends = (before**3 - before) * curvature[:-1, None] + (after**3 - after) * curvature[1:, None]
    curve = before * begin + after * end + bends / 6
    return np.concatenate([curve.reshape(-1, points.shape[1]), points[-1:]])
