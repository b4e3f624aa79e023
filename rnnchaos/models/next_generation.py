"""Next-generation reservoir computing: a polynomial of the last few observations."""

import itertools
import math
from typing import ClassVar, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from rnnchaos.models.network import Network
from rnnchaos.models.observation import IdentityObservation
from rnnchaos.models.regressed import AbstractRegressedCell, Fit, ridge_regression
from rnnchaos.setting import Count, Steps, checked


class NextGenerationReservoir(AbstractRegressedCell):
    """x' = x + W p, p all monomials up to `degree` of x and its delays (Gauthier et al. 2021, Nat. Commun. 12, 5564).

    The state holds the observations from now back to the last delay. Inputs are among the numbers that p is made of.
    Not bounded: an orbit can escape to infinity.
    """

    observation: ClassVar[Literal["linear", "identity"]] = "identity"
    drawn: ClassVar[bool] = False
    richer: ClassVar[str] = "a higher degree (model.degree), more delays (model.delays)"
    simpler: ClassVar[str] = "fewer delays (model.delays)"
    hidden_size: int = eqx.field(static=True)
    delays: int = eqx.field(static=True)
    """Observations that the polynomial reads."""
    spacing: int = eqx.field(static=True)
    """Steps between them."""
    degree: int = eqx.field(static=True)
    """Of the polynomial."""
    weight: Float[Array, "dimension monomial"]
    num_inputs: int = eqx.field(static=True)
    """Numbers of an input."""
    given: Float[Array, " input"] | None
    """The input under which the map is taken; None for 0."""

    @checked
    def __init__(
        self, delays: Count = 2, spacing: Steps = 1, degree: Count = 2, *, dimension: int, num_inputs: int = 0
    ):
        self.hidden_size, self.delays, self.spacing, self.degree = dimension, delays, spacing, degree
        self.num_inputs, self.given = num_inputs, None
        # Monomials of degree up to p in n numbers: (n + p choose p).
        monomials = math.comb(delays * dimension + num_inputs + degree, degree)
        self.weight = jnp.zeros((dimension, monomials))

    @property
    def history(self) -> int:
        return (self.delays - 1) * self.spacing + 1

    @property
    def state_size(self) -> int:
        return self.hidden_size * self.history

    def hidden(self, state: Float[Array, " state"]) -> Float[Array, " hidden"]:
        return state[: self.hidden_size]

    def from_hidden(self, hidden: Float[Array, " hidden"]) -> Float[Array, " state"]:
        return jnp.tile(hidden, self.history)

    def from_history(
        self, hidden: Float[Array, "history hidden"], shifts: Float[Array, "steps shift"] | None = None
    ) -> Float[Array, " state"]:
        return jnp.ravel(hidden[::-1])

    @property
    def input_size(self) -> int:
        return self.num_inputs

    def driven(self, shift: Float[Array, " shift"]) -> "NextGenerationReservoir":
        return eqx.tree_at(lambda cell: cell.given, self, shift, is_leaf=lambda leaf: leaf is None)

    def input_matrix(self, num_inputs: int, *, key: PRNGKeyArray) -> Float[Array, "shift input"]:
        return jnp.eye(num_inputs)  # the polynomial's weights are those of the input as well

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        following = self.hidden(state) + self.weight @ self._monomials(state, self.given)
        return jnp.concatenate([following, state[: self.state_size - self.hidden_size]])

    def fit(
        self,
        series: Float[Array, "time dimension"],
        since: Int[Array, " time"],
        *,
        ridge: float,
        shifts: Float[Array, "time shift"] | None = None,
    ) -> Fit:
        ends = jnp.arange(self.history - 1, len(series) - 1)
        states = jax.vmap(lambda end: self.from_history(_before(series, end, self.history)))(ends)
        within = since[self.history :] >= self.history  # the point that follows, and all that it follows from
        steps = jnp.sum(within)
        given = None if shifts is None else shifts[self.history :]
        features = jnp.where(within[:, None], jax.vmap(self._monomials)(states, given), 0)
        growth = jnp.where(within[:, None], series[self.history :] - series[self.history - 1 : -1], 0)
        weight = ridge_regression(features.T @ features / steps, features.T @ growth / steps, ridge)
        cell = eqx.tree_at(lambda cell: cell.weight, self, weight)
        network = Network(cell, IdentityObservation(self.hidden_size, self.hidden_size))
        return Fit(network, jnp.sum((features @ weight.T - growth) ** 2) / (steps * series.shape[1]))

    def _monomials(
        self, state: Float[Array, " state"], given: Float[Array, " input"] | None
    ) -> Float[Array, " monomial"]:
        read = jnp.ravel(state.reshape(self.history, self.hidden_size)[:: self.spacing])
        if self.num_inputs:
            given = jnp.zeros(self.num_inputs, state.dtype) if given is None else given
            read = jnp.concatenate([read, given])
        terms = [jnp.ones(1, dtype=state.dtype), read]
        for degree in range(2, self.degree + 1):
            chosen = jnp.array(list(itertools.combinations_with_replacement(range(len(read)), degree)))
            terms.append(jnp.prod(read[chosen], axis=1))
        return jnp.concatenate(terms)


def _before(
    series: Float[Array, "time dimension"], end: Array, length: int
) -> Float[Array, "history dimension"]:
    """The `length` points of `series` up to and with the one at `end`."""
    return jax.lax.dynamic_slice_in_dim(series, end - length + 1, length)
