"""The coupled oscillatory recurrent network, a control that is not meant to be chaotic."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.models.activations import tanh
from rnnchaos.models.base import AbstractCell, HiddenSize, uniform_weights
from rnnchaos.setting import Positive, checked


class CoRNN(AbstractCell):
    """Damped, driven oscillators y'' = tanh(W y + V y' + b) - γ y - ε y', one sampling step being `dt` of their time.

    Rusch & Mishra (2021), ICLR, arXiv:2010.00951, equations 1 and 3; damping is implicit. The state is [y; y'], of
    which y is observed. Bounded.
    """

    hidden_size: int = eqx.field(static=True)
    dt: float = eqx.field(static=True)
    """Time of the oscillators per sampling step."""
    frequency: float = eqx.field(static=True)
    """γ."""
    damping: float = eqx.field(static=True)
    """ε."""
    weight: Float[Array, "hidden state"]
    """[W, V]."""
    bias: Float[Array, " hidden"]

    @checked
    def __init__(
        self,
        hidden_size: HiddenSize = 30,
        dt: Positive = 0.05,
        frequency: Positive = 2.7,
        damping: Positive = 4.7,
        *,
        key: PRNGKeyArray,
    ):
        weight_key, bias_key = jax.random.split(key)
        self.hidden_size, self.dt, self.frequency, self.damping = hidden_size, dt, frequency, damping
        self.weight = uniform_weights(weight_key, (hidden_size, 2 * hidden_size), 2 * hidden_size)
        self.bias = uniform_weights(bias_key, (hidden_size,), 2 * hidden_size)

    @property
    def state_size(self) -> int:
        return 2 * self.hidden_size

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        position, velocity = jnp.split(state, 2)
        force = tanh(self.weight @ state + self.bias) - self.frequency * position
        velocity = (velocity + self.dt * force) / (1 + self.dt * self.damping)
        return jnp.concatenate([position + self.dt * velocity, velocity])

    def hidden(self, state: Float[Array, " state"]) -> Float[Array, " hidden"]:
        return state[: self.hidden_size]

    def from_hidden(self, hidden: Float[Array, " hidden"]) -> Float[Array, " state"]:
        return jnp.concatenate([hidden, jnp.zeros_like(hidden)])
