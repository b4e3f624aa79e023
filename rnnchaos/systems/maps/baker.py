"""The baker's map: cut, stretch, stack."""

import math
from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.systems.base import AbstractMap, PublishedExponents

_CUT = 0.4
_ENTROPY = -_CUT * math.log(_CUT) - (1 - _CUT) * math.log(1 - _CUT)


class Baker(AbstractMap):
    """(x/a, ay) where x < a, ((x - a)/(1 - a), a + (1 - a)y) elsewhere (Hopf 1937, Ergodentheorie).

    The exponents are exactly ±H, H = -a ln a - (1 - a) ln(1 - a). The cut a = 1/2 is refused: doubling shifts a binary
    digit out at every step, so that every float64 orbit is at 0 after 53 of them.
    """

    cut: float = _CUT

    published: ClassVar = (PublishedExponents({"cut": _CUT}, (_ENTROPY, -_ENTROPY), (0.0, 0.0), "exact"),)

    def __check_init__(self) -> None:
        if not 0 < self.cut < 1 or self.cut == 0.5:
            raise ConfigError(
                "dataset.cut must be between 0 and 1 and not 0.5, where float64 orbits collapse onto 0 "
                f"(0.499 does not), got {self.cut}"
            )

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.3, 0.1], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y = state
        left, right = self.cut, 1.0 - self.cut
        first = jnp.stack([x / left, left * y])
        second = jnp.stack([(x - left) / right, left + right * y])
        return jnp.where(x < left, first, second)

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.zeros((), dtype=state.dtype)
