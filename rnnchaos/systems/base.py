"""What every dynamical system offers: a step of one sampling interval and the rate at which it contracts volume."""

import inspect
from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from annotated_types import Gt, Lt
from jaxtyping import Array, Float

from rnnchaos.setting import Interval, Substeps, check_fields
from rnnchaos.systems.integrators import Integrator, check_integrator, integrate


class PublishedExponents(NamedTuple):
    """Lyapunov exponents from the literature, nats per time unit, largest first, for one set of parameters."""

    parameters: dict[str, float] | dict[str, str]
    exponents: tuple[float, ...]
    standard_error: tuple[float, ...]
    source: str


def default_axis_names(count: int) -> tuple[str, ...]:
    """x, y, z up to three; x_1, x_2, … beyond."""
    return tuple("xyz"[:count]) if count <= 3 else tuple(f"x_{i + 1}" for i in range(count))


class AbstractSystem(eqx.Module):
    """An autonomous dynamical system seen once per sampling step. Its fields are its settings."""

    published: ClassVar[tuple[PublishedExponents, ...]] = ()
    infinite_dimensional: ClassVar[bool] = False
    """Whether the state is a truncation of a function, so that only the leading exponents are the system's own."""
    axes: ClassVar[tuple[str, ...]] = ()
    """Names of the axes of `observe`, where they are not those that `axis_names` gives by itself."""

    def __check_init__(self) -> None:
        check_fields(self)

    @property
    @abstractmethod
    def dimension(self) -> int:
        """Length of the state vector."""

    @property
    @abstractmethod
    def time_per_step(self) -> float:
        """Time units per sampling step: exponents per time unit are exponents per step over this."""

    @abstractmethod
    def initial_state(self) -> Float[Array, " state"]:
        """A state in the basin of the attractor, float64."""

    @abstractmethod
    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        """The state one sampling step later."""

    @abstractmethod
    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        """Local rate of volume growth, nats per time unit: its orbit mean is the sum of all exponents."""

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        """What a measurement sees of a state: all of it, unless it holds angles, Fourier modes or a history."""
        return state

    @property
    def input_names(self) -> tuple[str, ...]:
        """What is recorded of what drives the observed part, and given to networks as their input; () of most."""
        return ()

    def inputs(self, state: Float[Array, " state"]) -> Float[Array, " input"]:
        """What drives the step into `state`, as far as it is recorded."""
        return state[:0]

    @property
    def response_size(self) -> int:
        """Leading entries of the state that are driven; the rest drives them and does not hear them (skew product)."""
        return self.dimension

    def response_step(
        self, response: Float[Array, " response"], drive: Float[Array, " drive"]
    ) -> Float[Array, " response"]:
        """The driven part one sampling step later, from it and the driving part of the state, both before the step.

        Its derivatives by `response` are those of the conditional Lyapunov exponents.
        """
        return self.step(jnp.concatenate([response, drive]))[: self.response_size]

    @property
    def has_unseen_clock(self) -> bool:
        """Whether the state holds a time whose exponent 0 is none of what is observed."""
        return False

    def displaced(
        self, state: Float[Array, " state"], push: Float[Array, " state"]
    ) -> Float[Array, " state"]:
        """A state off the orbit through `state`: moved by `push` but for the part that drives it."""
        moved = self.response_size
        return state.at[:moved].add(push[:moved])

    @property
    def num_axes(self) -> int:
        """Length of what `observe` gives."""
        return jax.eval_shape(lambda: self.observe(self.initial_state())).shape[0]

    @property
    def axis_names(self) -> tuple[str, ...]:
        """What the axes of `observe` are called: `axes`, or x, y, z up to three, or else x_1, x_2, …"""
        return self.axes or default_axis_names(self.num_axes)

    @property
    def label(self) -> str:
        """What the system is called."""
        return type(self).__name__

    @property
    def equation(self) -> str:
        """What it is, on one line: the first paragraph of the class's docstring."""
        return " ".join((inspect.getdoc(type(self)) or "").split("\n\n")[0].split())

    def literature(self) -> PublishedExponents | None:
        """The published exponents for exactly these parameters, where there are any."""
        for entry in self.published:
            if all(getattr(self, name) == value for name, value in entry.parameters.items()):
                return entry
        return None


