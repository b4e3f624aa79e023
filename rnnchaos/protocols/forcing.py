"""Teacher forcing as a composition: when it forces, how strongly, and which part of the state."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, Shaped

from rnnchaos.protocols.base import AbstractForcing
from rnnchaos.protocols.schedules import AbstractSchedule, Following, Given, as_data, changes
from rnnchaos.setting import AnySteps, SettingError, Share, Steps


class Forcing(AbstractForcing):
    """z̃ = (1 - α) z + α f at t = τ, 2τ, …: f = B⁺x, or z + B⁺(x - B z) where only what is observed is forced.

    τ and α are numbers, or schedules of numbers that change over training. Where τ is a number and the whole state is
    replaced (α = 1), a window runs as independent segments; otherwise step by step.
    """

    tau: Steps | Int[Array, ""] | AbstractSchedule | None
    """When: every τ steps; None for never."""
    alpha: Share | Float[Array, ""] | AbstractSchedule = 1.0
    """How strongly: the share of the data in the state."""
    partial: bool = False
    """Which part: only the observed component of the state, the rest going on; or all of it. The same where the
    observed dimensions are as many as hidden units, or more, but for memory that is not observed at all."""
    washout: AnySteps | Int[Array, ""] = 0
    """Steps after each forcing whose errors do not count; the last before the next forcing always does."""
    from_zero: bool = False
    """Whether a window starts from the state 0 instead of the data."""
    cut: bool = False
    """Whether the state is kept at t = τ, 2τ, …, and no gradient flows back across these steps."""

    def __check_init__(self) -> None:
        if isinstance(self.tau, float):  # t % 2.5 is 0 every 5 steps
            raise SettingError("tau", "be a whole number of steps", self.tau)

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        tau = _typical(self.tau)
        if tau is None:
            return state
        forced = state + (data_state - seen_state) if self.partial else data_state
        if not self._replaces:
            alpha = jnp.asarray(_typical(self.alpha)).astype(state.dtype)
            forced = (1 - alpha) * state + alpha * forced
        if self.cut:
            forced = jax.lax.stop_gradient(state)
        return jnp.where(t % tau == 0, forced, state)

    def as_data(self, *, interval: bool) -> "Forcing":
        # What says of what kind the forcing is stays a number: α = 1, and τ where it is the length of segments.
        tau, alpha = self.tau, self.alpha
        found = tau if isinstance(tau, int) and not interval else _given(tau)
        strength = alpha if self._replaces else _given(alpha)
        return eqx.tree_at(
            lambda forcing: (forcing.tau, forcing.alpha, forcing.washout),
            self,
            (found, strength, as_data(self.washout)),
            is_leaf=lambda leaf: leaf is None,
        )

    def uncut(self) -> "Forcing":
        return dataclasses.replace(self, tau=None, cut=False) if self.cut else self

    def start(self, data_state: Float[Array, " state"]) -> Float[Array, " state"]:
        return jnp.zeros_like(data_state) if self.from_zero else data_state

    def counts(self, t: Int[Array, " time"]) -> Bool[Array, " time"]:
        tau = _typical(self.tau)
        return super().counts(t) if tau is None else t % tau >= jnp.minimum(self.washout, tau - 1)

    def reset_interval(self, window: int) -> int | None:
        if self.cut:
            return None
        if self.tau is None:
            return window
        largest = self.tau.largest if isinstance(self.tau, AbstractSchedule) else self.tau
        if not isinstance(largest, jax.Array) and largest > window:
            raise SettingError(
                "tau",
                f"be at most training.window ({window} steps)",
                self.tau,
                "protocol=free trains without forcing",
            )
        return self.tau if isinstance(self.tau, int) and self._replaces and not self.partial else None

    @property
    def blends(self) -> bool:
        return self.tau is not None and not self.cut and not self._replaces

    def interval(self, window: int) -> int:
        return window if self.tau is None or self.cut else int(_typical(self.tau))

    def at_step(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> "Forcing":
        tau, alpha = self.tau, self.alpha
        if changes(tau):
            tau = jnp.round(tau.at(progress, key=key)).astype(int)
        if changes(alpha):
            alpha = alpha.at(progress, key=jax.random.fold_in(key, 1))
        return dataclasses.replace(self, tau=tau, alpha=alpha)

    @property
    def adapts_every(self) -> int | Int[Array, ""] | None:
        return self.alpha.every if isinstance(self.alpha, Following) else None

    def adapt(self, sigma_max: Float[Array, ""]) -> "Forcing":
        assert isinstance(self.alpha, Following)
        return dataclasses.replace(self, alpha=self.alpha.adapt(sigma_max))

    def trace(self) -> dict[str, Shaped[Array, ""]]:
        values = {"tau": self.tau, "alpha": self.alpha}
        if isinstance(self.alpha, Following):
            values["sigma_max"] = self.alpha.sigma_max
        return {name: value for name, value in values.items() if isinstance(value, jax.Array)}

    def as_traced(self, values: Mapping[str, Any]) -> "Forcing":
        if not isinstance(self.alpha, Following) or values.get("alpha") is None:
            return self
        value = jnp.asarray(values["alpha"], dtype=self.alpha.value.dtype)
        return dataclasses.replace(self, alpha=dataclasses.replace(self.alpha, value=value))

    def describe(self) -> str:
        when = "at every step" if isinstance(self.tau, int) and self.tau == 1 else f"every {self.tau} steps"
        if self.tau is None or self.cut:
            said = f"not forced, gradients cut {when}" if self.cut else "not forced"
        else:
            strength = "" if self._replaces else f" by a share α = {self.alpha}"
            said = f"forced {when}{strength}{' in part' if self.partial else ''}"
        return f"{said}{', from the state 0' if self.from_zero else ''}"

    @property
    def _replaces(self) -> bool:
        return isinstance(self.alpha, int | float) and bool(self.alpha == 1)


def _given(value):
    """A number, or those of a schedule, as data."""
    return Given(as_data(value)) if isinstance(value, int | float) else as_data(value)


def _typical(value):
    """A number, or the one that stands for a schedule."""
    return value.typical if isinstance(value, AbstractSchedule) else value
