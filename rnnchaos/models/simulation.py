"""Running a trained network freely, in float64."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from rnnchaos.errors import RunError
from rnnchaos.models.network import Network
from rnnchaos.setting import SettingError


@eqx.filter_jit
def _run(network: Network, history: Float[Array, "history dimension"], num_steps: int):
    def advance(state, _):
        state = network.step(state)
        return state, network.observe(state)

    return jax.lax.scan(advance, network.start(history), None, num_steps)[1]


@eqx.filter_jit
def _settle(network: Network, histories: Float[Array, "orbit history dimension"], num_steps: int):
    def settle(history):
        start = network.start(history)
        return jax.lax.fori_loop(0, num_steps, lambda _, state: network.step(state), start)

    return jax.vmap(settle)(histories)


@eqx.filter_jit
def _follow(network: Network, history: Float[Array, "history dimension"], transient: int, num_steps: int):
    def advance(state, _):
        state = network.step(state)
        return state, (state, network.observe(state))

    start = jax.lax.fori_loop(0, transient, lambda _, state: network.step(state), network.start(history))
    return jax.lax.scan(advance, start, None, num_steps)[1]


class Orbit(NamedTuple):
    """A free run, with the latent states behind its observations."""

    states: Float[np.ndarray, "*start time state"]
    observations: Float[np.ndarray, "*start time dimension"]


def measured(network: Network) -> Network:
    """The network as diagnostics step it: in float64, with all that depends on the weights alone worked out."""
    with jax.enable_x64(True):
        return network.astype(jnp.float64).prepared()


def histories(
    network: Network, series: Float[np.ndarray, "time dimension"], ends: Int[np.ndarray, " start"]
) -> Float[np.ndarray, "start history dimension"]:
    """The points of `series` up to each of `ends` from which the network starts.

    Raises SettingError for a series that is shorter than one such start.
    """
    needed = network.history
    if len(series) < needed:
        raise SettingError(
            "series", f"have at least the {needed} points that this network starts from", len(series)
        )
    ends = np.maximum(ends, needed - 1)
    return series[ends[:, None] + np.arange(1 - needed, 1)]


def free_run(
    network: Network, history: Float[np.ndarray, "history dimension"], *, num_steps: int
) -> Float[np.ndarray, "time dimension"]:
    """The observations of the `num_steps` steps after the network was started from `history`, once."""
    with jax.enable_x64(True):
        return np.asarray(_run(measured(network), jnp.asarray(history), num_steps))


def follow(
    network: Network, history: Float[np.ndarray, "history dimension"], *, transient: int = 0, num_steps: int
) -> Orbit:
    """The latent states of a free run from `history`, `transient` steps on; not finite where it escapes to infinity."""
    with jax.enable_x64(True):
        followed = _follow(measured(network), jnp.asarray(history), transient, num_steps)
    return Orbit(*(np.asarray(part) for part in followed))


def follow_many(
    network: Network, starts: Float[np.ndarray, "start history dimension"], *, num_steps: int
) -> Orbit:
    """The latent states of free runs from many starting points at once (`histories`)."""
    with jax.enable_x64(True):
        many = eqx.filter_vmap(_follow, in_axes=(None, 0, None, None))
        followed = many(measured(network), jnp.asarray(starts), 0, num_steps)
    return Orbit(*(np.asarray(part) for part in followed))


def latent_orbit(
    network: Network, series: Float[np.ndarray, "time dimension"], *, transient: int, num_steps: int
) -> Orbit:
    """A free run of `num_steps` steps that was started at the beginning of `series` and left for `transient` steps.

    Raises RunError where it escapes to infinity.
    """
    (history,) = histories(network, series, np.zeros(1, dtype=int))
    orbit = follow(network, history, transient=transient, num_steps=num_steps)
    if not np.isfinite(orbit.states).all():
        raise RunError(f"the free run left every bound by step {transient + num_steps}: it has no attractor")
    return orbit


def forecasts(
    network: Network, starts: Float[np.ndarray, "start history dimension"], *, num_steps: int
) -> Float[np.ndarray, "start time dimension"]:
    """Free runs from many starting points at once, each given by the last points before it (`histories`)."""
    with jax.enable_x64(True):
        many = eqx.filter_vmap(_run, in_axes=(None, 0, None))
        return np.asarray(many(measured(network), jnp.asarray(starts), num_steps))


def attractor_states(
    network: Network, series: Float[np.ndarray, "time dimension"], *, transient: int, count: int
) -> Float[np.ndarray, "count state"]:
    """Latent states on `count` orbits, each started from the data once and then left for `transient` steps."""
    starts = histories(network, series, np.linspace(0, len(series) - 1, count).astype(int))
    with jax.enable_x64(True):
        return np.asarray(_settle(measured(network), jnp.asarray(starts), transient))
