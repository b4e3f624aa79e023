"""The vanilla (Elman) recurrent network."""

from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.activations import tanh
from rnnchaos.models.base import AbstractCell, HiddenSize, uniform_weights
from rnnchaos.setting import checked
from rnnchaos.typing import PiecewiseLinearMap

Activation = Literal["tanh", "relu"]


class RNN(AbstractCell):
    """z' = σ(W z + b) (Elman 1990, Cognitive Science 14, 179), σ = tanh or relu.

    Bounded with tanh, |z_i| < 1; with relu an orbit can escape to infinity.
    """

    hidden_size: int = eqx.field(static=True)
    activation: Activation = eqx.field(static=True)
    """σ; with tanh the state is bounded, with relu it is not."""
    weight: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    @checked
    def __init__(self, hidden_size: HiddenSize = 30, activation: Activation = "tanh", *, key: PRNGKeyArray):
        weight_key, bias_key = jax.random.split(key)
        self.hidden_size, self.activation = hidden_size, activation
        self.weight = uniform_weights(weight_key, (hidden_size, hidden_size), hidden_size)
        self.bias = uniform_weights(bias_key, (hidden_size,), hidden_size)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        driven = self.weight @ state + self.bias
        return tanh(driven) if self.activation == "tanh" else jax.nn.relu(driven)

    def piecewise_linear(self) -> PiecewiseLinearMap | None:
        if self.activation == "tanh":
            return None
        unit, nothing = jnp.eye(self.hidden_size), jnp.zeros_like(self.bias)
        return PiecewiseLinearMap(jnp.zeros_like(self.weight), unit, self.weight, self.bias, nothing)
