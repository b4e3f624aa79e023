"""The gated recurrent unit."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.activations import sigmoid, tanh
from rnnchaos.models.base import AbstractCell, HiddenSize, uniform_weights
from rnnchaos.setting import checked


class GRU(AbstractCell):
    """Gates r, u = σ(W h + b), candidate n = tanh(b_n + r ⊙ (W_n h + c)), h' = (1 - u) ⊙ n + u ⊙ h.

    Cho et al. (2014), EMNLP, in the form with the reset gate after the product. An input adds C s to the gates' b and
    to b_n. Bounded: |h_i| ≤ 1 once it is there.
    """

    hidden_size: int = eqx.field(static=True)
    weight: Float[Array, "gates hidden"]
    bias: Float[Array, " gates"]
    candidate_bias: Float[Array, " hidden"]

    @checked
    def __init__(self, hidden_size: HiddenSize = 30, *, key: PRNGKeyArray):
        weight_key, bias_key, candidate_key = jax.random.split(key, 3)
        self.hidden_size = hidden_size
        self.weight = uniform_weights(weight_key, (3 * hidden_size, hidden_size), hidden_size)
        self.bias = uniform_weights(bias_key, (3 * hidden_size,), hidden_size)
        self.candidate_bias = uniform_weights(candidate_key, (hidden_size,), hidden_size)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        reset, update, candidate = jnp.split(self.weight @ state + self.bias, 3)
        update = sigmoid(update)
        candidate = tanh(self.candidate_bias + sigmoid(reset) * candidate)
        return (1 - update) * candidate + update * state

    def driven(self, shift: Float[Array, " shift"]) -> "GRU":
        gates = 2 * self.hidden_size
        bias = self.bias.at[:gates].add(shift[:gates])
        candidate_bias = self.candidate_bias + shift[gates:]  # outside the reset gate, as in PyTorch
        return eqx.tree_at(lambda cell: (cell.bias, cell.candidate_bias), self, (bias, candidate_bias))
