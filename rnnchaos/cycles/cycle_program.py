"""The mixed-integer program behind the search for all cycles of a piecewise-linear map."""

import itertools
import time
from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Bool, Float

from rnnchaos.typing import PiecewiseLinearMap

_SOLVED, _INFEASIBLE = 0, 2  # of scipy's milp
# Rounds of tightening, and what is left of room for the solver's tolerance of 1e-7.
_TIGHTENINGS = 2
_SLACK = 1e-6


class PlainMap(NamedTuple):
    """A `PiecewiseLinearMap` of NumPy arrays in float64."""

    linear: Float[np.ndarray, "state state"]
    output: Float[np.ndarray, "state unit"]
    gate: Float[np.ndarray, "unit state"]
    threshold: Float[np.ndarray, " unit"]
    bias: Float[np.ndarray, " state"]

    def step(self, states: Float[np.ndarray, "*points state"]) -> Float[np.ndarray, "*points state"]:
        """F(z)."""
        rectified = np.maximum(states @ self.gate.T + self.threshold, 0)
        return states @ self.linear.T + rectified @ self.output.T + self.bias

    def jacobians(self, signs: Bool[np.ndarray, "period unit"]) -> Float[np.ndarray, "period state state"]:
        """C + D diag(s) E of the region of each step."""
        return self.linear + np.einsum("iu,tu,uj->tij", self.output, signs, self.gate)

    def offsets(self, signs: Bool[np.ndarray, "period unit"]) -> Float[np.ndarray, "period state"]:
        """f + D diag(s) e of the region of each step."""
        return self.bias + (signs * self.threshold) @ self.output.T

    @classmethod
    def of(cls, linear_map: PiecewiseLinearMap) -> "PlainMap":
        """The map in float64."""
        return cls(*(np.asarray(part, dtype=np.float64) for part in linear_map))


class Interval(NamedTuple):
    """Least and largest value of each unit."""

    low: Float[np.ndarray, " unit"]
    high: Float[np.ndarray, " unit"]


