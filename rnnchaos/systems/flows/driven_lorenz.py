"""Lorenz's flow under a chaotic drive."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class DrivenLorenz(AbstractFlow):
    """x' = σ(y - x), y' = x(ρ - z) - y + k v, z' = xy - βz, driven by Rössler's (u, v, w), which does not hear it.

    u' = -α(v + w), v' = α(u + 0.2 v), w' = α(0.2 + w (u - 5.7)) (Pyragas 1996, Phys. Rev. E 54, R4508). Seen are x, y
    and z; v is the input.
    """

    coupling: float = 2.0
    """k; 0 leaves Lorenz's flow alone."""
    speed: float = 6.0
    """α, of the drive."""
    sigma: float = 10.0
    """Prandtl number."""
    rho: float = 28.0
    """Rayleigh number over its critical value."""
    beta: float = 8 / 3
    """Aspect ratio, 8/3."""
    dt: float = 0.01
    substeps: int = 4

    @property
    def dimension(self) -> int:
        return 6

    @property
    def response_size(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([1.0, 1.0, self.rho - 1.0, 1.0, 1.0, 0.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z, u, v, w = state
        response = [self.sigma * (y - x), x * (self.rho - z) - y + self.coupling * v, x * y - self.beta * z]
        drive = [-self.speed * (v + w), self.speed * (u + 0.2 * v), self.speed * (0.2 + w * (u - 5.7))]
        return jnp.stack(response + drive)

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        return state[:3]

    @property
    def input_names(self) -> tuple[str, ...]:
        return ("v",)

    def inputs(self, state: Float[Array, " state"]) -> Float[Array, " input"]:
        return state[4:5]
