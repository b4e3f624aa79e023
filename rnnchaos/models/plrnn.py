"""The piecewise-linear recurrent network."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.base import HiddenSize, uniform_weights
from rnnchaos.models.piecewise_linear import AbstractPLRNN, off_diagonal
from rnnchaos.setting import checked
from rnnchaos.typing import PiecewiseLinearMap


class PLRNN(AbstractPLRNN):
    """z' = A z + W relu(z) + h, A diagonal, W off-diagonal (Koppe et al. 2019, PLoS Comput. Biol. 15, e1007263).

    Not bounded: an orbit can escape to infinity.
    """

    self_coupled: ClassVar[bool] = False
    hidden_size: int = eqx.field(static=True)
    diagonal: Float[Array, " hidden"]
    weight: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    @checked
    def __init__(self, hidden_size: HiddenSize = 30, *, key: PRNGKeyArray):
        matrix_key, bias_key = jax.random.split(key)
        matrix = uniform_weights(matrix_key, (hidden_size, hidden_size), hidden_size)
        self.hidden_size = hidden_size
        self.diagonal = jnp.diagonal(matrix)
        self.weight = off_diagonal(matrix)
        self.bias = uniform_weights(bias_key, (hidden_size,), hidden_size)

    def features(self, state: Float[Array, " state"]) -> Float[Array, " unit"]:
        return jax.nn.relu(state)

    def piecewise_linear(self) -> PiecewiseLinearMap:
        unit = jnp.eye(self.hidden_size)
        return PiecewiseLinearMap(
            jnp.diag(self.diagonal), self.coupling(), unit, jnp.zeros_like(self.bias), self.bias
        )
