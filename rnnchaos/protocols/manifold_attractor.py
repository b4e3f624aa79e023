"""Manifold-attractor regularisation: some units of a piecewise-linear network are drawn to keep their value."""

from typing import Annotated

import jax.numpy as jnp
from annotated_types import Gt, Le
from jaxtyping import Array, Float

from rnnchaos.models import AbstractPLRNN, Network
from rnnchaos.protocols.penalty import AbstractPenalty, Batch
from rnnchaos.setting import NotNegative, SettingError


class ManifoldAttractor(AbstractPenalty):
    """strength · Σ_i [(A_ii - 1)² + Σ_j W_ij² + h_i²] over the last `share` of the units: they are to integrate.

    Schmidt et al. (2021), ICLR, arXiv:1910.03471, equation 4. For z' = A z + W φ(z) + h only.
    """

    strength: NotNegative = 0.0
    """Of the penalty."""
    share: Annotated[float, Gt(0), Le(1)] = 0.5
    """Of the units."""

    def describe(self) -> str:
        return "manifold-attractor regularisation"

    def check(self, network: Network, *, window: int) -> None:
        if not isinstance(network.cell, AbstractPLRNN):
            must = f"be 0 for {type(network.cell).__name__}, which is not of the PLRNN family"
            raise SettingError("strength", must, self.strength)

    def penalty(self, network: Network, batch: Batch) -> Float[Array, ""]:
        cell = network.cell
        assert isinstance(cell, AbstractPLRNN)
        first = cell.hidden_size - max(1, round(self.share * cell.hidden_size))
        parts = cell.diagonal[first:] - 1, cell.coupling()[first:], cell.bias[first:]
        return self.strength * jnp.sum(jnp.stack([jnp.sum(part**2) for part in parts]))
