"""Sparse teacher forcing at a forcing interval that is drawn anew for every batch."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from rnnchaos.errors import ConfigError
from rnnchaos.forcing.base import AbstractForcing
from rnnchaos.forcing.sparse import VariableForcing, check_interval


class RandomInterval(AbstractForcing):
    """Sparse forcing with τ drawn uniformly from τ - Δ … τ + Δ, but at least 1, for every optimiser step.

    arXiv:2110.07238, appendix. It runs step by step, since the interval is not known when the program is compiled.
    """

    tau: int
    spread: int
    """Δ, in steps."""
    washout: int = 0
    partial: bool = False

    def __check_init__(self) -> None:
        check_interval(self.tau, self.washout)
        if self.spread < 0:
            raise ConfigError(f"protocol.spread must be at least 0 steps, got {self.spread}")

    def at_step(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> VariableForcing:
        drawn = jax.random.randint(key, (), max(1, self.tau - self.spread), self.tau + self.spread + 1)
        return VariableForcing(drawn, self.washout, self.partial)

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        # Of no optimiser step: at the middle of the range, as diagnostics see it.
        middle = VariableForcing(jnp.asarray(self.tau), self.washout, self.partial)
        return middle.force(state, data_state, seen_state, t)

    def reset_interval(self, window: int) -> None:
        if self.tau + self.spread > window:
            raise ConfigError(
                f"protocol.tau + protocol.spread must be at most training.window = {window} steps, "
                f"got {self.tau} + {self.spread}"
            )
        return None

    def describe(self) -> str:
        return f"forced every {self.tau} ± {self.spread} steps"

    def interval(self, window: int) -> int:
        return self.tau
