"""The mean-centred piecewise-linear network."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.base import HiddenSize
from rnnchaos.models.piecewise_linear import AbstractPLRNN, contracting_matrix, off_diagonal
from rnnchaos.setting import checked
from rnnchaos.typing import PiecewiseLinearMap


class MeanCenteredPLRNN(AbstractPLRNN):
    """z' = A z + W relu(z - mean(z)) + h (Brenner et al. 2022, ICML, arXiv:2207.02542, section 3).

    The diagonal of W plays no part, as in the PLRNN. Not bounded: an orbit can escape to infinity.
    """

    self_coupled: ClassVar[bool] = False
    hidden_size: int = eqx.field(static=True)
    diagonal: Float[Array, " hidden"]
    weight: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    @checked
    def __init__(self, hidden_size: HiddenSize = 30, *, key: PRNGKeyArray):
        matrix = contracting_matrix(key, hidden_size)
        self.hidden_size = hidden_size
        self.diagonal = jnp.diagonal(matrix)
        self.weight = off_diagonal(matrix)
        self.bias = jnp.zeros(hidden_size)

    def features(self, state: Float[Array, " state"]) -> Float[Array, " unit"]:
        return jax.nn.relu(state - jnp.mean(state))

    def piecewise_linear(self) -> PiecewiseLinearMap:
        centred = jnp.eye(self.hidden_size) - 1 / self.hidden_size
        return PiecewiseLinearMap(
            jnp.diag(self.diagonal), self.coupling(), centred, jnp.zeros_like(self.bias), self.bias
        )
