"""The shallow piecewise-linear network, plain and clipped."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.base import HiddenSize, uniform_weights
from rnnchaos.models.piecewise_linear import AbstractPLRNN, contracting_matrix
from rnnchaos.setting import Count, checked
from rnnchaos.typing import PiecewiseLinearMap


class ShallowPLRNN(AbstractPLRNN):
    """z' = A z + W_1 relu(W_2 z + h_2) + h_1, one hidden layer of L units (Hess et al. 2023, ICML, arXiv:2306.04406).

    Clipped, relu(W_2 z + h_2) - relu(W_2 z) takes the place of the layer: it is then bounded, and so is every orbit
    while |A_ii| < 1. Plain, an orbit can escape to infinity.
    """

    self_coupled: ClassVar[bool] = True
    hidden_size: int = eqx.field(static=True)
    layer_size: int = eqx.field(static=True)
    """L, the units of the hidden layer."""
    clipped: bool = eqx.field(static=True)
    """Whether orbits are bounded, as long as the diagonal of A stays within the unit circle."""
    diagonal: Float[Array, " hidden"]
    weight: Float[Array, "hidden unit"]
    """W_1."""
    bias: Float[Array, " hidden"]
    """h_1."""
    layer_weight: Float[Array, "unit hidden"]
    """W_2."""
    layer_bias: Float[Array, " unit"]
    """h_2."""

    @checked
    def __init__(
        self,
        hidden_size: HiddenSize = 10,
        layer_size: Count = 50,
        clipped: bool = False,
        *,
        key: PRNGKeyArray,
    ):
        matrix_key, outer_key, layer_key, bias_key = jax.random.split(key, 4)
        self.hidden_size, self.layer_size, self.clipped = hidden_size, layer_size, clipped
        self.diagonal = jnp.diagonal(contracting_matrix(matrix_key, hidden_size))
        self.weight = uniform_weights(outer_key, (hidden_size, layer_size), layer_size)
        self.bias = jnp.zeros(hidden_size)
        self.layer_weight = uniform_weights(layer_key, (layer_size, hidden_size), hidden_size)
        self.layer_bias = uniform_weights(bias_key, (layer_size,), hidden_size)

    def features(self, state: Float[Array, " state"]) -> Float[Array, " unit"]:
        seen = self.layer_weight @ state
        layer = jax.nn.relu(seen + self.layer_bias)
        return layer - jax.nn.relu(seen) if self.clipped else layer

    def piecewise_linear(self) -> PiecewiseLinearMap:
        output, gate, threshold = self.weight, self.layer_weight, self.layer_bias
        if self.clipped:
            output = jnp.concatenate([output, -output], axis=1)
            gate = jnp.concatenate([gate, gate])
            threshold = jnp.concatenate([threshold, jnp.zeros_like(threshold)])
        return PiecewiseLinearMap(jnp.diag(self.diagonal), output, gate, threshold, self.bias)
