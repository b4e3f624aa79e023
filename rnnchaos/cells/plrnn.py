"""The piecewise-linear recurrent network."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.cells.base import AbstractCell, check_hidden_size, uniform_weights


class PLRNN(AbstractCell):
    """z' = A z + W relu(z) + h, A diagonal, W off-diagonal (Koppe et al. 2019, PLoS Comput. Biol. 15, e1007263).

    A and W are the diagonal and the rest of one matrix. Not bounded: an orbit can escape to infinity.
    """

    hidden_size: int = eqx.field(static=True)
    matrix: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    def __init__(self, hidden_size: int, *, key: PRNGKeyArray):
        check_hidden_size(hidden_size)
        matrix_key, bias_key = jax.random.split(key)
        self.hidden_size = hidden_size
        self.matrix = uniform_weights(matrix_key, (hidden_size, hidden_size), hidden_size)
        self.bias = uniform_weights(bias_key, (hidden_size,), hidden_size)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        diagonal = jnp.diagonal(self.matrix)
        active = jax.nn.relu(state)
        # diag(A) z + offdiag(W) relu(z) = matrix relu(z) + diagonal (z - relu(z)): one full product, no mask.
        return self.matrix @ active + diagonal * (state - active) + self.bias
