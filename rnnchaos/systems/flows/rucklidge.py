"""Double convection in a vertical magnetic field."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class Rucklidge(AbstractFlow):
    """x' = -κx + λy - yz, y' = x, z' = -z + y² (Rucklidge 1992, J. Fluid Mech. 237, 209)."""

    kappa: float = 2.0
    """Damping."""
    lam: float = 6.7
    """Forcing."""
    dt: float = 0.05
    substeps: int = 4

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 0.0, 4.5], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack(
            [
                -self.kappa * x + self.lam * y - y * z,
                x,
                -z + y**2,
            ]
        )
