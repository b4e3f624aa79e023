"""Generalised teacher forcing: at every step a share of the state comes from the data."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from rnnchaos.errors import ConfigError
from rnnchaos.protocols.base import AbstractForcing, replaced


class GeneralizedForcing(AbstractForcing):
    """z̃ = (1 - α) z + α B⁺x at every step (Doya 1992; Hess et al. 2023, arXiv:2306.04406, equation 7).

    Products of T Jacobians are bounded by ((1 - α) σ_max)^T, so α = 1 - 1/σ_max keeps them below 1. α = 1 is teacher
    forcing, α = 0 is free. With `final_alpha`, α falls exponentially to it over training. With `partial`, only the
    observed component of the state is blended and the rest goes on.
    """

    alpha: float
    final_alpha: float | None = None
    partial: bool = False

    def __check_init__(self) -> None:
        check_share("alpha", self.alpha)
        if self.final_alpha is not None:
            check_share("final_alpha", self.final_alpha)
            if self.final_alpha == 0 or self.alpha == 0:
                raise ConfigError(
                    "protocol.alpha and protocol.final_alpha must be greater than 0 where alpha is annealed"
                )

    def at_step(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> AbstractForcing:
        if self.final_alpha is None:
            return self
        return BlendedForcing(self.alpha * (self.final_alpha / self.alpha) ** progress, self.partial)

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        # Of no optimiser step: at the end of training, as diagnostics see it.
        alpha = self.alpha if self.final_alpha is None else self.final_alpha
        return BlendedForcing(jnp.asarray(alpha), self.partial).force(state, data_state, seen_state, t)

    def reset_interval(self, window: int) -> None:
        return None

    def interval(self, window: int) -> int:
        return 1

    def describe(self) -> str:
        end = "" if self.final_alpha is None else f" to {self.final_alpha:g}"
        return f"forced at every step by a share α = {self.alpha:g}{end}"


class BlendedForcing(AbstractForcing):
    """Generalised forcing with an α that is known only when the program runs."""

    alpha: Float[Array, ""]
    partial: bool = False

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        forced = replaced(state, data_state, seen_state, partial=self.partial)
        alpha = self.alpha.astype(state.dtype)
        return (1 - alpha) * state + alpha * forced

    def reset_interval(self, window: int) -> None:
        return None

    def describe(self) -> str:
        return "forced at every step by a share α that varies"

    def trace(self) -> dict[str, Float[Array, ""]]:
        return {"alpha": self.alpha}


def check_share(name: str, value: float) -> None:
    """Raise ConfigError unless the protocol's setting is a share, from 0 to 1."""
    if not 0 <= value <= 1:
        raise ConfigError(f"protocol.{name} must be from 0 to 1, got {value:g}")
