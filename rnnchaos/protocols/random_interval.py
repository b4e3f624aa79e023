"""Sparse teacher forcing at a forcing interval that is drawn anew for every batch."""

import jax
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.errors import ConfigError
from rnnchaos.protocols.sparse import AbstractSparseForcing, VariableForcing, check_interval


class RandomInterval(AbstractSparseForcing):
    """Sparse forcing with τ drawn uniformly from τ - Δ … τ + Δ, but at least 1, for every optimiser step.

    arXiv:2110.07238, appendix. It runs step by step, since the interval is not known when the program is compiled;
    diagnostics, which belong to no optimiser step, see the middle of the range.
    """

    tau: int
    spread: int = 20
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
