"""A nerve cell that fires in bursts."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class HindmarshRose(AbstractFlow):
    """x' = y - ax³ + bx² - z + I, y' = c - dx² - y, z' = r(s(x - x_r) - z).

    Hindmarsh & Rose (1984), Proc. R. Soc. Lond. B 221, 87. x is the membrane's voltage, z the slow adaptation.
    """

    a: float = 1.0
    b: float = 3.0
    c: float = 1.0
    d: float = 5.0
    current: float = 3.25
    """I: what drives the cell."""
    rate: float = 0.006
    """r: how fast it adapts."""
    gain: float = 4.0
    """s."""
    rest: float = -1.6
    """x_r: voltage at rest."""
    dt: float = 0.1
    substeps: int = 8

    @property
    def dimension(self) -> int:
        return 3

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([-1.0, -4.0, 3.2], dtype=jnp.float64)

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y, z = state
        return jnp.stack(
            [
                y - self.a * x**3 + self.b * x**2 - z + self.current,
                self.c - self.d * x**2 - y,
                self.rate * (self.gain * (x - self.rest) - z),
            ]
        )
