"""The long short-term memory cell."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.activations import sigmoid, tanh
from rnnchaos.models.base import AbstractCell, HiddenSize, uniform_weights
from rnnchaos.setting import checked


class LSTM(AbstractCell):
    """c' = f ⊙ c + i ⊙ g, h' = o ⊙ tanh(c'), gates from W h + b; the state is [h; c].

    Hochreiter & Schmidhuber (1997), Neural Comput. 9, 1735, with the forget gate of Gers et al. (2000).
    Bounded: |h_i| < 1.
    """

    hidden_size: int = eqx.field(static=True)
    weight: Float[Array, "gates hidden"]
    bias: Float[Array, " gates"]

    @checked
    def __init__(self, hidden_size: HiddenSize = 30, *, key: PRNGKeyArray):
        weight_key, bias_key = jax.random.split(key)
        self.hidden_size = hidden_size
        self.weight = uniform_weights(weight_key, (4 * hidden_size, hidden_size), hidden_size)
        self.bias = uniform_weights(bias_key, (4 * hidden_size,), hidden_size)

    @property
    def state_size(self) -> int:
        return 2 * self.hidden_size

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        hidden, memory = jnp.split(state, 2)
        take, keep, candidate, release = jnp.split(self.weight @ hidden + self.bias, 4)
        memory = sigmoid(keep) * memory + sigmoid(take) * tanh(candidate)
        return jnp.concatenate([sigmoid(release) * tanh(memory), memory])

    def hidden(self, state: Float[Array, " state"]) -> Float[Array, " hidden"]:
        return state[: self.hidden_size]

    def from_hidden(self, hidden: Float[Array, " hidden"]) -> Float[Array, " state"]:
        return jnp.concatenate([hidden, jnp.zeros_like(hidden)])
