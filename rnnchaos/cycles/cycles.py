"""Fixed points and cycles of any step function, found by a damped Newton search, with their stability."""

from collections.abc import Iterable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Complex, Float

from rnnchaos.setting import whole
from rnnchaos.tangent.functions import check_step
from rnnchaos.tangent.rounding import FAR, NEAR
from rnnchaos.tangent.tangent import states_of
from rnnchaos.typing import Points, Step

# Largest |F^k(x) - x| of a cycle, and distance below which two points are one; relative to the largest |x_i|, or to 1.
_RESIDUAL = 1e-10
_SAME_POINT = 1e-6
# With a multiplier this close to 1 a cycle is one of a continuum, and with a modulus this close its stability is open.
_NEUTRAL = 1e-9
_MAX_ITERATIONS = 100
_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-2, 1e-12, 1e8
# Beyond this a start has escaped: squares still have to fit into float64.
_ESCAPED = 1e100


class Cycle(NamedTuple):
    """A cycle of a map; a fixed point is one of period 1."""

    points: Float[np.ndarray, "period state"]
    """In the order in which the map visits them."""
    multipliers: Complex[np.ndarray, " state"]
    """Eigenvalues of the product of the Jacobians once around, largest modulus first."""
    residual: float
    """max |F(x) - x'| over the points x and their successors x'."""

    @property
    def period(self) -> int:
        """Steps once around."""
        return len(self.points)

    @property
    def stable(self) -> bool:
        """Whether all multipliers lie within the unit circle, so that orbits nearby converge to it."""
        return bool(np.all(np.abs(self.multipliers) < 1))

    @property
    def exponents(self) -> Float[np.ndarray, " state"]:
        """log|multipliers| / period: the Lyapunov exponents on the cycle, nats per step; -inf for a multiplier 0."""
        with np.errstate(divide="ignore"):
            return np.log(np.abs(self.multipliers)) / self.period

    @property
    def kind(self) -> str:
        """Its class: a stable or unstable node or focus, a saddle, or non-hyperbolic.

        A focus is one whose leading multipliers are complex; on what is non-hyperbolic, with a multiplier on the
        unit circle, the linearisation says nothing.
        """
        size = np.abs(self.multipliers)
        if np.any(np.abs(size - 1) < _NEUTRAL):
            return "non-hyperbolic"
        if np.any(size > 1) and np.any(size < 1):
            return "saddle"
        leading = self.multipliers[0]
        shape = "focus" if abs(leading.imag) > _NEUTRAL * abs(leading) else "node"
        return f"{'stable' if self.stable else 'unstable'} {shape}"


def find_cycles(step: Step, starts: Points, *, period: int) -> list[Cycle]:
    """The cycles of minimal period `period` that a search from `starts` reaches, in float64, least unstable first.

    From every start Levenberg and Marquardt's method looks for a zero of F^k(x) - x with the Jacobian of F^k; a kink
    of F is stepped over. There may be more cycles than are found. Left out are cycles of a continuum, such as a line
    of fixed points, since any of their points is as good as another.

    Raises ConfigError for a period below 1, for starts that are no states, and for a step that does not map float64
    states to such states.
    """
    period = checked_period(period)
    points = states_of(starts, name="starts", finite=False)
    with jax.enable_x64(True):
        check_step(step, points.shape[-1])
        found = _search(step, points.reshape(-1, points.shape[-1]), period)
        cycles = [_cycle_from(step, point, period) for point in found]
    return distinct(cycle for cycle in cycles if cycle.residual <= _RESIDUAL * size_of(cycle.points))


def distinct(cycles: Iterable[Cycle]) -> list[Cycle]:
    """Each isolated cycle once, whichever point it begins with and at its minimal period only, least unstable first."""
    kept: list[Cycle] = []
    for cycle in cycles:
        if _isolated(cycle) and _minimal(cycle) and not any(same_cycle(cycle, known) for known in kept):
            kept.append(cycle)
    return sorted(kept, key=lambda cycle: abs(cycle.multipliers[0]))


def same_cycle(first: Cycle, second: Cycle) -> bool:
    """Whether two cycles are one, up to rounding and the point they begin with."""
    if first.period != second.period:
        return False
    distances = np.abs(second.points - first.points[0]).max(axis=1)
    return bool(distances.min() <= _SAME_POINT * size_of(first.points))


def cycle_of(
    points: Float[np.ndarray, "period state"],
    jacobians: Float[np.ndarray, "period state state"],
    residual: float,
) -> Cycle:
    """The cycle through `points` with the Jacobians of the map at each of them."""
    product = jacobians[0]
    for jacobian in jacobians[1:]:
        product = jacobian @ product
    multipliers = np.linalg.eigvals(product).astype(complex)
    return Cycle(points, multipliers[np.argsort(-np.abs(multipliers), kind="stable")], residual)


def size_of(points: Float[np.ndarray, "*points state"]) -> float:
    """What errors of points are relative to: the largest |x_i|, or 1."""
    return max(1.0, float(np.abs(points).max()))


def checked_period(period: int) -> int:
    """The period as an int. Raises ConfigError unless it is a whole number of steps, at least one."""
    return whole("period", period, least=1, unit="step")


