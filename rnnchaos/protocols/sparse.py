"""Sparse teacher forcing: the state is put back to the data every τ steps."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.protocols.base import AbstractForcing, replaced


class AbstractSparseForcing(AbstractForcing):
    """The state is put back to the data at t = τ, 2τ, …, in whole or in part; the members differ in where τ is from."""

    tau: eqx.AbstractVar[int | Int[Array, ""]]
    washout: eqx.AbstractVar[int]
    partial: eqx.AbstractVar[bool]

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        forced = replaced(state, data_state, seen_state, partial=self.partial)
        return jnp.where(t % self.tau == 0, forced, state)

    def counts(self, t: Int[Array, " time"]) -> Bool[Array, " time"]:
        """All steps but the first `washout` after a forcing; the last before the next one always counts."""
        return t % self.tau >= jnp.minimum(self.washout, self.tau - 1)


class SparseForcing(AbstractSparseForcing):
    """Reset z̃_t = B⁺x_t at t = 0, τ, 2τ, …; products of Jacobians then have at most τ factors.

    arXiv:2110.07238, section 4; the recommended interval is the predictability time τ = ln 2 / λ_max.
    What a state holds beside its observed part is lost at a forcing (an LSTM's memory starts from 0), and the first
    predictions after it cannot be good. The errors of the first `washout` steps therefore need not count; the last step
    before the next forcing always does.
    With `partial`, only the observed component of the state is replaced and the rest goes on, z̃ = z + B⁺(x - B z):
    identity forcing where the first units are the observations. Gradients are then cut only in part.
    """

    tau: int
    washout: int = 0
    partial: bool = False

    def __check_init__(self) -> None:
        check_interval(self.tau, self.washout)

    def reset_interval(self, window: int) -> int | None:
        check_within(self.tau, window)
        return None if self.partial else self.tau

    def interval(self, window: int) -> int:
        return self.tau

    def describe(self) -> str:
        return f"forced every {self.tau} steps{' in part' if self.partial else ''}"


class VariableForcing(AbstractSparseForcing):
    """Sparse forcing at an interval that is known only when the program runs: step by step, not as segments."""

    tau: Int[Array, ""]
    washout: int
    partial: bool

    def reset_interval(self, window: int) -> None:
        return None

    def describe(self) -> str:
        return "forced at an interval that varies"

    def trace(self) -> dict[str, Int[Array, ""]]:
        return {"tau": self.tau}


def check_interval(tau: int, washout: int) -> None:
    """Raise ConfigError unless τ is at least one step and the washout at least none."""
    if tau < 1:
        raise ConfigError(f"protocol.tau must be at least 1 step, got {tau}")
    if washout < 0:
        raise ConfigError(f"protocol.washout must be at least 0 steps, got {washout}")


def check_within(tau: int, window: int) -> None:
    """Raise ConfigError where the interval is longer than the window."""
    if tau > window:
        raise ConfigError(
            f"protocol.tau must be at most training.window = {window} steps, got {tau}; "
            "protocol=free trains without forcing"
        )
