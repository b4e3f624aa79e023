"""A star in the plane of a galaxy: two oscillators, coupled by a cubic potential."""

from typing import Annotated, ClassVar

import jax.numpy as jnp
from annotated_types import Gt, Lt
from jaxtyping import Array, Float

from rnnchaos.setting import Reason
from rnnchaos.systems.flows.hamiltonian import AbstractHamiltonian

_ESCAPE = 1 / 6


class HenonHeiles(AbstractHamiltonian):
    """H = (p_x² + p_y² + x² + y²)/2 + x²y - y³/3 for the state (x, y, p_x, p_y).

    Hénon & Heiles (1964), Astron. J. 69, 73.
    `energy_level` is the H of the orbit from `initial_state`, which is chaotic at 1/8 and about 1/6. Regular orbits
    exist at every level, and above 1/6 orbits escape.
    """

    energy_level: Annotated[float, Gt(0), Lt(_ESCAPE), Reason("orbits escape from 1/6 on")] = 0.16
    """Of the orbit."""
    dt: float = 0.1
    substeps: int = 4

    axes: ClassVar = ("x", "y", "p_x", "p_y")

    @property
    def dimension(self) -> int:
        return 4

    def initial_state(self) -> Float[Array, " state"]:
        # On the section x = 0 with p_y = 0, as deep in the well at every level as y = -1/4 is at 1/8.
        y = -jnp.sqrt(jnp.asarray(self.energy_level / 2, dtype=jnp.float64))
        momentum = jnp.sqrt(2 * self.energy_level - y**2 + 2 / 3 * y**3)
        return jnp.stack([jnp.zeros_like(y), y, momentum, jnp.zeros_like(y)])

    def energy(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        x, y, p_x, p_y = state
        return (p_x**2 + p_y**2 + x**2 + y**2) / 2 + x**2 * y - y**3 / 3
