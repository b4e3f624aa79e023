"""Lozi's map: Hénon's with straight lines."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractMap, PublishedExponents


class Lozi(AbstractMap):
    """x' = 1 - a|x| + y, y' = bx (Lozi 1978, J. Phys. Colloq. 39, C5-9)."""

    a: float = 1.7
    b: float = 0.5
    """By how much a step shrinks areas."""

    published: ClassVar = (
        PublishedExponents(
            {"a": 1.7, "b": 0.5},
            (0.4702, -1.1633),
            (0.0004, 0.0004),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([-0.1, 0.1], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y = state
        return jnp.stack([1.0 - self.a * jnp.abs(x) + y, self.b * x])

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.log(jnp.abs(jnp.asarray(self.b, dtype=state.dtype)))
