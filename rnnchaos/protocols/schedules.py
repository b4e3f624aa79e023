"""Numbers that change over training: an interval τ, a share α."""

from abc import abstractmethod
from typing import TypeGuard

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray, PyTree, Shaped


class AbstractSchedule(eqx.Module):
    """A number that has another value at every optimiser step, known only when the program runs."""

    @abstractmethod
    def at(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> Shaped[Array, ""]:
        """The value of one optimiser step, `progress` being the share of training that is done (0 to 1)."""

    @property
    @abstractmethod
    def typical(self) -> int | float | Shaped[Array, ""]:
        """The value that diagnostics see, which belong to no optimiser step."""

    @property
    def largest(self) -> int | float | Shaped[Array, ""]:
        """The largest value over training."""
        return self.typical

    @abstractmethod
    def __repr__(self) -> str:
        """As it stands in a sentence."""


class Given(AbstractSchedule):
    """A number that stays as it is, but is data of the compiled program: programs with another one are the same."""

    value: Shaped[Array, ""]

    def at(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> Shaped[Array, ""]:
        return self.value

    @property
    def typical(self) -> Shaped[Array, ""]:
        return self.value

    def __repr__(self) -> str:
        return f"{self.value}"


def as_data(tree: PyTree) -> PyTree:
    """The same with an array for each of its numbers, which computes as the number does."""
    return jax.tree.map(
        lambda leaf: jnp.asarray(leaf) if type(leaf) in (int, float) else leaf,
        tree,
    )


def changes(value: object) -> TypeGuard[AbstractSchedule]:
    """Whether a number is another one at every optimiser step."""
    return isinstance(value, AbstractSchedule) and not isinstance(value, Given)


class Around(AbstractSchedule):
    """Drawn uniformly from middle - spread … middle + spread, but at least 1, anew for every optimiser step."""

    middle: int
    spread: int

    def at(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> Shaped[Array, ""]:
        least = jnp.maximum(1, self.middle - self.spread)
        return jax.random.randint(key, (), least, self.middle + self.spread + 1)

    @property
    def typical(self) -> int:
        return self.middle

    @property
    def largest(self) -> int:
        return self.middle + self.spread

    def __repr__(self) -> str:
        return f"{self.middle} ± {self.spread}"


class AbstractAnnealed(AbstractSchedule):
    """From `first` at the start of training to `last` at its end."""

    first: int | float
    last: int | float

    @property
    def typical(self) -> int | float:
        return self.last

    def __repr__(self) -> str:
        return f"{self.first:g} to {self.last:g}"


class Linear(AbstractAnnealed):
    """In proportion to the steps taken."""

    def at(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> Shaped[Array, ""]:
        return self.first + progress * (self.last - self.first)


class Exponential(AbstractAnnealed):
    """By the same factor in every step; both ends are greater than 0."""

    def at(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> Shaped[Array, ""]:
        return self.first * (self.last / self.first) ** progress


class Following(AbstractSchedule):
    """1 - 1/σ_max of the Jacobians as the network changes: a larger value is taken at once, a smaller one approached.

    value ← γ value + (1 - γ) (1 - 1/σ_max), γ = `decay` (Hess et al. 2023, arXiv:2306.04406).
    """

    value: Float[Array, ""]
    every: int
    """Optimiser steps between two looks at the Jacobians."""
    decay: float
    sigma_max: Float[Array, ""] = eqx.field(default_factory=lambda: jnp.asarray(jnp.nan))

    def at(self, progress: Float[Array, ""], *, key: PRNGKeyArray) -> Shaped[Array, ""]:
        return self.value

    @property
    def typical(self) -> Float[Array, ""]:
        return self.value

    def adapt(self, sigma_max: Float[Array, ""]) -> "Following":
        """The schedule after a look at the largest growth rate of the network's Jacobians."""
        # A network that is not finite any more sets no value; training then ends as diverged.
        wanted = jnp.where(jnp.isfinite(sigma_max), jnp.maximum(0, 1 - 1 / sigma_max), self.value)
        value = jnp.maximum(wanted, self.decay * self.value + (1 - self.decay) * wanted)
        new = value.astype(self.value.dtype), sigma_max.astype(self.sigma_max.dtype)
        return eqx.tree_at(lambda schedule: (schedule.value, schedule.sigma_max), self, new)

    def __repr__(self) -> str:
        return "1 - 1/σ_max"
