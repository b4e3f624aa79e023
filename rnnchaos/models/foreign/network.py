"""What every network from elsewhere offers, whatever it was trained with."""

from abc import abstractmethod
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.typing import PiecewiseLinearMap


class Affine(NamedTuple):
    """x ↦ weight x + bias."""

    weight: Float[Array, "out in"]
    bias: Float[Array, " out"]

    def __call__(self, x: Float[Array, " in"]) -> Float[Array, " out"]:
        return self.weight @ x + self.bias

    @classmethod
    def of(cls, weight: np.ndarray, bias: np.ndarray | None = None) -> "Affine":
        """In float64; without a bias it is 0."""
        none = np.zeros(len(weight)) if bias is None else bias
        return cls(jnp.asarray(weight, dtype=jnp.float64), jnp.asarray(none, dtype=jnp.float64))


class ImportedNetwork(eqx.Module):
    """z_t = F(z_{t-1}, s_t) and, where the file says how, x_t = B z_t + b. All in float64."""

    observation: eqx.AbstractVar[Affine | None]
    """What is read off the state (`seen`); None where the file does not say."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is, such as LSTM."""

    @property
    @abstractmethod
    def state_size(self) -> int:
        """Length of the state vector."""

    @property
    @abstractmethod
    def num_inputs(self) -> int:
        """Inputs s_t that come from outside; 0 where the network runs by itself."""

    @abstractmethod
    def step(
        self, state: Float[Array, " state"], inputs: Float[Array, " input"] | None = None
    ) -> Float[Array, " state"]:
        """The state one step later; inputs that are not given are 0."""

    @abstractmethod
    def described(self) -> str:
        """Its size and its inputs in words, such as `LSTM of 2 layers of 30 units, its readout fed back to …`."""

    def seen(self, state: Float[Array, " state"]) -> Float[Array, " seen"]:
        """The part of the state that is observed."""
        return state

    @property
    def output_size(self) -> int:
        """Observed dimensions; 0 where the file does not say what is observed."""
        return 0 if self.observation is None else self.observation.weight.shape[0]

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " dimension"]:
        """What is observed of a state, the state itself where the file does not say."""
        return state if self.observation is None else self.observation(self.seen(state))

    def piecewise_linear(self) -> PiecewiseLinearMap | None:
        """The map without inputs in the canonical form of piecewise-linear maps, None where it is not one."""
        return None


def count(number: int, name: str) -> str:
    """`1 unit`, `2 units`."""
    return f"{number} {name}{'' if number == 1 else 's'}"
