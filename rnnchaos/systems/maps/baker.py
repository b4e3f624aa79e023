"""The baker's map: cut, stretch, stack."""

import math
from typing import Annotated, ClassVar

import jax.numpy as jnp
from annotated_types import Gt, Lt
from jaxtyping import Array, Float

from rnnchaos.setting import SettingError
from rnnchaos.systems.base import AbstractMap, PublishedExponents

_CUT = 0.4
_ENTROPY = -_CUT * math.log(_CUT) - (1 - _CUT) * math.log(1 - _CUT)


class Baker(AbstractMap):
    """(x/a, ay) where x < a, ((x - a)/(1 - a), a + (1 - a)y) elsewhere (Hopf 1937, Ergodentheorie).

    The exponents are exactly ±H, H = -a ln a - (1 - a) ln(1 - a). The cut a = 1/2 is refused: doubling shifts a binary
    digit out at every step, so that every float64 orbit is at 0 after 53 of them.
    """

    cut: Annotated[float, Gt(0), Lt(1)] = _CUT
    """a, where the dough is cut."""

    published: ClassVar = (PublishedExponents({"cut": _CUT}, (_ENTROPY, -_ENTROPY), (0.0, 0.0), "exact"),)

    def __check_init__(self) -> None:
        if self.cut == 0.5:
            raise SettingError(
                "cut", "not be 0.5", self.cut, "float64 orbits collapse onto 0 there, and do not at 0.499"
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
