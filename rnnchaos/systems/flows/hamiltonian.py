"""What systems that conserve their energy share: Hamilton's equations."""

from abc import abstractmethod

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.systems.base import AbstractFlow


class AbstractHamiltonian(AbstractFlow):
    """q' = ∂H/∂p, p' = -∂H/∂q for the state (q, p), as many momenta as positions.

    The exponents come in pairs ±λ, two of them are 0 (along the orbit, and across energies), and volume is conserved.
    """

    @abstractmethod
    def energy(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        """The Hamiltonian H(q, p), the same all along an orbit."""

    def velocity(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        by_position, by_momentum = jnp.split(jax.grad(self.energy)(state), 2)
        return jnp.concatenate([by_momentum, -by_position])

    def divergence(self, state: Float[Array, " state"]) -> Float[Array, ""]:
        return jnp.zeros((), dtype=state.dtype)  # Liouville's theorem
