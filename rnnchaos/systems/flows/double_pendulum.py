"""A pendulum that hangs from a pendulum."""

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.setting import Positive
from rnnchaos.systems.base import wrap_angle
from rnnchaos.systems.flows.hamiltonian import AbstractHamiltonian


class DoublePendulum(AbstractHamiltonian):
    """Two point masses on rigid, massless rods (Shinbrot et al. 1992, Am. J. Phys. 60, 491).

    The state is (θ_1, θ_2, p_1, p_2): both angles from the vertical, and their canonical momenta. Seen are the
    cosines and sines of the angles and the angular velocities. `release_angle` sets the energy: the orbit starts at
    rest with both rods at that angle.
    """

    length_1: Positive = 1.0
    """Of the upper rod."""
    length_2: Positive = 1.0
    """Of the lower rod."""
    mass_1: Positive = 1.0
    """At the end of the upper rod."""
    mass_2: Positive = 1.0
    """At the end of the lower rod."""
    gravity: float = 9.81
    release_angle: float = 2.0
    """Radians from hanging at which both rods start at rest."""
    dt: float = 0.02
    substeps: int = 8

    axes: ClassVar = ("cos θ_1", "cos θ_2", "sin θ_1", "sin θ_2", "θ_1'", "θ_2'")

    @property
    def dimension(self) -> int:
        return 4

    def initial_state(self) -> Float[Array, " state"]:
        return jnp.array([self.release_angle, self.release_angle, 0.0, 0.0], dtype=jnp.float64)

    def energy(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        angle_1, angle_2, p_1, p_2 = state
        # Momenta per length: the kinetic energy is half of them times the inverse mass matrix.
        u_1, u_2 = p_1 / self.length_1, p_2 / self.length_2
        both, apart = self.mass_1 + self.mass_2, angle_1 - angle_2
        square = self.mass_2 * u_1**2 + both * u_2**2 - 2 * self.mass_2 * jnp.cos(apart) * u_1 * u_2
        kinetic = square / (2 * self.mass_2 * (self.mass_1 + self.mass_2 * jnp.sin(apart) ** 2))
        height = both * self.length_1 * jnp.cos(angle_1) + self.mass_2 * self.length_2 * jnp.cos(angle_2)
        return kinetic - self.gravity * height

    def wrap(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return state.at[:2].set(wrap_angle(state[:2]))

    def observe(self, state: Float[Array, " state"]) -> Float[Array, " axis"]:
        angles, speeds = state[:2], self.velocity(state)[:2]
        return jnp.concatenate([jnp.cos(angles), jnp.sin(angles), speeds])
