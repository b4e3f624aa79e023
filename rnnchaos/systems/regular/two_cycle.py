"""A stable cycle of period two: the example that is not chaotic."""

import math
from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractMap, PublishedExponents


class TwoCycle(AbstractMap):
    """x' = -x (1 + (1 - x²)/4) in each of two axes, with the stable cycle ±(1, 1).

    For the first theorem of Mikhaeil, Monfared & Durstewitz (2022), Adv. Neural Inf. Process. Syst. 35.
    Its slope on the cycle is -1/2 in each axis, so both exponents are exactly -ln 2 per step.
    """

    published: ClassVar = (PublishedExponents({}, (-math.log(2), -math.log(2)), (0.0, 0.0), "exact"),)

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.9, 0.9], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return -state * (1.0 + (1.0 - state**2) / 4)
