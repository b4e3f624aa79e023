"""Optimisers whose numbers are data of the training program."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import optax
from jaxtyping import Array, Float

from rnnchaos.protocols import as_data

Numbers = Mapping[str, float | Float[Array, ""]]


class Optimizer(eqx.Module):
    """An optimiser of optax, made anew from its numbers wherever it takes a step.

    Two that are `made` alike are one program, whatever their numbers.
    """

    made: Callable[[Numbers], optax.GradientTransformation] = eqx.field(static=True)
    """Equal for those that differ in numbers alone."""
    numbers: Numbers
    """A learning rate, a bound of the gradient, …"""

    def init(self, params: optax.Params) -> optax.OptState:
        """The state before the first step."""
        return self.made(self.numbers).init(params)

    def update(
        self, updates: optax.Updates, state: optax.OptState, params: optax.Params | None = None
    ) -> Any:
        """What a gradient comes to, and the state after the step."""
        return self.made(self.numbers).update(updates, state, params)

    def as_data(self) -> "Optimizer":
        """The same with its numbers as data of the program."""
        return Optimizer(self.made, as_data(self.numbers))