def _isolated(cycle: Cycle) -> bool:
    return bool(np.all(np.abs(cycle.multipliers - 1) >= _NEUTRAL))


def _minimal(cycle: Cycle) -> bool:
    """Whether no shorter period that divides the cycle's leads back to its first point."""
    shorter = [steps for steps in range(1, cycle.period) if cycle.period % steps == 0]
    back = np.abs(cycle.points[shorter] - cycle.points[0]).max(axis=1) if shorter else np.array([np.inf])
    return bool(back.min() > _SAME_POINT * size_of(cycle.points))


def _search(
    step: Step, states: Float[np.ndarray, "start state"], period: int
) -> Float[np.ndarray, "found state"]:
    """Those of the starts that have converged to a zero of F^k(x) - x, moved there.

    The damping of a start falls where its step led closer to a zero, and rises where it did not.
    """
    dimension = states.shape[1]
    damping = np.full(len(states), _FIRST_DAMPING)
    gaps, slopes = _gap_and_slope(step, states, period)
    for _ in range(_MAX_ITERATIONS):
        active = ~_converged(states, gaps, 1e-3 * _RESIDUAL) & (damping < _MOST_DAMPING)
        if not active.any():
            break
        normal = np.einsum("sji,sjk->sik", slopes, slopes)
        scale = np.maximum(np.trace(normal, axis1=1, axis2=2) / dimension, 1 / _ESCAPED)
        damped = normal + (damping * scale)[:, None, None] * np.eye(dimension)
        moves = np.linalg.solve(damped, np.einsum("sji,sj->si", slopes, gaps)[..., None])[..., 0]
        tried = np.where(active[:, None], states - moves, states)
        new_gaps, new_slopes = _gap_and_slope(step, tried, period)
        closer = active & (_norm(new_gaps) < _norm(gaps))
        states = np.where(closer[:, None], tried, states)
        gaps = np.where(closer[:, None], new_gaps, gaps)
        slopes = np.where(closer[:, None, None], new_slopes, slopes)
        damping = np.where(closer, np.maximum(damping / 10, _LEAST_DAMPING), damping * 5)
    return states[_converged(states, gaps, _RESIDUAL)]


def _converged(
    states: Float[np.ndarray, "start state"], gaps: Float[np.ndarray, "start state"], tolerance: float
) -> Bool[np.ndarray, " start"]:
    return np.abs(gaps).max(axis=1) <= tolerance * np.maximum(1.0, np.abs(states).max(axis=1))


def _norm(gaps: Float[np.ndarray, "start state"]) -> Float[np.ndarray, " start"]:
    return np.linalg.norm(gaps, axis=1)


def _gap_and_slope(
    step: Step, states: Float[np.ndarray, "start state"], period: int
) -> tuple[Float[np.ndarray, "start state"], Float[np.ndarray, "start state state"]]:
    """F^k(x) - x and its Jacobian at every state; where F^k escapes, a gap that no other step is worse than."""
    gaps, slopes = (np.asarray(part) for part in _compiled_gap_and_slope(step, jnp.asarray(states), period))
    bounded = (np.abs(gaps) < _ESCAPED).all(axis=1) & (np.abs(slopes) < _ESCAPED).all(axis=(1, 2))
    return np.where(bounded[:, None], gaps, _ESCAPED), np.where(bounded[:, None, None], slopes, 0.0)


@eqx.filter_jit
def _compiled_gap_and_slope(step: Step, states: Float[Array, "start state"], period: int):
    def gap(state):
        end = jax.lax.fori_loop(0, period, lambda _, state: step(state), state)
        return end - state, end - state

    slope, gaps = jax.vmap(jax.jacfwd(gap, has_aux=True))(states)
    return gaps, slope


@eqx.filter_jit
def _orbit_with_jacobians(
    step: Step, state: Float[Array, " state"], moves: Float[Array, " move"], period: int
):
    """The points of a cycle, the Jacobians there and at states that are moved, and where its last step leads."""

    def advance(state, _):
        return step(state), (state, jax.vmap(lambda move: jax.jacfwd(step)(state + move))(moves))

    end, (points, jacobians) = jax.lax.scan(advance, state, None, period)
    return points, jacobians, end


def _cycle_from(step: Step, point: Float[np.ndarray, " state"], period: int) -> Cycle:
    """The cycle through a point; a multiplier that rounding of the points changes by a factor e is 0, superstable.

    It grows on in proportion where the points are moved farther; at a kink it does not.
    """
    moves = jnp.asarray([0.0, NEAR, FAR]) * size_of(point)
    found = _orbit_with_jacobians(step, jnp.asarray(point), moves, period)
    points, jacobians, end = (np.asarray(part) for part in found)
    residual = float(np.abs(end - point).max())
    cycle, *moved = (cycle_of(points, jacobians[:, index], residual) for index in range(len(moves)))
    size, near, far = (np.abs(each.multipliers) for each in (cycle, *moved))
    rounding = np.maximum(size, near) > np.e * np.minimum(size, near)
    rounding &= far > np.sqrt(FAR / NEAR) * near
    return cycle._replace(multipliers=np.where(rounding, 0.0, cycle.multipliers))
