"""Lorenz's ring of coupled variables, a toy of the atmosphere along a circle of latitude."""

from typing import Annotated, ClassVar

import jax.numpy as jnp
from annotated_types import Ge
from jaxtyping import Array, Float

from rnnchaos.setting import Unit
from rnnchaos.systems.base import AbstractFlow, PublishedExponents


class Lorenz96(AbstractFlow):
    """x_i' = (x_{i+1} - x_{i-2}) x_{i-1} - x_i + F on a ring of `size` variables (Lorenz 1996, ECMWF seminar)."""

    size: Annotated[int, Ge(4), Unit("variable")] = 20
    """Variables on the ring."""
    forcing: float = 8.0
    dt: float = 0.04
    substeps: int = 2

    published: ClassVar = (
        PublishedExponents(
            {"size": 40, "forcing": 8.0},
            (1.687,),
            (0.009,),
            "computed at dt = 0.01; agrees with Karimi & Paul (2010), Chaos 20, 043105",
        ),
    )

    @property
    def dimension(self) -> int:
        return self.size

    def initial_state(self) -> Float[Array, " state"]:
        # A single kick off the unstable fixed point x_i = F breaks the ring's symmetry.
        return jnp.full((self.size,), self.forcing, dtype=jnp.float64).at[0].add(0.01)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        ring = jnp.concatenate([state[-2:], state, state[:1]])
        ahead, behind, behind_two = ring[3:], ring[1:-2], ring[:-3]
        return (ahead - behind_two) * behind - state + self.forcing

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.asarray(-self.size, dtype=state.dtype)  # advection conserves volume
