"""Mackey and Glass's feedback of blood cells on their own production."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import PublishedExponents
from rnnchaos.systems.delay.base import AbstractDelay


class MackeyGlass(AbstractDelay):
    """x' = β x(t - τ) / (1 + x(t - τ)^n) - γ x (Mackey & Glass 1977, Science 197, 287); τ is `delay`, n `exponent`."""

    beta: float = 0.2
    gamma: float = 0.1
    exponent: float = 10.0
    delay: float = 17.0
    dt: float = 1.0
    substeps: int = 4

    published: ClassVar = (
        PublishedExponents(
            {"beta": 0.2, "gamma": 0.1, "exponent": 10.0, "delay": 17.0},
            (0.00516, 0.0),
            (0.00002, 0.00002),
            "computed; Farmer (1982), Physica D 4, 366, has the Kaplan–Yorke dimension 2.13",
        ),
    )

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.full((self.dimension,), 0.9, dtype=jnp.float64)

    def velocity(self, now: Float[Array, ""], delayed: Float[Array, ""]) -> Float[Array, ""]:
        return self.beta * delayed / (1.0 + delayed**self.exponent) - self.gamma * now
