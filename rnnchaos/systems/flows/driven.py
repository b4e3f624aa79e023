"""What oscillators under a periodic drive share: the phase of the drive is part of their state."""

from abc import abstractmethod

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow, wrap_angle


class AbstractDrivenOscillator(AbstractFlow):
    """x'' = acceleration(x, x', θ), where the drive's phase θ grows at the rate `frequency`; the state is (x, x', θ).

    Seen are x, x' and cos θ, as in arXiv:2110.07238. One exponent, that of the phase, is exactly 0.
    """

    frequency: eqx.AbstractVar[float]

    @abstractmethod
    def acceleration(
        self, x: Float[Array, ""], v: Float[Array, ""], phase: Float[Array, ""]
    ) -> Float[Array, ""]:
        """The second derivative of x."""

    @property
    def dimension(self) -> int:
        return 3

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        x, v, phase = state
        return jnp.stack([v, self.acceleration(x, v, phase), jnp.full_like(phase, self.frequency)])

    def wrap(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return state.at[2].set(wrap_angle(state[2]))

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        return state.at[2].set(jnp.cos(state[2]))
