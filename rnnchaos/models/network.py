"""A cell with its observation map: the whole model of a run."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.models.base import AbstractCell
from rnnchaos.models.observation import AbstractObservation


class Network(eqx.Module):
    """z_{t+1} = F(z_t), x_t = B h(z_t)."""

    cell: AbstractCell
    observation: AbstractObservation

    @property
    def state_size(self) -> int:
        """Length of the latent state."""
        return self.cell.state_size

    @property
    def history(self) -> int:
        """Successive observations that `start` needs."""
        return self.cell.history

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        """The latent state one sampling step later."""
        return self.cell.step(state)

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " dimension"]:
        """The observation x = B h of a latent state."""
        hidden = self.cell.hidden(state)
        return self.observation.matrix().astype(hidden.dtype) @ hidden

    def force(self, x: Float[Array, " dimension"]) -> Float[Array, " state"]:
        """The latent state z̃ = B⁺x that teacher forcing puts in place of the network's own."""
        return self.cell.from_hidden(self.observation.inverse().astype(x.dtype) @ x)

    def start(self, history: Float[Array, "history dimension"]) -> Float[Array, " state"]:
        """The latent state after the last of `history` observations: z̃ = B⁺x, unless the cell has to listen first."""
        inverse = self.observation.inverse().astype(history.dtype)
        return self.cell.from_history(history @ inverse.T)

    def prepared(self) -> "Network":
        """The same network with all that depends on the weights alone worked out, such as B⁺."""
        return Network(self.cell.prepared(), self.observation.prepared())

    def astype(self, dtype: jnp.dtype | type | str) -> "Network":
        """The same network with every weight in another precision."""
        return jax.tree.map(lambda leaf: leaf.astype(dtype) if eqx.is_inexact_array(leaf) else leaf, self)
