"""A ring of quadratic maps, each coupled to its neighbours."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.systems.base import AbstractMap


class CoupledMapLattice(AbstractMap):
    """x_i' = (1 - ε) f(x_i) + ε/2 (f(x_i-1) + f(x_i+1)), f(x) = 1 - ax², on a ring of `size` sites.

    Kaneko (1984), Prog. Theor. Phys. 72, 480. With ε = 0 and a = 2 all exponents are ln 2.
    """

    size: int = 16
    a: float = 1.9
    coupling: float = 0.1

    def __check_init__(self) -> None:
        if self.size < 3:
            raise ConfigError(f"dataset.size must be at least 3 sites, got {self.size}")
        if not 0 < self.a <= 2:
            raise ConfigError(
                f"dataset.a must be above 0 and at most 2, where orbits begin to escape, got {self.a}"
            )
        if not 0 <= self.coupling <= 1:
            raise ConfigError(f"dataset.coupling must be from 0 to 1, got {self.coupling}")

    @property
    def dimension(self) -> int:
        return self.size

    def initial_state(self) -> Float[Array, " state"]:
        return 0.9 * jnp.cos(1.0 + jnp.arange(self.size, dtype=jnp.float64) ** 2)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        mapped = 1.0 - self.a * state**2
        neighbours = jnp.roll(mapped, 1) + jnp.roll(mapped, -1)
        return (1.0 - self.coupling) * mapped + self.coupling / 2 * neighbours
