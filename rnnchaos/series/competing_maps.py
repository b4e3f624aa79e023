"""Maps of several kinds that are fitted to a series, the one that foretells it best first."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from rnnchaos.pieces import Pieces
from rnnchaos.series.divergence_curves import GROUPS
from rnnchaos.series.local_maps import LocalMaps, local_maps, neighbours_of
from rnnchaos.series.smooth_maps import SmoothMap
from rnnchaos.series.smoothed import smoothed, smoothed_by_local_maps

# Widths of the bumps of smooth maps: the root mean square distance of points from their mean is 1.
_WIDTHS = (0.2, 0.4, 0.8, 1.6)
# Local maps: whether quadratic, and neighbours for each coefficient.
_LOCAL = ((False, 3), (False, 10), (True, 3), (True, 8))
_MOST_LOCAL_DIMENSIONS = 5
# What noise leaves is left by all maps alike: where one of another kind errs by more than this times the smallest
# error, it is the map that errs.
_AS_NOISE = 1.2


class Competing(NamedTuple):
    """Maps of one step, the best first."""

    series: Pieces
    step: int
    maps: list[tuple[str, float, SmoothMap | LocalMaps]]
    """Name, error, and the map, or those at `queries`."""
    missed: float
    """Error of the best one."""
    moved: float
    """Root mean square distance that the series moves in so many steps."""
    queries: Int[np.ndarray, " query"]
    chains: Int[np.ndarray, "link stretch offset"]
    """Among the queries."""

    def of_smoothed_points(self, period: float) -> "Competing":
        """Maps of the series once it is smoothed; themselves where it is not noise that is left."""
        alike = [one for _, error, one in self.maps if error <= _AS_NOISE * self.missed]
        smooth = next((one for one in alike if isinstance(one, SmoothMap)), None)
        local = [one for one in alike if isinstance(one, LocalMaps)]
        if smooth is not None:
            drawn = smoothed(self.series, smooth, self.step)
        elif len({one.quadratic for one in local}) == 2:
            best, apart = local[0], max(1, round(period))
            drawn = smoothed_by_local_maps(
                self.series, self.step, count=best.neighbours, quadratic=best.quadratic, apart=apart
            )
        else:
            return self
        again = competing(drawn, self.step, period)
        return self if again is None else again._replace(missed=self.missed)


def competing(series: Pieces, step: int, period: float) -> Competing | None:
    """Local and smooth maps over so many steps; None of a series that is too short for stretches of them."""
    chains = _chains(series, step)
    if chains is None:
        return None
    rows = series.ends(after=step)
    queries, where = np.unique(chains, return_inverse=True)
    moves = series.values[rows + step] - series.values[rows]
    maps: list[tuple[str, float, SmoothMap | LocalMaps]] = []
    for width in _WIDTHS:
        one = SmoothMap(series.values[rows], moves, width=width)
        maps.append((f"smooth, width {width:g}", one.error, one))
    maps += _local(series, queries, step, max(1, round(period)))
    maps.sort(key=lambda each: each[1])
    moved = float(np.sqrt(np.mean(np.sum(moves**2, axis=1))))
    return Competing(series, step, maps, maps[0][1], moved, queries, where.reshape(chains.shape))


def _local(
    series: Pieces, queries: Int[np.ndarray, " query"], step: int, apart: int
) -> list[tuple[str, float, SmoothMap | LocalMaps]]:
    """Name, error and maps of each kind of local map."""
    dimension = series.dimension
    if dimension > _MOST_LOCAL_DIMENSIONS:
        return []
    linear, quadratic = dimension + 1, (dimension + 1) * (dimension + 2) // 2
    counts = [(each, (quadratic if each else linear) * times) for each, times in _LOCAL]
    near = neighbours_of(series, queries, count=max(count for _, count in counts), step=step, apart=apart)
    if near is None:
        return []
    found: list[tuple[str, float, SmoothMap | LocalMaps]] = []
    for is_quadratic, count in counts:
        maps = local_maps(series, queries, near, count=count, step=step, quadratic=is_quadratic)
        name = f"local {'quadratic' if is_quadratic else 'linear'}, {count} neighbours"
        found.append((name, maps.error, maps))
    return found


def _chains(series: Pieces, step: int) -> Int[np.ndarray, "link stretch offset"] | None:
    """Rows `step` apart, in stretches of equal length that overlap by a third, which is where vectors align.

    Ten stretches of a series, or one of each piece where it has more. None where they would be too short.
    """
    num = -(-GROUPS // len(series.lengths))
    links = (series.typical_length - step) // step
    length = int(links / (num + 0.5) * 1.5)
    measured = length * 2 // 3
    if measured < 2:
        return None
    firsts = [
        first + stretch * measured * step
        for first, points in zip(series.firsts.tolist(), series.lengths, strict=True)
        for stretch in range(num)
        if (stretch * measured + length) * step + step <= points
    ]
    if len(firsts) < 2:
        return None
    return (
        np.array(firsts)[None, :, None]
        + step * np.arange(length)[:, None, None]
        + np.arange(step)[None, None, :]
    )
