"""Sparse teacher forcing at a forcing interval that grows while training runs."""

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.errors import ConfigError
from rnnchaos.protocols.sparse import AbstractSparseForcing, VariableForcing, check_interval, check_within


class AnnealedInterval(AbstractSparseForcing):
    """Sparse forcing whose interval grows linearly from `initial_tau` to τ over training (arXiv:2110.07238, appendix).

    It runs step by step, since the interval is not known when the program is compiled; diagnostics, which belong to no
    optimiser step, see the interval of the end.
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

    def reset_interval(self, window: int) -> None:
        check_within(self.tau, window)
        return None

    def describe(self) -> str:
        return f"forced every {self.initial_tau} to {self.tau} steps"

    def interval(self, window: int) -> int:
        return self.tau
