"""Generalised teacher forcing whose strength follows the Jacobians of the network."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from rnnchaos.errors import ConfigError
from rnnchaos.protocols.base import AbstractForcing
from rnnchaos.protocols.generalized import BlendedForcing, check_share


class AdaptiveForcing(AbstractForcing):
    """Generalised forcing with α kept at 1 - 1/σ_max as the network changes (Hess et al. 2023, arXiv:2306.04406).

    σ_max is the largest growth rate ‖J_T … J_1‖^(1/T) at the states B⁺x of a few windows. A larger α is taken at once,
    a smaller one approached: α ← γ α + (1 - γ) (1 - 1/σ_max), γ = `decay`. γ is .999 in the paper, with which α would
    still be on its way down from 1 after the 10⁴ steps of a training here.
    """

    alpha: Float[Array, ""]
    sigma_max: Float[Array, ""]
    every: int
    """Optimiser steps between two adaptations."""
    decay: float
    partial: bool

    def __init__(self, alpha: float = 1.0, every: int = 5, decay: float = 0.99, partial: bool = False):
        check_share("alpha", alpha)
        check_share("decay", decay)
        if every < 1:
            raise ConfigError(f"protocol.every must be at least 1 step, got {every}")
        self.alpha, self.sigma_max = jnp.asarray(alpha), jnp.asarray(jnp.nan)
        self.every, self.decay, self.partial = every, decay, partial

    @property
    def adapts_every(self) -> int:
        return self.every

    def adapt(self, sigma_max: Float[Array, ""]) -> "AdaptiveForcing":
        # A network that is not finite any more sets no α; training then ends as diverged.
        wanted = jnp.where(jnp.isfinite(sigma_max), jnp.maximum(0, 1 - 1 / sigma_max), self.alpha)
        approached = self.decay * self.alpha + (1 - self.decay) * wanted
        return self._with(jnp.maximum(wanted, approached), sigma_max)

    def force(
        self,
        state: Float[Array, " state"],
        data_state: Float[Array, " state"],
        seen_state: Float[Array, " state"],
        t: Int[Array, ""],
    ) -> Float[Array, " state"]:
        return BlendedForcing(self.alpha, self.partial).force(state, data_state, seen_state, t)

    def reset_interval(self, window: int) -> None:
        return None

    def interval(self, window: int) -> int:
        return 1

    def describe(self) -> str:
        return "forced at every step by a share α that follows the Jacobians"

    def trace(self) -> dict[str, Float[Array, ""]]:
        return {"alpha": self.alpha, "sigma_max": self.sigma_max}

    def _with(self, alpha: Float[Array, ""], sigma_max: Float[Array, ""]) -> "AdaptiveForcing":
        values = alpha.astype(self.alpha.dtype), sigma_max.astype(self.sigma_max.dtype)
        return eqx.tree_at(lambda forcing: (forcing.alpha, forcing.sigma_max), self, values)
