"""What every recurrent cell offers: one step of a flat state vector, and the part of it that is observed."""

from abc import abstractmethod

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.errors import ConfigError
from rnnchaos.typing import PiecewiseLinearMap


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

    @property
    def history(self) -> int:
        """Successive observations that a state is made from: 1, or more for a cell that has to listen first."""
        return 1

    def from_history(self, hidden: Float[Array, "history hidden"]) -> Float[Array, " state"]:
        """The state after the last of `history` observations, each given as the hidden part B⁺x."""
        return self.from_hidden(hidden[-1])

    def prepared(self) -> "AbstractCell":
        """The same map, with all that depends on the weights alone worked out: what loops should step with."""
        return self

    def piecewise_linear(self) -> PiecewiseLinearMap | None:
        """The map in the canonical form of piecewise-linear maps, None where it is not one."""
        return None


def check_hidden_size(hidden_size: int) -> None:
    """Raise ConfigError unless there is at least one latent unit."""
    if hidden_size < 1:
        raise ConfigError(f"model.hidden_size must be at least 1 unit, got {hidden_size}")


def check_count(name: str, value: int, *, most: int | None = None) -> None:
    """Raise ConfigError unless the model's setting is at least 1 and, if given, at most `most` hidden units."""
    if value < 1:
        raise ConfigError(f"model.{name} must be at least 1, got {value}")
    if most is not None and value > most:
        raise ConfigError(f"model.{name} must be at most model.hidden_size ({most} units), got {value}")


def check_positive(name: str, value: float) -> None:
    """Raise ConfigError unless the model's setting is greater than 0."""
    if not value > 0:
        raise ConfigError(f"model.{name} must be greater than 0, got {value:g}")


def uniform_weights(key: PRNGKeyArray, shape: tuple[int, ...], hidden_size: int) -> Float[Array, "..."]:
    """Draw from U(±1/√M) with M = `hidden_size`, the initialisation of the paper's networks."""
    bound = hidden_size**-0.5
    return jax.random.uniform(key, shape, jnp.float64, -bound, bound)
