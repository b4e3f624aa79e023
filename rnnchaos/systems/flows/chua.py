"""Chua's circuit, whose one nonlinear part is piecewise linear."""

from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, PublishedExponents, runge_kutta

# Newton's method doubles the digits each time, and starts from the secant, which is off by O(h²).
_NEWTON_STEPS = 4


class _Cut(NamedTuple):
    """The two linear parts of an integration step."""

    region: Float[Array, ""]
    before: Float[Array, ""]
    """Time units in `region`: all of the step where it crosses no corner."""
    beyond: Float[Array, ""]
    """The region after that."""


class Chua(AbstractFlow):
    """x' = α(y - x - f(x)), y' = x - y + z, z' = -βy, f(x) = bx + (a - b)(|x + 1| - |x - 1|)/2.

    Matsumoto (1984), IEEE Trans. Circuits Syst. 31, 1055. Runge–Kutta steps are of fourth order only where the
    velocity is smooth, so a step across a corner |x| = 1 is taken in two: up to the corner in the linear region it
    comes from, and on from there in the next. A region left and entered again within one step goes unnoticed.
    """

    alpha: float = 9.0
    beta: float = 100 / 7
    a: float = -8 / 7
    """Inner slope, -8/7."""
    b: float = -5 / 7
    """Outer slope, -5/7."""
    dt: float = 0.05
    substeps: int = 4

    published: ClassVar = (
        PublishedExponents(
            {"alpha": 9.0, "beta": 100 / 7, "a": -8 / 7, "b": -5 / 7},
            (0.3271, 0.0, -2.5197),
            (0.0005, 0.0005, 0.0005),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.0, 0.0, 0.6], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return self.linear_velocity(state, _region(state[0]))

    def linear_velocity(
        self, state: Float[Array, " state"], region: Float[Array, ""]
    ) -> Float[Array, " state"]:
        """The velocity of one region, -1, 0 or 1, continued beyond it."""
        x, y, z = state
        current = self._slope(region) * x + (self.a - self.b) * region
        return jnp.stack([self.alpha * (y - x - current), x - y + z, -self.beta * y])

    def substep(self, state: Float[Array, " state"], h: float) -> Float[Array, " state"]:
        # The velocity is continuous at a corner, so where exactly a step is cut does not matter to first order:
        # tangent vectors need no jump, and the time of crossing no derivative.
        region, before, beyond = self._cut(jax.lax.stop_gradient(state), h)
        at_corner = runge_kutta(lambda x: self.linear_velocity(x, region), state, before)
        return runge_kutta(lambda x: self.linear_velocity(x, beyond), at_corner, h - before)

    def mean_divergence(
        self, state: Float[Array, " state"], after: Float[Array, " state"]
    ) -> Float[Array, ""]:
        """It jumps at the corners, where the steps are cut: no rule of quadrature is needed."""
        h = self.dt / self.substeps

        def advance(_, carry):
            x, total = carry
            region, before, beyond = self._cut(x, h)
            integral = before * self._slope(region) + (h - before) * self._slope(beyond)
            return self.substep(x, h), total + integral

        slope = jax.lax.fori_loop(0, self.substeps, advance, (state, jnp.zeros_like(state[0])))[1] / self.dt
        return -1.0 - self.alpha * (1.0 + slope)

    def _slope(self, region: Float[Array, ""]) -> Float[Array, ""]:
        return jnp.where(region == 0, self.a, self.b)

    def _cut(self, state: Float[Array, " state"], h: float) -> _Cut:
        region = _region(state[0])
        end = runge_kutta(lambda x: self.linear_velocity(x, region), state, h)
        corner = jnp.where(region == 0, jnp.sign(end[0] - state[0]), region)
        start_value, end_value = state[0] - corner, end[0] - corner
        slopes = [h * self.linear_velocity(x, region)[0] for x in (state, end)]
        share = jnp.where(start_value * end_value < 0, _root(start_value, end_value, *slopes), 1.0)
        return _Cut(region, h * share, jnp.where(region == 0, corner, 0.0))


def _region(x: Float[Array, ""]) -> Float[Array, ""]:
    return jnp.trunc(jnp.clip(x, -1.0, 1.0))


def _root(
    start: Float[Array, ""],
    end: Float[Array, ""],
    slope_at_start: Float[Array, ""],
    slope_at_end: Float[Array, ""],
) -> Float[Array, ""]:
    """Where from 0 to 1 the Hermite cubic with these values and slopes at 0 and 1 changes its sign, as it must."""
    square = 3 * (end - start) - 2 * slope_at_start - slope_at_end
    cube = 2 * (start - end) + slope_at_start + slope_at_end
    root = start / (start - end)
    for _ in range(_NEWTON_STEPS):
        value = start + root * (slope_at_start + root * (square + root * cube))
        slope = slope_at_start + root * (2 * square + root * 3 * cube)
        root = jnp.clip(root - value / slope, 0.0, 1.0)
    return root
