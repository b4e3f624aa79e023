"""The orthogonal recurrent network, a control that cannot be chaotic."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.base import AbstractCell, HiddenSize
from rnnchaos.models.rnn import RNN, Activation
from rnnchaos.setting import checked


class OrthogonalRNN(AbstractCell):
    """z' = σ(W z + b) with W = (1 + S)⁻¹(1 - S) orthogonal, S antisymmetric (Helfrich et al. 2018, arXiv:1707.09520).

    |σ'| ≤ 1, so no Jacobian stretches any vector: λ_max ≤ 0 whatever is learned.
    """

    hidden_size: int = eqx.field(static=True)
    activation: Activation = eqx.field(static=True)
    """σ."""
    generator: Float[Array, "hidden hidden"]
    """S is the difference of this and its transpose."""
    bias: Float[Array, " hidden"]

    @checked
    def __init__(self, hidden_size: HiddenSize = 30, activation: Activation = "tanh", *, key: PRNGKeyArray):
        self.hidden_size, self.activation = hidden_size, activation
        # W starts as rotations by angles from U(0, π/2) in pairs of units, each tan(angle / 2) of S.
        angles = jax.random.uniform(key, (hidden_size // 2,), jnp.float64, 0, jnp.pi / 2)
        pairs = 2 * jnp.arange(hidden_size // 2)
        nothing = jnp.zeros((hidden_size, hidden_size))
        self.generator = nothing.at[pairs, pairs + 1].set(jnp.tan(angles / 2))
        self.bias = jnp.zeros(hidden_size)

    def prepared(self) -> RNN:
        unit = jnp.eye(self.hidden_size, dtype=self.generator.dtype)
        skew = self.generator - self.generator.T
        weight = jnp.linalg.solve(unit + skew, unit - skew)
        plain = eqx.filter_eval_shape(RNN, self.hidden_size, self.activation, key=jax.random.key(0))
        return eqx.tree_at(lambda cell: (cell.weight, cell.bias), plain, (weight, self.bias))

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return self.prepared().step(state)
