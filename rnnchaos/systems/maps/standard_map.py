"""Chirikov's standard map: a rotor that is kicked."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractMap, wrap_angle


class StandardMap(AbstractMap):
    """p' = p + K sin θ, θ' = θ + p' for the state (θ, p), both angles (Chirikov 1979, Phys. Rep. 52, 263).

    Areas are conserved, so the exponents are ±λ; λ is about ln(K/2) for a large K. What is observed are the cosines and
    sines of both.
    """

    kick: float = 5.0
    """K; most orbits are chaotic well above 1."""

    axes: ClassVar = ("cos θ", "sin θ", "cos p", "sin p")

    @property
    def dimension(self) -> int:
        return 2

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([0.5, 1.0], dtype=jnp.float64)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        angle, momentum = state
        momentum = momentum + self.kick * jnp.sin(angle)
        return wrap_angle(jnp.stack([angle + momentum, momentum]))

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.zeros((), dtype=state.dtype)

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        return jnp.stack([jnp.cos(state), jnp.sin(state)], axis=1).ravel()
