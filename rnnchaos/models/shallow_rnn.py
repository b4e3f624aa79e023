"""The shallow network with a smooth hidden layer: the shallow piecewise-linear one without its kinks."""

from collections.abc import Callable
from typing import ClassVar, Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.activations import tanh
from rnnchaos.models.base import AbstractCell, HiddenSize, affinely_drawn_in, uniform_weights
from rnnchaos.models.piecewise_linear import contracting_matrix
from rnnchaos.setting import Auto, Count, checked

Initial = Literal["auto", "contracting", "near_identity"]
SmoothActivation = Literal["silu", "gelu", "softplus", "elu", "tanh"]

SMOOTH: dict[str, Callable[[Array], Array]] = {
    "silu": jax.nn.silu,
    "gelu": lambda x: jax.nn.gelu(x, approximate=False),
    "softplus": jax.nn.softplus,
    "elu": jax.nn.elu,
    "tanh": tanh,
}
assert set(SMOOTH) == set(get_args(SmoothActivation))


class ShallowRNN(AbstractCell):
    """z' = A z + W_1 φ(W_2 z + h_2) + h_1, a diagonal A and one hidden layer of L smooth units φ.

    The network of Hess et al. (2023), ICML, arXiv:2306.04406, with φ in place of relu: its Jacobians change smoothly
    along an orbit. Bounded, φ(W_2 z + h_2) - φ(W_2 z) takes the place of the layer: every orbit is bounded while
    |A_ii| < 1. Plain, an orbit can escape to infinity unless φ = tanh.
    """

    hidden_size: int = eqx.field(static=True)
    layer_size: int = eqx.field(static=True)
    """L, the units of the hidden layer."""
    activation: SmoothActivation = eqx.field(static=True)
    """φ: silu is x σ(x), gelu x Φ(x); softplus and elu are smooth and monotonous, tanh is bounded."""
    bounded: bool = eqx.field(static=True)
    """Whether orbits are bounded, as long as the diagonal of A stays within the unit circle."""
    diagonal: Float[Array, " hidden"]
    """Of A."""
    weight: Float[Array, "hidden unit"]
    """W_1."""
    bias: Float[Array, " hidden"]
    """h_1."""
    layer_weight: Float[Array, "unit hidden"]
    """W_2."""
    layer_bias: Float[Array, " unit"]
    """h_2."""

    # Of a draw near the identity: the standard deviations of W_2 and h_2 spread the units' thresholds over scaled data.
    _SPREAD: ClassVar[float] = 3.0
    _SMALL: ClassVar[float] = 0.1

    @checked
    def __init__(
        self,
        hidden_size: HiddenSize | Auto = "auto",
        layer_size: Count | Auto = "auto",
        activation: SmoothActivation = "silu",
        bounded: bool = False,
        initial: Initial = "auto",
        *,
        key: PRNGKeyArray,
    ):
        """`auto` is 10 units, a layer of 50 and a contracting start, unless the recipe of a training says otherwise.

        `initial` is how the weights begin: contracting, A within the unit circle as of the PLRNNs; or near_identity,
        A = 1, a small W_1 and thresholds all over the data, which suits a network that has nothing to forget.
        """
        hidden_size = 10 if hidden_size == "auto" else hidden_size
        layer_size = 50 if layer_size == "auto" else layer_size
        matrix_key, outer_key, layer_key, bias_key = jax.random.split(key, 4)
        self.hidden_size, self.layer_size = hidden_size, layer_size
        self.activation, self.bounded = activation, bounded
        self.diagonal = jnp.diagonal(contracting_matrix(matrix_key, hidden_size))
        self.weight = uniform_weights(outer_key, (hidden_size, layer_size), layer_size)
        self.bias = jnp.zeros(hidden_size)
        self.layer_weight = uniform_weights(layer_key, (layer_size, hidden_size), hidden_size)
        self.layer_bias = uniform_weights(bias_key, (layer_size,), hidden_size)
        if initial == "near_identity":
            self.diagonal = jnp.ones(hidden_size)
            self.weight *= self._SMALL
            self.layer_weight *= self._SPREAD
            self.layer_bias *= self._SPREAD

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        function = SMOOTH[self.activation]
        seen = self.layer_weight @ state
        layer = function(seen + self.layer_bias)
        if self.bounded:
            layer = layer - function(seen)
        return self.diagonal * state + self.weight @ layer + self.bias

    def drawn_in(self, share: float, towards: Float[Array, " hidden"]) -> "ShallowRNN":
        return affinely_drawn_in(self, share, towards)
