"""The antisymmetric recurrent network, a control that cannot be chaotic while its step is small enough."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.activations import tanh
from rnnchaos.models.base import AbstractCell, HiddenSize
from rnnchaos.setting import Positive, SettingError, checked


class AntisymmetricRNN(AbstractCell):
    """z' = z + ε tanh((A - γ) z + b), A = W - Wᵀ (Chang et al. 2019, ICLR, arXiv:1902.09689, equation 12).

    With u = (A - γ) z + b, the sum of log cosh u_i falls along every orbit while ε (‖A‖₂² + γ²) < 2 γ: all end at
    the fixed point u = 0. `stable` scales A down to that bound; as published, without it, a trained A can outgrow the
    Euler step, and the network be chaotic after all.
    """

    hidden_size: int = eqx.field(static=True)
    dt: float = eqx.field(static=True)
    """ε, the Euler step."""
    diffusion: float = eqx.field(static=True)
    """γ."""
    stable: bool = eqx.field(static=True)
    """Whether W is kept small enough for every orbit to end at a fixed point; false: as published."""
    weight: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    @checked
    def __init__(
        self,
        hidden_size: HiddenSize = 30,
        dt: Positive = 0.1,
        diffusion: Positive = 0.1,
        stable: bool = True,
        *,
        key: PRNGKeyArray,
    ):
        if dt * diffusion >= 2:
            raise SettingError("dt", f"be less than 2 / diffusion ({2 / diffusion:g}) for a stable step", dt)
        self.hidden_size, self.dt, self.diffusion, self.stable = hidden_size, dt, diffusion, stable
        self.weight = jax.random.normal(key, (hidden_size, hidden_size), jnp.float64) / hidden_size**0.5
        self.bias = jnp.zeros(hidden_size)

    @property
    def largest_norm(self) -> float:
        """The ‖A‖₂ up to which every orbit ends at the fixed point."""
        return (2 * self.diffusion / self.dt - self.diffusion**2) ** 0.5

    def prepared(self) -> "EulerStep":
        matrix = self.weight - self.weight.T
        if self.stable:
            norm = jnp.linalg.norm(matrix, 2)
            matrix = matrix * jnp.minimum(
                1, self.largest_norm / jnp.maximum(norm, jnp.finfo(norm.dtype).tiny)
            )
        shifted = matrix - self.diffusion * jnp.eye(self.hidden_size, dtype=matrix.dtype)
        return EulerStep(self.hidden_size, self.dt, shifted, self.bias)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return self.prepared().step(state)


class EulerStep(AbstractCell):
    """z' = z + ε tanh(M z + b), with its matrix worked out."""

    hidden_size: int = eqx.field(static=True)
    dt: float = eqx.field(static=True)
    matrix: Float[Array, "hidden hidden"]
    bias: Float[Array, " hidden"]

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        return state + self.dt * tanh(self.matrix @ state + self.bias)
