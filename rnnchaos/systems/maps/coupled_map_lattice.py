"""A ring of quadratic maps, each coupled to its neighbours."""

from typing import Annotated

import jax.numpy as jnp
from annotated_types import Ge, Gt, Le
from jaxtyping import Array, Float

from rnnchaos.setting import Reason, Share, Unit
from rnnchaos.systems.base import AbstractMap


class CoupledMapLattice(AbstractMap):
    """x_i' = (1 - ε) f(x_i) + ε/2 (f(x_i-1) + f(x_i+1)), f(x) = 1 - ax², on a ring of `size` sites.

    Kaneko (1984), Prog. Theor. Phys. 72, 480. With ε = 0 and a = 2 all exponents are ln 2.
    """

    size: Annotated[int, Ge(3), Unit("site")] = 16
    """Sites on the ring."""
    a: Annotated[float, Gt(0), Le(2), Reason("orbits escape beyond")] = 1.9
    coupling: Share = 0.1
    """ε."""

    @property
    def dimension(self) -> int:
        return self.size

    def initial_state(self) -> Float[Array, " state"]:
        return 0.9 * jnp.cos(1.0 + jnp.arange(self.size, dtype=jnp.float64) ** 2)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        mapped = 1.0 - self.a * state**2
        neighbours = jnp.roll(mapped, 1) + jnp.roll(mapped, -1)
        return (1.0 - self.coupling) * mapped + self.coupling / 2 * neighbours
