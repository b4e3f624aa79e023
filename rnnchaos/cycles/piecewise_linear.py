"""Piecewise-linear maps z ↦ C z + D relu(E z + e) + f: all their cycles, and the linear regions an orbit visits."""

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Float, Int

from rnnchaos.cycles.cycle_program import CycleProgram, PlainMap
from rnnchaos.cycles.cycles import Cycle, checked_period, cycle_of, distinct, size_of
from rnnchaos.errors import ConfigError
from rnnchaos.typing import PiecewiseLinearMap

# Largest |F(z) - z'| of a cycle, relative to the largest |z_i|; the solver's own solutions are good to 1e-6 only.
_RESIDUAL = 1e-9
# Ratio of the smallest to the largest singular value below which the linear system of a region has no single solution.
_SINGULAR = 1e-12


class AllCycles(NamedTuple):
    """The cycles of one period inside a box."""

    cycles: list[Cycle]
    complete: bool
    """Whether these are all; otherwise the time limit came first."""
    degenerate: int
    """Sequences of regions with a continuum of cycles, such as a line of fixed points; they are left out."""


class RegionVisits(NamedTuple):
    """The linear regions that an orbit visits, most visited first."""

    patterns: Bool[np.ndarray, "region unit"]
    """Which units of E z + e are above 0 in each region."""
    counts: Int[np.ndarray, " region"]
    """Steps spent in each."""

    @property
    def number(self) -> int:
        """Number of regions visited."""
        return len(self.counts)

    @property
    def entropy(self) -> float:
        """Shannon entropy -Σ p log p of the share of steps in each region, nats; 0 where there is only one."""
        share = self.counts / self.counts.sum()
        return float(-np.sum(share * np.log(share))) + 0.0


def regions_visited(
    linear_map: PiecewiseLinearMap, orbit: Float[Array | np.ndarray, "time state"]
) -> RegionVisits:
    """The sign patterns of E z + e along an orbit, and how often each occurs."""
    parts = PlainMap.of(linear_map)
    signs = np.asarray(orbit, dtype=np.float64) @ parts.gate.T + parts.threshold > 0
    packed, counts = np.unique(np.packbits(signs, axis=1), axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    patterns = np.unpackbits(packed[order], axis=1, count=signs.shape[1]).astype(bool)
    return RegionVisits(patterns, counts[order])


def all_cycles(linear_map: PiecewiseLinearMap, *, period: int, bound: float, time_limit: float) -> AllCycles:
    """All cycles of minimal period `period` with every |z_i| ≤ `bound`, in at most about `time_limit` seconds.

    A mixed-integer program with one binary a unit and step, after which nothing is hidden by a bad start: its
    solutions are sequences of linear regions. In each the cycle is solved for exactly, as a linear system, and checked
    by iterating the map; then the sequence is forbidden and the program is solved again until it has no solution. On
    a kink the multipliers are those of one of the sides.

    Raises ConfigError for a period below 1 step and for a bound or time limit that is not above 0.
    """
    period = checked_period(period)
    for name, value in (("bound", bound), ("time_limit", time_limit)):
        if not value > 0:
            raise ConfigError(f"{name} must be above 0, got {value:g}")
    parts = PlainMap.of(linear_map)
    deadline = time.monotonic() + time_limit
    program = CycleProgram(parts, period, bound).tightened(deadline)
    found: list[Cycle] = []
    degenerate = 0
    while (remaining := deadline - time.monotonic()) > 0:
        signs, exhausted = program.next_solution(remaining)
        if signs is None:
            return AllCycles(distinct(found), exhausted, degenerate)
        points = _solve_in_regions(parts, signs)
        if points is None:
            degenerate += 1
        elif np.abs(points).max() <= bound * (1 + _RESIDUAL):
            found += _checked(parts, points, signs)
        program.forbid(signs)
    return AllCycles(distinct(found), False, degenerate)


def _solve_in_regions(
    parts: PlainMap, signs: Bool[np.ndarray, "period unit"]
) -> Float[np.ndarray, "period state"] | None:
    """The one cycle of the affine maps of a sequence of regions, None where there is none or a continuum."""
    period, size = len(signs), len(parts.bias)
    jacobians = parts.jacobians(signs)
    # All points at once: better conditioned than the product of the Jacobians.
    matrix = np.eye(period * size)
    for t in range(period):
        after = (t + 1) % period
        matrix[after * size : (after + 1) * size, t * size : (t + 1) * size] -= jacobians[t]
    values = np.linalg.svd(matrix, compute_uv=False)
    if values[-1] <= _SINGULAR * values[0]:
        return None
    return np.linalg.solve(matrix, np.roll(parts.offsets(signs), 1, axis=0).ravel()).reshape(period, size)


def _checked(
    parts: PlainMap, points: Float[np.ndarray, "period state"], signs: Bool[np.ndarray, "period unit"]
) -> Iterator[Cycle]:
    """The cycle through `points`, unless they lie outside their regions."""
    residual = float(np.abs(parts.step(points) - np.roll(points, -1, axis=0)).max())
    if residual <= _RESIDUAL * size_of(points):
        yield cycle_of(points, parts.jacobians(signs), residual)
