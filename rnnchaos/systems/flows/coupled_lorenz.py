"""Two of Lorenz's flows that pull at each other."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class CoupledLorenz(AbstractFlow):
    """x_i' = σ(y_i - x_i) + ε(x_j - x_i), y_i' = x_i(ρ_i - z_i) - y_i, z_i' = x_i y_i - βz_i for i = 1, 2.

    Diffusive coupling, after Fujisaka & Yamada (1983), Prog. Theor. Phys. 69, 32. At ε = 0 the exponents are those
    of both flows together; with equal ρ a strong coupling synchronises them.
    """

    sigma: float = 10.0
    rho_1: float = 28.0
    rho_2: float = 35.0
    beta: float = 8 / 3
    coupling: float = 1.0
    """ε; 0 leaves them alone."""
    dt: float = 0.01
    substeps: int = 2

    axes: ClassVar = ("x_1", "y_1", "z_1", "x_2", "y_2", "z_2")

    @property
    def dimension(self) -> int:
        return 6

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 1.0, self.rho_1 - 1.0, -2.0, -1.0, self.rho_2 - 1.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state.reshape(2, 3).T
        rho = jnp.array([self.rho_1, self.rho_2])
        velocity = [
            self.sigma * (y - x) + self.coupling * (x[::-1] - x),
            x * (rho - z) - y,
            x * y - self.beta * z,
        ]
        return jnp.stack(velocity, axis=-1).ravel()