class CycleProgram:
    """The mixed-integer program whose solutions are the sequences of regions that hold a cycle.

    Unknowns, for each step of the cycle: the state z / bound, the rectified units u / bound and the sign s of each
    unit, 1 above 0. Beside them, for each prime factor q of the period, how much the signs differ from those
    period / q later: a sequence that repeats sooner has only cycles of a shorter period, or a continuum.
    """

    def __init__(self, parts: PlainMap, period: int, bound: float, units: Interval | None = None):
        """`units` are bounds of E z + e on the cycles, in units of `bound`; None takes those of the box."""
        self._parts, self._bound = parts, bound
        self._period, self._size, self._units = period, *parts.output.shape
        self._shifts = [period // q for q in _prime_factors(period)]
        self._columns = period * (self._size + 2 * self._units) + len(self._shifts) * period * self._units
        self._signs = period * (self._size + self._units) + np.arange(period * self._units)
        self._rows: list[scipy.sparse.csr_array] = []
        self._low: list[np.ndarray] = []
        self._high: list[np.ndarray] = []

        threshold, bias = parts.threshold / bound, parts.bias / bound
        reach = np.abs(parts.gate).sum(axis=1)
        self._of_units = Interval(threshold - reach, threshold + reach) if units is None else units
        for t in range(period):
            self._add_step(parts, t, bias)
            self._add_units(parts, t, threshold)
        for index, shift in enumerate(self._shifts):
            self._add_difference(index, shift)

    def tightened(self, deadline: float) -> "CycleProgram":
        """The same program with the bounds of the units that its linear relaxation allows, which prune most of it."""
        program = self
        for _ in range(_TIGHTENINGS):
            found = program._unit_bounds(deadline)
            if found is None:
                break
            program = CycleProgram(self._parts, self._period, self._bound, found)
        # Only now: the bounds above hold for every step since no step is special.
        for t in range(1, self._period):
            program._add_order(t)
        return program

    def _unit_bounds(self, deadline: float) -> Interval | None:
        """Least and largest E z + e of the relaxation, None where time is up or there is no solution at all."""
        threshold = self._parts.threshold / self._bound
        ends = np.empty((2, self._units))
        for unit, (end, sign) in itertools.product(range(self._units), enumerate((1.0, -1.0))):
            direction = np.zeros(self._columns)
            direction[self._state(0)] = sign * self._parts.gate[unit]
            result = self._solve(direction, np.zeros(self._columns), deadline - time.monotonic())
            if result.status != _SOLVED:
                return None
            ends[end, unit] = sign * result.fun + threshold[unit]
        return Interval(
            np.maximum(ends[0] - _SLACK, self._of_units.low),
            np.minimum(ends[1] + _SLACK, self._of_units.high),
        )

    def next_solution(self, time_limit: float) -> tuple[Bool[np.ndarray, "period unit"] | None, bool]:
        """The signs of a solution, or None; and whether it is certain that there is no other."""
        signs = np.zeros(self._columns, dtype=int)
        signs[self._signs] = 1
        result = self._solve(np.zeros(self._columns), signs, time_limit)
        if result.x is None:
            return None, result.status == _INFEASIBLE
        return result.x[self._signs].reshape(self._period, self._units) > 0.5, False

    def forbid(self, signs: Bool[np.ndarray, "period unit"]) -> None:
        """Rule out a sequence of regions, from whichever of its steps it is begun."""
        for shift in range(self._period):
            rotated = np.roll(signs, shift, axis=0).ravel()
            row = np.zeros((1, self._columns))
            row[0, self._signs] = np.where(rotated, -1.0, 1.0)
            self._add(row, 1.0 - rotated.sum(), np.inf)

    def _solve(
        self, objective: np.ndarray, integrality: np.ndarray, time_limit: float
    ) -> "scipy.optimize.OptimizeResult":
        rows = scipy.sparse.vstack(self._rows, format="csr")
        return scipy.optimize.milp(
            objective,
            integrality=integrality,
            bounds=self._bounds(),
            constraints=scipy.optimize.LinearConstraint(
                rows, np.concatenate(self._low), np.concatenate(self._high)
            ),
            # Without presolve, whose errors could hide a cycle and which prints a line of its own.
            options={"time_limit": max(time_limit, 0.0), "presolve": False},
        )

    def _bounds(self) -> "scipy.optimize.Bounds":
        low, high = np.zeros(self._columns), np.ones(self._columns)
        low[: self._period * self._size] = -1.0
        units = slice(self._period * self._size, self._period * (self._size + self._units))
        high[units] = np.tile(np.maximum(self._of_units.high, 0), self._period)
        low[self._signs] = np.tile(self._of_units.low > 0, self._period)
        high[self._signs] = np.tile(self._of_units.high >= 0, self._period)
        return scipy.optimize.Bounds(low, high)

    def _state(self, t: int) -> slice:
        return slice(t * self._size, (t + 1) * self._size)

    def _unit(self, t: int) -> slice:
        start = self._period * self._size + t * self._units
        return slice(start, start + self._units)

    def _sign(self, t: int) -> slice:
        start = self._period * (self._size + self._units) + t * self._units
        return slice(start, start + self._units)

    def _add(self, rows: np.ndarray, low: float | np.ndarray, high: float | np.ndarray) -> None:
        self._rows.append(scipy.sparse.csr_array(rows))
        self._low.append(np.broadcast_to(np.asarray(low, dtype=float), len(rows)))
        self._high.append(np.broadcast_to(np.asarray(high, dtype=float), len(rows)))

    def _add_step(self, parts: PlainMap, t: int, bias: np.ndarray) -> None:
        """z_{t+1} = C z_t + D u_t + f, and back to the first after the last."""
        rows = np.zeros((self._size, self._columns))
        rows[:, self._state((t + 1) % self._period)] += np.eye(self._size)
        rows[:, self._state(t)] -= parts.linear
        rows[:, self._unit(t)] -= parts.output
        self._add(rows, bias, bias)

    def _add_units(self, parts: PlainMap, t: int, threshold: np.ndarray) -> None:
        """u = relu(a) with a = E z + e: u ≥ a, u ≤ a - a_min (1 - s), u ≤ a_max s."""
        unit = np.eye(self._units)
        lowest, highest = np.minimum(self._of_units.low, 0), np.maximum(self._of_units.high, 0)
        rows = np.zeros((self._units, self._columns))
        rows[:, self._unit(t)] = unit
        rows[:, self._state(t)] = -parts.gate
        self._add(rows, threshold, np.inf)
        below = rows.copy()
        below[:, self._sign(t)] = -np.diag(lowest)
        self._add(below, -np.inf, threshold - lowest)
        above = np.zeros_like(rows)
        above[:, self._unit(t)] = unit
        above[:, self._sign(t)] = -np.diag(highest)
        self._add(above, -np.inf, 0.0)

    def _add_order(self, t: int) -> None:
        """The cycle begins where its first coordinate is largest: otherwise each is found from all its points."""
        row = np.zeros((1, self._columns))
        row[0, 0], row[0, t * self._size] = 1.0, -1.0
        self._add(row, 0.0, np.inf)

    def _add_difference(self, index: int, shift: int) -> None:
        """d ≤ |s_t - s_{t+shift}| for every unit and step, and Σ d ≥ 1: the signs do not repeat after `shift`."""
        count = self._period * self._units
        start = self._columns - (len(self._shifts) - index) * count
        differences = slice(start, start + count)
        later = np.roll(self._signs.reshape(self._period, self._units), -shift, axis=0).ravel()
        rows = np.zeros((count, self._columns))
        rows[:, differences] = np.eye(count)
        rows[np.arange(count), self._signs] += 1.0
        rows[np.arange(count), later] += 1.0
        self._add(rows, -np.inf, 2.0)
        rows[np.arange(count), self._signs] -= 2.0
        rows[np.arange(count), later] -= 2.0
        self._add(rows, -np.inf, 0.0)
        total = np.zeros((1, self._columns))
        total[0, differences] = 1.0
        self._add(total, 1.0, np.inf)


def _prime_factors(number: int) -> list[int]:
    """Without multiplicity, ascending."""
    divisors = [q for q in range(2, number + 1) if number % q == 0]
    return [q for q in divisors if all(q % smaller for smaller in divisors if smaller < q)]