class AbstractFlow(AbstractSystem):
    """An ordinary differential equation, sampled every `dt` by `substeps` fourth-order Runge–Kutta steps.

    With another integrator than `rk4`, diffrax takes the steps, as long as `tolerance` lets them be.
    """

    dt: eqx.AbstractVar[Interval]
    """Time units per sampling step."""
    substeps: eqx.AbstractVar[Substeps]
    """Integration steps per sampling step."""
    integrator: Integrator = eqx.field(default="rk4", kw_only=True)
    """rk4: fixed fourth-order steps; the others are of diffrax: adaptive, and implicit ones for stiff flows."""
    tolerance: Annotated[float, Gt(0), Lt(1)] = eqx.field(default=1e-8, kw_only=True)
    """Of the local error, relative and absolute; for integrators that adapt their steps."""

    def __check_init__(self) -> None:
        check_integrator(self.integrator)

    @abstractmethod
    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        """The right-hand side dx/dt."""

    @property
    def time_per_step(self) -> float:
        return self.dt

    def wrap(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        """The same state with its angles brought back to one turn, so that they keep their digits."""
        return state

    def substep(self, state: Float[Array, " state"], h: float) -> Float[Array, " state"]:
        """One integration step of length `h`, of fourth order."""
        return runge_kutta(self.velocity, state, h)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        if self.integrator != "rk4":
            return self.wrap(self._followed(self.velocity, state))
        h = self.dt / self.substeps
        # A loop: written out, XLA fuses the substeps into one kernel that computes each many times over.
        return self.wrap(jax.lax.fori_loop(0, self.substeps, lambda _, x: self.substep(x, h), state))

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.trace(jax.jacfwd(self.velocity)(state))

    def mean_divergence(
        self, state: Float[Array, " state"], after: Float[Array, " state"]
    ) -> Float[Array, ""]:
        """`divergence` averaged over the sampling step from `state` to `after`, by the trapezoidal rule.

        Along an orbit its error is but one of the two ends, as long as the steps resolve the divergence. An adaptive
        integrator does not need them to: its divergence is integrated with the state.
        """
        if self.integrator != "rk4":
            return self._followed(self._with_divergence, jnp.append(state, 0.0))[-1] / self.dt
        return (self.divergence(state) + self.divergence(after)) / 2

    def refined(self) -> "AbstractFlow":
        """The same flow integrated more closely: by half the steps, or to a sixteenth of the tolerance."""
        if self.integrator == "rk4":
            return eqx.tree_at(lambda flow: flow.substeps, self, 2 * self.substeps)
        return eqx.tree_at(lambda flow: flow.tolerance, self, self.tolerance / 16)

    def _followed(
        self,
        velocity: Callable[[Float[Array, " state"]], Float[Array, " state"]],
        state: Float[Array, " state"],
    ) -> Float[Array, " state"]:
        return integrate(velocity, state, time=self.dt, integrator=self.integrator, tolerance=self.tolerance)

    def _with_divergence(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return jnp.append(self.velocity(state[:-1]), self.divergence(state[:-1]))


def runge_kutta(
    velocity: Callable[[Float[Array, " state"]], Float[Array, " state"]],
    state: Float[Array, " state"],
    h: float | Float[Array, ""],
) -> Float[Array, " state"]:
    """One step of length `h` by the classical fourth-order method."""
    k1 = velocity(state)
    k2 = velocity(state + h / 2 * k1)
    k3 = velocity(state + h / 2 * k2)
    k4 = velocity(state + h * k3)
    return state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def wrap_angle(angle: Float[Array, "*axes"]) -> Float[Array, "*axes"]:
    """The same angle between -π and π."""
    return jnp.mod(angle + jnp.pi, 2 * jnp.pi) - jnp.pi


class AbstractMap(AbstractSystem):
    """A discrete map: one iteration is one time unit and one sampling step."""

    @property
    def time_per_step(self) -> float:
        return 1.0

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.linalg.slogdet(jax.jacfwd(self.step)(state))[1]
