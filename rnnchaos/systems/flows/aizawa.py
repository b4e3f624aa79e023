"""A torus that breaks up, also known after Langford."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class Aizawa(AbstractFlow):
    """x' = (z - b)x - dy, y' = dx + (z - b)y, z' = c + az - z³/3 - (x² + y²)(1 + ez) + fzx³.

    Langford (1984), Int. Ser. Numer. Math. 70, 215, with the parameters that are known as Aizawa's.
    """

    a: float = 0.95
    b: float = 0.7
    c: float = 0.6
    d: float = 3.5
    """Angular velocity."""
    e: float = 0.25
    f: float = 0.1
    """Breaks the symmetry of rotation."""
    dt: float = 0.02
    substeps: int = 2

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.1, 0.0, 0.0], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack(
            [
                (z - self.b) * x - self.d * y,
                self.d * x + (z - self.b) * y,
                self.c + self.a * z - z**3 / 3 - (x**2 + y**2) * (1.0 + self.e * z) + self.f * z * x**3,
            ]
        )
