"""What delay differential equations share: the method of steps on a grid over the last delay."""

from abc import abstractmethod
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.setting import Interval, SettingError, Substeps, check_fields
from rnnchaos.systems.base import AbstractSystem


class AbstractDelay(AbstractSystem):
    """x' = f(x(t), x(t - delay)) for a scalar x, seen every `dt`; integration steps are h = dt / `substeps` long.

    The state is the history x(t - delay), x(t - delay + h), …, x(t). Fourth-order Runge–Kutta steps take the past
    from the grid, and halfway between its points from the cubic through four of them (Bellen & Zennaro 2003,
    Numerical Methods for Delay Differential Equations). An infinite number of exponents belong to the equation; the
    leading ones of the grid converge to them with the fourth power of h, the last ones only describe the grid.
    """

    infinite_dimensional: ClassVar = True

    delay: eqx.AbstractVar[Interval]
    """Time units; a whole number of integration steps, of dt / substeps each."""
    dt: eqx.AbstractVar[Interval]
    """Time units per sampling step."""
    substeps: eqx.AbstractVar[Substeps]
    """Integration steps per sampling step."""

    def __check_init__(self) -> None:
        check_fields(self)
        h = self.dt / self.substeps
        if self.intervals < self.substeps + 2:
            raise SettingError(
                "delay",
                f"be at least dt and two integration steps, {self.dt + 2 * h:g} time units",
                self.delay,
            )
        if abs(self.intervals * h - self.delay) > 1e-9 * self.delay:
            raise SettingError(
                "delay",
                f"be a whole number of integration steps of dt / substeps = {h:g} time units",
                self.delay,
                f"the nearest is {self.intervals * h:g}",
            )

    @abstractmethod
    def velocity(self, now: Float[Array, ""], delayed: Float[Array, ""]) -> Float[Array, ""]:
        """The right-hand side f(x(t), x(t - delay))."""

    @property
    def intervals(self) -> int:
        """Integration steps per delay."""
        return round(self.delay * self.substeps / self.dt)

    @property
    def dimension(self) -> int:
        return self.intervals + 1

    @property
    def time_per_step(self) -> float:
        return self.dt

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        """The present value x(t) alone."""
        return state[-1:]

    def displaced(
        self, state: Float[Array, " state"], push: Float[Array, " state"]
    ) -> Float[Array, " state"]:
        """The whole history moved by the push of the present value: one that is as smooth as it was."""
        return state + push[-1]

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        h = self.dt / self.substeps
        past = state[: self.substeps + 3]
        # One-sided, as nothing older than the first point is known: the cubic's values at 1/2 from those at 0, 1, 2, 3.
        between = (5 * past[:-3] + 15 * past[1:-2] - 5 * past[2:-1] + past[3:]) / 16

        def substep(x, delayed):
            first, middle, last = delayed
            k1 = self.velocity(x, first)
            k2 = self.velocity(x + h / 2 * k1, middle)
            k3 = self.velocity(x + h / 2 * k2, middle)
            k4 = self.velocity(x + h * k3, last)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            return x, x

        _, new = jax.lax.scan(substep, state[-1], (past[:-3], between, past[1:-2]))
        return jnp.concatenate([state[self.substeps :], new])

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        """log|det J| of the step per time unit: the sum of the grid's exponents, without a limit on finer grids."""
        return jnp.linalg.slogdet(jax.jacfwd(self.step)(state))[1] / self.dt
