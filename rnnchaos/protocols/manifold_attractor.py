"""Manifold-attractor regularisation: some units of a piecewise-linear network are drawn to keep their value."""

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.models import AbstractPLRNN, Network


@dataclasses.dataclass(frozen=True)
class ManifoldAttractor:
    """strength · Σ_i [(A_ii - 1)² + Σ_j W_ij² + h_i²] over the last `share` of the units: they are to integrate.

    Schmidt et al. (2021), ICLR, arXiv:1910.03471, equation 4. For z' = A z + W φ(z) + h only.
    """

    strength: float = 0.0
    share: float = 0.5
    """Of the units."""

    def __post_init__(self) -> None:
        if not self.strength >= 0:
            raise ConfigError(
                f"protocol.manifold_attractor.strength must be at least 0, got {self.strength:g}"
            )
        if not 0 < self.share <= 1:
            raise ConfigError(
                f"protocol.manifold_attractor.share must be above 0 and at most 1, got {self.share:g}"
            )

    def check(self, network: Network) -> None:
        """Raise ConfigError for a cell that is not of the PLRNN family."""
        if self.strength > 0 and not isinstance(network.cell, AbstractPLRNN):
            raise ConfigError(
                "protocol.manifold_attractor.strength must be 0 for a model that is not of the PLRNN family, "
                f"got {self.strength:g} for {type(network.cell).__name__}"
            )

    def penalty(self, network: Network) -> Float[Array, ""]:
        """The term added to the loss."""
        cell = network.cell
        assert isinstance(cell, AbstractPLRNN)
        first = cell.hidden_size - max(1, round(self.share * cell.hidden_size))
        parts = cell.diagonal[first:] - 1, cell.coupling()[first:], cell.bias[first:]
        return self.strength * jnp.sum(jnp.stack([jnp.sum(part**2) for part in parts]))
