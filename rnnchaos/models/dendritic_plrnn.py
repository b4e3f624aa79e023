"""The dendritic piecewise-linear network, plain and clipped."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.base import HiddenSize
from rnnchaos.models.piecewise_linear import AbstractPLRNN, contracting_matrix, off_diagonal
from rnnchaos.setting import Count, checked
from rnnchaos.typing import PiecewiseLinearMap

# Thresholds start across the range of standardised data.
_THRESHOLD_RANGE = 2.0


class DendriticPLRNN(AbstractPLRNN):
    """z' = A z + W Σ_b α_b relu(z - H_b) + h, splines of B kinks (Brenner et al. 2022, arXiv:2207.02542).

    Clipped, relu(z - H_b) - relu(z) takes the place of relu(z - H_b): φ is then bounded, and so is every orbit
    while |A_ii| < 1. Plain, an orbit can escape to infinity.
    """

    self_coupled: ClassVar[bool] = False
    hidden_size: int = eqx.field(static=True)
    bases: int = eqx.field(static=True)
    """B, the number of kinks a unit has."""
    clipped: bool = eqx.field(static=True)
    """Whether orbits are bounded, as long as the diagonal of A stays within the unit circle."""
    diagonal: Float[Array, " hidden"]
    weight: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]
    slopes: Float[Array, " basis"]
    """α_b."""
    thresholds: Float[Array, "hidden basis"]
    """H_b."""

    @checked
    def __init__(
        self, hidden_size: HiddenSize = 30, bases: Count = 20, clipped: bool = False, *, key: PRNGKeyArray
    ):
        matrix_key, slope_key, threshold_key = jax.random.split(key, 3)
        matrix = contracting_matrix(matrix_key, hidden_size)
        self.hidden_size, self.bases, self.clipped = hidden_size, bases, clipped
        self.diagonal = jnp.diagonal(matrix)
        self.weight = off_diagonal(matrix)
        self.bias = jnp.zeros(hidden_size)
        bound = bases**-0.5
        self.slopes = jax.random.uniform(slope_key, (bases,), jnp.float64, -bound, bound)
        self.thresholds = jax.random.uniform(
            threshold_key, (hidden_size, bases), jnp.float64, -_THRESHOLD_RANGE, _THRESHOLD_RANGE
        )

    def features(self, state: Float[Array, " state"]) -> Float[Array, " unit"]:
        spline = jax.nn.relu(state[:, None] - self.thresholds) @ self.slopes
        return spline - jnp.sum(self.slopes) * jax.nn.relu(state) if self.clipped else spline

    def piecewise_linear(self) -> PiecewiseLinearMap:
        # One rectified unit a kink: of all units the first, of all units the second, …, and the clip's at 0.
        kinks = [-self.thresholds[:, b] for b in range(self.bases)]
        outputs = [self.slopes[b] * self.coupling() for b in range(self.bases)]
        if self.clipped:
            kinks.append(jnp.zeros(self.hidden_size))
            outputs.append(-jnp.sum(self.slopes) * self.coupling())
        return PiecewiseLinearMap(
            jnp.diag(self.diagonal),
            jnp.concatenate(outputs, axis=1),
            jnp.tile(jnp.eye(self.hidden_size), (len(kinks), 1)),
            jnp.concatenate(kinks),
            self.bias,
        )
