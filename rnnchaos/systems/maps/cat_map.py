"""Arnold's cat map."""

import math
from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractMap, PublishedExponents

_EXPONENT = math.log((3 + math.sqrt(5)) / 2)


class CatMap(AbstractMap):
    """x' = x + y, y' = x + 2y, both modulo 1 (Arnold & Avez 1968, Ergodic Problems of Classical Mechanics).

    Its exponents are exactly ±ln((3 + √5)/2). Float64 numbers in [0, 1) become multiples of 2⁻⁵³ at once, which the map
    permutes exactly: no orbit collapses, and its period is about 7e15. What is observed are cosines and sines.
    """

    published: ClassVar = (PublishedExponents({}, (_EXPONENT, -_EXPONENT), (0.0, 0.0), "exact"),)

    axes: ClassVar = ("cos 2πx", "sin 2πx", "cos 2πy", "sin 2πy")

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.3, 0.1], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y = state
        return jnp.mod(jnp.stack([x + y, x + 2.0 * y]), 1.0)

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.zeros((), dtype=state.dtype)

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        angles = 2.0 * jnp.pi * state
        return jnp.stack([jnp.cos(angles), jnp.sin(angles)], axis=1).ravel()
