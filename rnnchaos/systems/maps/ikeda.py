"""Light that goes round in a ring cavity."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractMap, PublishedExponents


class Ikeda(AbstractMap):
    """z' = 1 + u z exp(iφ) with φ = 0.4 - 6 / (1 + |z|²), for the complex field z = x + iy.

    Ikeda (1979), Opt. Commun. 30, 257; the parameters are those of Hammel, Jones & Moloney (1985), J. Opt. Soc. Am. B
    2, 552.
    """

    u: float = 0.9
    """What a round trip leaves of the field."""

    published: ClassVar = (
        PublishedExponents(
            {"u": 0.9},
            (0.5076, -0.7183),
            (0.0004, 0.0004),
            "Sprott (2003), Chaos and Time-Series Analysis",
        ),
    )

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.1, 0.1], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, y = state
        phase = 0.4 - 6.0 / (1.0 + x**2 + y**2)
        cosine, sine = jnp.cos(phase), jnp.sin(phase)
        return jnp.stack([1.0 + self.u * (x * cosine - y * sine), self.u * (x * sine + y * cosine)])

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return 2.0 * jnp.log(jnp.abs(jnp.asarray(self.u, dtype=state.dtype)))
