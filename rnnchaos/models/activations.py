"""tanh and σ whose derivatives stay right where they saturate, in the precision in which diagnostics compute."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


def tanh(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """tanh; in float64 with the derivative sech², down to 1e-300."""
    return _tanh(x) if x.dtype == jnp.float64 else jnp.tanh(x)


def sigmoid(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """1 / (1 + exp(-x)); in float64 with a derivative that is right on both sides."""
    return _sigmoid(x) if x.dtype == jnp.float64 else jax.nn.sigmoid(x)


def _with_tail(function: Callable[[Array], Array], rate: float, height: float) -> Callable[[Array], Array]:
    """`function`, whose derivative falls as height · exp(-rate |x|) where it is saturated."""

    @jax.custom_jvp
    def saturating(x: Array) -> Array:
        return function(x)

    @saturating.defjvp
    def _(primals, tangents):
        (x,), (change,) = primals, tangents
        tail = jnp.exp(-rate * jnp.abs(x))
        return saturating(x), height * tail / (1 + tail) ** 2 * change

    return saturating


_tanh = _with_tail(jnp.tanh, 2.0, 4.0)
_sigmoid = _with_tail(jax.nn.sigmoid, 1.0, 1.0)
