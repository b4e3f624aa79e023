"""Two oscillations whose frequencies have no common measure."""

import math
from typing import Annotated, ClassVar

import jax.numpy as jnp
from annotated_types import Gt
from jaxtyping import Array, Float

from rnnchaos.setting import Reason
from rnnchaos.systems.base import AbstractFlow
from rnnchaos.systems.regular.limit_cycle import limit_cycle_velocity


class Torus(AbstractFlow):
    """Two limit cycles (Stuart 1960, J. Fluid Mech. 9, 353) side by side, of which the second turns `ratio` as fast.

    With an irrational ratio, by default the golden mean, the orbit fills a torus. The exponents are exactly 0, 0, -2μ
    and -2μ.
    """

    mu: Annotated[float, Gt(0), Reason("below it there is no torus")] = 0.5
    """Squared radius of both cycles."""
    frequency: float = 1.0
    """Of the first."""
    ratio: float = (1 + math.sqrt(5)) / 2
    """Of the second frequency to the first; the golden mean."""
    dt: float = 0.1
    substeps: int = 4

    axes: ClassVar = ("x_1", "y_1", "x_2", "y_2")

    @property
    def dimension(self) -> int:
        return 4

    def initial_state(self) -> Float[Array, " state"]:
        radius = jnp.sqrt(self.mu)
        return jnp.array([radius, 0.0, radius, 0.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        first, second = jnp.split(state, 2)
        return jnp.concatenate(
            [
                limit_cycle_velocity(first, self.mu, self.frequency),
                limit_cycle_velocity(second, self.mu, self.ratio * self.frequency),
            ]
        )
