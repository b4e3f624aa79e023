"""The vanilla (Elman) recurrent network."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.cells.base import AbstractCell, check_hidden_size, uniform_weights


class RNN(AbstractCell):
    """z' = tanh(W z + b) (Elman 1990, Cognitive Science 14, 179). Bounded: |z_i| < 1."""

    hidden_size: int = eqx.field(static=True)
    weight: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    def __init__(self, hidden_size: int, *, key: PRNGKeyArray):
        check_hidden_size(hidden_size)
        weight_key, bias_key = jax.random.split(key)
        self.hidden_size = hidden_size
        self.weight = uniform_weights(weight_key, (hidden_size, hidden_size), hidden_size)
        self.bias = uniform_weights(bias_key, (hidden_size,), hidden_size)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return jnp.tanh(self.weight @ state + self.bias)
