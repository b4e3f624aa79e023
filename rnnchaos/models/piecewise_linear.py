"""What the piecewise-linear networks share: z' = A z + W φ(z) + h with a diagonal A and rectified units φ."""

from abc import abstractmethod

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.base import AbstractCell, affinely_drawn_in
from rnnchaos.typing import PiecewiseLinearMap


class AbstractPLRNN(AbstractCell):
    """z' = A z + W φ(z) + h. Every part but φ has the same meaning in all members of the family."""

    self_coupled: eqx.AbstractClassVar[bool]
    """Whether the diagonal of W counts; where it does not, A alone says what a unit keeps of itself."""
    diagonal: eqx.AbstractVar[Float[Array, " hidden"]]
    """Of A."""
    weight: eqx.AbstractVar[Float[Array, "hidden unit"]]
    """W."""
    bias: eqx.AbstractVar[Float[Array, " hidden"]]
    """h."""

    @abstractmethod
    def features(self, state: Float[Array, " state"]) -> Float[Array, " unit"]:
        """φ(z)."""

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        features = self.features(state)
        driven = self.weight @ features
        if not self.self_coupled:
            driven = driven - jnp.diagonal(self.weight) * features
        return self.diagonal * state + driven + self.bias

    def drawn_in(self, share: float, towards: Float[Array, " hidden"]) -> "AbstractPLRNN":
        return affinely_drawn_in(self, share, towards)

    def coupling(self) -> Float[Array, "hidden unit"]:
        """W, with zeros on its diagonal where that does not count."""
        return self.weight if self.self_coupled else off_diagonal(self.weight)

    @abstractmethod
    def piecewise_linear(self) -> PiecewiseLinearMap:
        """The map with every kink written as one rectified unit."""


def contracting_matrix(key: PRNGKeyArray, size: int) -> Float[Array, "size size"]:
    """A random symmetric positive definite matrix with largest eigenvalue 1 (arXiv:1511.03771)."""
    factor = jax.random.normal(key, (size, size), jnp.float64)
    matrix = factor @ factor.T / size + jnp.eye(size)
    return matrix / jnp.linalg.eigvalsh(matrix)[-1]


def off_diagonal(matrix: Float[Array, "size size"]) -> Float[Array, "size size"]:
    """`matrix` with zeros on its diagonal."""
    return matrix - jnp.diag(jnp.diagonal(matrix))
