"""Systems whose equations are data: as fast as classes, since each formula is walked once, when JAX traces it."""

import functools
import operator
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.equations import TIME, Description, evaluate
from rnnchaos.setting import Interval, Substeps
from rnnchaos.systems.base import AbstractFlow, AbstractMap, AbstractSystem
from rnnchaos.systems.integrators import Integrator


def _power(base: Any, exponent: Any) -> Any:
    # Powers of whole numbers are products, whatever the sign of the base.
    whole = isinstance(exponent, float) and exponent.is_integer() and abs(exponent) < 2**31
    return base ** (int(exponent) if whole else exponent)


# The functions that JAX has under the same names.
_OF_JAX = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "sqrt", "abs", "sign", "floor", "where")
ON_ARRAYS: Mapping[str, Any] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": _power,
    "%": jnp.mod,
    "negative": operator.neg,
    "<": jnp.less,
    "<=": jnp.less_equal,
    ">": jnp.greater,
    ">=": jnp.greater_equal,
    "and": jnp.logical_and,
    "or": jnp.logical_or,
    "not": jnp.logical_not,
    "min": lambda *arguments: functools.reduce(jnp.minimum, arguments),
    "max": lambda *arguments: functools.reduce(jnp.maximum, arguments),
    "asin": jnp.arcsin,
    "acos": jnp.arccos,
    "atan": jnp.arctan,
    "atan2": jnp.arctan2,
    **{name: getattr(jnp, name) for name in _OF_JAX},
}


class _OfEquations(AbstractSystem):
    """What flows and maps of equations share. Of a driven system the last entry of the state is the time."""

    description: eqx.AbstractVar[Description]
    name: eqx.AbstractVar[str]
    source: eqx.AbstractVar[str]

    @property
    def label(self) -> str:
        return self.name

    @property
    def equation(self) -> str:
        written = self.description.written()
        return f"{written} ({self.source})" if self.source else written

    @property
    def dimension(self) -> int:
        return self.num_axes + self.description.driven

    @property
    def num_axes(self) -> int:
        return len(self.description.variables)

    @property
    def axis_names(self) -> tuple[str, ...]:
        return self.description.variables

    def initial_state(self) -> Float[Array, " state"]:
        time = (0.0,) * self.description.driven
        return jnp.array([*self.description.start, *time], dtype=jnp.float64)

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        """The variables, without the time."""
        return state[: self.num_axes]

    def displaced(
        self, state: Float[Array, " state"], push: Float[Array, " state"]
    ) -> Float[Array, " state"]:
        """The variables moved by `push`, at the same time."""
        return state.at[: self.num_axes].add(push[: self.num_axes])

    @property
    def has_unseen_clock(self) -> bool:
        return self.description.driven and not self.description.is_clock_seen(self.time_per_step)

    @abstractmethod
    def _next(self, time: Float[Array, ""]) -> Float[Array, ""]:
        """What stands for the time in what the equations give."""

    def _right_hand_sides(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        known = dict(zip((*self.description.variables, TIME), state, strict=False))
        found = [evaluate(expression, known, ON_ARRAYS) for expression in self.description.expressions]
        if self.description.driven:
            found.append(self._next(known[TIME]))
        return jnp.stack([jnp.asarray(value, dtype=state.dtype) for value in found])


class EquationsFlow(_OfEquations, AbstractFlow):
    """x' = f(x, t, parameters), f given as formulas; docs/equations.md says what may stand in them."""

    description: Description = eqx.field(static=True)
    dt: Interval
    substeps: Substeps
    name: str
    source: str

    def __init__(
        self,
        equations: Mapping[str, str],
        initial_state: Mapping[str, float],
        dt: Interval,
        parameters: Mapping[str, float] | None = None,
        substeps: Substeps = 4,
        integrator: Integrator = "rk4",
        tolerance: float = 1e-8,
        name: str = "equations",
        source: str = "",
    ) -> None:
        self.description = Description.of("flow", equations, parameters or {}, initial_state)
        self.dt, self.substeps, self.name, self.source = dt, substeps, name, source
        self.integrator, self.tolerance = integrator, tolerance

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return self._right_hand_sides(state)

    def wrap(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        period = self.description.period if self.description.driven else None
        return state if period is None else state.at[-1].set(jnp.mod(state[-1], period))

    def _next(self, time: Float[Array, ""]) -> Float[Array, ""]:
        return jnp.ones_like(time)


class EquationsMap(_OfEquations, AbstractMap):
    """x_{t+1} = f(x_t, t, parameters), f given as formulas; docs/equations.md says what may stand in them."""

    description: Description = eqx.field(static=True)
    name: str
    source: str

    def __init__(
        self,
        equations: Mapping[str, str],
        initial_state: Mapping[str, float],
        parameters: Mapping[str, float] | None = None,
        name: str = "equations",
        source: str = "",
    ) -> None:
        self.description = Description.of("map", equations, parameters or {}, initial_state)
        self.name, self.source = name, source

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        if self.description.driven:
            # The time stays a whole number of steps, and keeps its derivative of 1, where orbits are pushed apart.
            state = state.at[-1].add(jax.lax.stop_gradient(jnp.round(state[-1]) - state[-1]))
        return self._right_hand_sides(state)

    def _next(self, time: Float[Array, ""]) -> Float[Array, ""]:
        return time + 1.0
