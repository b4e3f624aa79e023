"""The antisymmetric recurrent network, a control that is not meant to be chaotic."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.cells.base import AbstractCell, check_hidden_size, check_positive


class AntisymmetricRNN(AbstractCell):
    """z' = z + ε tanh((W - Wᵀ - γ) z + b) (Chang et al. 2019, ICLR, arXiv:1902.09689, equation 12).

    With u = (W - Wᵀ - γ) z + b, the sum of log cosh u_i never grows while ε (‖W - Wᵀ‖₂² + γ²) ≤ 2 γ, and every orbit
    ends at the fixed point u = 0. Beyond that the Euler step may sustain oscillations.
    """

    hidden_size: int = eqx.field(static=True)
    dt: float = eqx.field(static=True)
    """ε."""
    diffusion: float = eqx.field(static=True)
    """γ."""
    weight: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    def __init__(self, hidden_size: int, dt: float = 0.1, diffusion: float = 0.1, *, key: PRNGKeyArray):
        check_hidden_size(hidden_size)
        check_positive("dt", dt)
        check_positive("diffusion", diffusion)
        self.hidden_size, self.dt, self.diffusion = hidden_size, dt, diffusion
        self.weight = jax.random.normal(key, (hidden_size, hidden_size), jnp.float64) / hidden_size**0.5
        self.bias = jnp.zeros(hidden_size)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        driven = (self.weight - self.weight.T) @ state - self.diffusion * state + self.bias
        return state + self.dt * jnp.tanh(driven)
