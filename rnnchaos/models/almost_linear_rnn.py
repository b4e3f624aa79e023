"""The almost-linear recurrent network."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.base import HiddenSize
from rnnchaos.models.piecewise_linear import AbstractPLRNN, contracting_matrix, off_diagonal
from rnnchaos.setting import Count, SettingError, checked
from rnnchaos.typing import PiecewiseLinearMap


class AlmostLinearRNN(AbstractPLRNN):
    """z' = A z + W φ(z) + h, where only the last P units of φ are rectified (Brenner et al. 2024, arXiv:2410.14240).

    At most 2^P linear regions, hence a symbolic dynamics of as many letters. Not bounded: an orbit can escape.
    """

    self_coupled: ClassVar[bool] = False
    hidden_size: int = eqx.field(static=True)
    rectified: int = eqx.field(static=True)
    """P, the units with a kink, up to all; at most 2^P linear regions."""
    diagonal: Float[Array, " hidden"]
    weight: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    @checked
    def __init__(self, hidden_size: HiddenSize = 30, rectified: Count = 4, *, key: PRNGKeyArray):
        if rectified > hidden_size:
            raise SettingError("rectified", f"be at most hidden_size ({hidden_size} units)", rectified)
        matrix = contracting_matrix(key, hidden_size)
        self.hidden_size, self.rectified = hidden_size, rectified
        self.diagonal = jnp.diagonal(matrix)
        self.weight = off_diagonal(matrix)
        self.bias = jnp.zeros(hidden_size)

    def features(self, state: Float[Array, " state"]) -> Float[Array, " unit"]:
        linear = self.hidden_size - self.rectified
        return jnp.concatenate([state[:linear], jax.nn.relu(state[linear:])])

    def piecewise_linear(self) -> PiecewiseLinearMap:
        linear = self.hidden_size - self.rectified
        kept = jnp.where(jnp.arange(self.hidden_size) < linear, self.coupling(), 0)
        return PiecewiseLinearMap(
            jnp.diag(self.diagonal) + kept,
            self.coupling()[:, linear:],
            jnp.eye(self.hidden_size)[linear:],
            jnp.zeros(self.rectified),
            self.bias,
        )
