"""Sparse teacher forcing at a forcing interval that grows while training runs."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from rnnchaos.errors import ConfigError
from rnnchaos.forcing.base import AbstractForcing
from rnnchaos.forcing.sparse import VariableForcing, check_interval


class AnnealedInterval(AbstractForcing):
    """Sparse forcing whose interval grows linearly from `initial_tau` to τ over training (arXiv:2110.07238, appendix).

    It runs step by step, since the interval is not known when the program is compiled.
    """

    tau: int
    initial_tau: int = 1
    washout: int = 0
    partial: bool = False

    def __check_init__(self) -> None:
        check_interval(self.tau, self.washout)
        if not 1 <= self.initial_tau <= self.tau:
            raise ConfigError(
                f"protocol.initial_tau must be from 1 to protocol.tau ({self.tau} steps), got {self.initial_tau}"
            )

    def at_step(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> VariableForcing:
        grown = self.initial_tau + progress * (self.tau - self.initial_tau)
        return VariableForcing(jnp.round(grown).astype(int), self.washout, self.partial)

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        # Of no optimiser step: at the end of training, as diagnostics see it.
        last = VariableForcing(jnp.asarray(self.tau), self.washout, self.partial)
        return last.force(state, data_state, seen_state, t)

    def reset_interval(self, window: int) -> None:
        if self.tau > window:
            raise ConfigError(
                f"protocol.tau must be at most training.window = {window} steps, got {self.tau}"
            )
        return None

    def describe(self) -> str:
        return f"forced every {self.initial_tau} to {self.tau} steps"

    def interval(self, window: int) -> int:
        return self.tau
