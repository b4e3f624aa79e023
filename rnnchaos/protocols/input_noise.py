"""Noise on what the network hears, not on what it is to predict."""

import jax
from jaxtyping import Array, Float, PRNGKeyArray


def with_noise(
    windows: Float[Array, "batch time dimension"], scale: float, *, key: PRNGKeyArray
) -> Float[Array, "batch time dimension"]:
    """`windows` with Gaussian noise of standard deviation `scale`, in units of the scaled data.

    Bishop (1995), Neural Comput. 7, 108: for small noise a penalty on the derivative of the network.
    """
    return windows + scale * jax.random.normal(key, windows.shape, windows.dtype)
