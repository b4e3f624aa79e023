"""Running a trained network freely, in float64."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.cells import Network


@eqx.filter_jit
def _run(network: Network, start: Float[Array, " dimension"], num_steps: int):
    def advance(state, _):
        state = network.step(state)
        return state, network.observe(state)

    return jax.lax.scan(advance, network.force(start), None, num_steps)[1]


@eqx.filter_jit
def _settle(network: Network, starts: Float[Array, "orbit dimension"], num_steps: int):
    def settle(start):
        return jax.lax.fori_loop(0, num_steps, lambda _, state: network.step(state), network.force(start))

    return jax.vmap(settle)(starts)


def free_run(
    network: Network, start: Float[np.ndarray, " dimension"], *, num_steps: int
) -> Float[np.ndarray, "time dimension"]:
    """The observations of the `num_steps` steps after the network was forced to `start`, once."""
    with jax.enable_x64(True):
        return np.asarray(_run(network.astype(jnp.float64), jnp.asarray(start), num_steps))


def forecasts(
    network: Network, starts: Float[np.ndarray, "start dimension"], *, num_steps: int
) -> Float[np.ndarray, "start time dimension"]:
    """Free runs from many starting points at once."""
    with jax.enable_x64(True):
        many = eqx.filter_vmap(_run, in_axes=(None, 0, None))
        return np.asarray(many(network.astype(jnp.float64), jnp.asarray(starts), num_steps))


def attractor_states(
    network: Network, series: Float[np.ndarray, "time dimension"], *, transient: int, count: int
) -> Float[np.ndarray, "count state"]:
    """Latent states on `count` orbits, each forced to a point of `series` once and then left for `transient` steps."""
    points = np.linspace(0, len(series) - 1, count).astype(int)
    with jax.enable_x64(True):
        return np.asarray(_settle(network.astype(jnp.float64), jnp.asarray(series[points]), transient))
