"""Hénon's map of the plane."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractMap, PublishedExponents


class Henon(AbstractMap):
    """x' = 1 - ax² + y, y' = bx (Hénon 1976, Commun. Math. Phys. 50, 69)."""

    a: float = 1.4
    b: float = 0.3

    published: ClassVar = (
        PublishedExponents(
            {"a": 1.4, "b": 0.3},
            (0.41909, -1.62307),
            (0.00012, 0.00012),
            "computed over 10^7 iterations; Sprott (2003) gives 0.41922, -1.62319",
        ),
    )

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.0, 0.9 * self.b], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y = state
        return jnp.stack([1.0 - self.a * x**2 + y, self.b * x])
