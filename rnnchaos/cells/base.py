"""What every recurrent cell offers: one step of a flat state vector, and the part of it that is observed."""

from abc import abstractmethod

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.errors import ConfigError


class AbstractCell(eqx.Module):
    """An autonomous recurrent cell, z_{t+1} = F(z_t), whose state is one flat vector."""

    hidden_size: eqx.AbstractVar[int]

    @property
    def state_size(self) -> int:
        """Length of the state vector: `hidden_size`, or more where a cell keeps memory that is not observed."""
        return self.hidden_size

    @abstractmethod
    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        """The state one sampling step later."""

    def hidden(self, state: Float[Array, " state"]) -> Float[Array, " hidden"]:
        """The part of the state that the observation matrix reads."""
        return state

    def from_hidden(self, hidden: Float[Array, " hidden"]) -> Float[Array, " state"]:
        """The state whose observed part is `hidden` and whose other memory is zero."""
        return hidden


def check_hidden_size(hidden_size: int) -> None:
    """Raise ConfigError unless there is at least one latent unit."""
    if hidden_size < 1:
        raise ConfigError(f"model.hidden_size must be at least 1 unit, got {hidden_size}")


def uniform_weights(key: PRNGKeyArray, shape: tuple[int, ...], hidden_size: int) -> Float[Array, "..."]:
    """Draw from U(±1/√M) with M = `hidden_size`, the initialisation of the paper's networks."""
    bound = hidden_size**-0.5
    return jax.random.uniform(key, shape, jnp.float64, -bound, bound)
