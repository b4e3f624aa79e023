"""Running a trained network freely, in float64."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from rnnchaos.columns import columns
from rnnchaos.errors import RunError
from rnnchaos.models.network import Network
from rnnchaos.pieces import Pieces
from rnnchaos.setting import SettingError


@eqx.filter_jit
def _run(
    network: Network,
    history: Float[Array, "history dimension"],
    num_steps: int,
    inputs: Float[Array, "steps input"] | None,
):
    def advance(state, given):
        state = network.step(state, given)
        return state, network.observe(state)

    heard, given = _split(network, history, inputs, num_steps)
    return jax.lax.scan(advance, network.start(history, heard), given, num_steps)[1]


# One program: what `vmap` moves about beside it would be some.
_run_many = eqx.filter_jit(eqx.filter_vmap(_run, in_axes=(None, 0, None, 0)))


@eqx.filter_jit
def _settle(network: Network, histories: Float[Array, "orbit history dimension"], num_steps: int):
    def settle(history):
        start = network.start(history)
        return jax.lax.fori_loop(0, num_steps, lambda _, state: network.step(state), start)

    return jax.vmap(settle)(histories)


@eqx.filter_jit
def _follow(
    network: Network,
    history: Float[Array, "history dimension"],
    transient: int,
    num_steps: int,
    inputs: Float[Array, "steps input"] | None,
):
    def settle(index, state):
        return network.step(state, None if given is None else given[index])

    def advance(state, given):
        state = network.step(state, given)
        return state, (state, network.observe(state))

    heard, given = _split(network, history, inputs, transient + num_steps)
    start = jax.lax.fori_loop(0, transient, settle, network.start(history, heard))
    return jax.lax.scan(advance, start, None if given is None else given[transient:], num_steps)[1]


def _split(
    network: Network,
    history: Float[Array, "history dimension"],
    inputs: Float[Array, "steps input"] | None,
    num_steps: int,
) -> tuple[Float[Array, "heard input"] | None, Float[Array, "following input"] | None]:
    """The inputs of the steps within the history, and of the `num_steps` steps after it."""
    heard = len(history) - 1
    network.check_inputs(inputs, heard + num_steps)
    return (None, None) if inputs is None else (inputs[:heard], inputs[heard:])


@eqx.filter_jit
def _sample(network: Network, histories: Float[Array, "start history dimension"], count: int, every: int):
    step, observe = columns(network.step), columns(network.observe)

    def advance(states, _):
        states = jax.lax.fori_loop(0, every, lambda _, states: step(states), states)
        return states, observe(states)

    states, observations = jax.lax.scan(advance, jax.vmap(network.start)(histories).T, None, count)
    return states.T, jnp.moveaxis(observations, -1, 0)


class Samples(NamedTuple):
    """Of free runs from many starts: their last latent states, and observations on the way."""

    states: Float[np.ndarray, "start state"]
    observations: Float[np.ndarray, "start time dimension"]


class Orbit(NamedTuple):
    """A free run, with the latent states behind its observations."""

    states: Float[np.ndarray, "*start time state"]
    observations: Float[np.ndarray, "*start time dimension"]


def measured(network: Network) -> Network:
    """The network as diagnostics step it: in float64, with all that depends on the weights alone worked out."""
    with jax.enable_x64(True):
        return _prepared(network)


@eqx.filter_jit
def _prepared(network: Network) -> Network:
    return network.astype(jnp.float64).prepared()


def histories(
    network: Network, series: Pieces, ends: Int[np.ndarray, " start"]
) -> Float[np.ndarray, "start history dimension"]:
    """The points of `series` up to each of `ends` from which the network starts; raises as `starting_rows` does."""
    before = network.history - 1
    return series.windows(starting_rows(network, series, ends) - before, network.history)


def starting_rows(
    network: Network, series: Pieces, ends: Int[np.ndarray, " start"]
) -> Int[np.ndarray, " start"]:
    """The rows of `series` up to which the network hears what it starts from.

    An end that has too few points before it in its piece gives way to the next that has enough. Raises SettingError
    where there is none.
    """
    before = network.history - 1
    possible = series.ends(before=before)
    if len(possible) == 0:
        raise SettingError(
            "series",
            f"have at least the {network.history} points that this network starts from",
            series.longest,
        )
    return possible[np.minimum(np.searchsorted(possible, ends), len(possible) - 1)]


def free_run(
    network: Network,
    history: Float[np.ndarray, "history dimension"],
    *,
    num_steps: int,
    inputs: Float[np.ndarray, "steps input"] | None = None,
) -> Float[np.ndarray, "time dimension"]:
    """The observations of the `num_steps` steps after the network was started from `history`, once.

    `inputs`, of a driven network, has a row for every step from the first row of the history on: `network.history` - 1
    for the steps within it, then `num_steps`. Raises SettingError where they are missing, or not so many.
    """
    with jax.enable_x64(True):
        return np.asarray(_run(measured(network), jax.device_put(history), num_steps, _array(inputs)))


def follow(
    network: Network,
    history: Float[np.ndarray, "history dimension"],
    *,
    transient: int = 0,
    num_steps: int,
    inputs: Float[np.ndarray, "steps input"] | None = None,
) -> Orbit:
    """The latent states of a free run from `history`, `transient` steps on; not finite where it escapes to infinity.

    `inputs` are those of `free_run`, with `transient` + `num_steps` rows after those of the history.
    """
    with jax.enable_x64(True):
        followed = _follow(measured(network), jax.device_put(history), transient, num_steps, _array(inputs))
    return Orbit(*(np.asarray(part) for part in followed))


def follow_many(
    network: Network,
    starts: Float[np.ndarray, "start history dimension"],
    *,
    num_steps: int,
    inputs: Float[np.ndarray, "start steps input"] | None = None,
) -> Orbit:
    """The latent states of free runs from many starting points at once (`histories`), with the `inputs` of each."""
    with jax.enable_x64(True):
        many = eqx.filter_vmap(_follow, in_axes=(None, 0, None, None, 0))
        followed = many(measured(network), jax.device_put(starts), 0, num_steps, _array(inputs))
    return Orbit(*(np.asarray(part) for part in followed))


def sampled_runs(
    network: Network,
    starts: Float[np.ndarray, "start history dimension"],
    *,
    count: int,
    every: int,
    single: bool = False,
) -> Samples:
    """Free runs of an autonomous network from many starting points: `count` times every so many-th step of each.

    `single` runs them in float32, in which a chaotic map of one or two dimensions soon falls on a cycle.
    """
    with jax.enable_x64(not single), np.errstate(over="ignore"):
        dtype = jnp.float32 if single else jnp.float64
        histories = jax.device_put(starts.astype(dtype))
        states, observations = _sample(network.astype(dtype).prepared(), histories, count, every)
    return Samples(*(np.asarray(each, np.float64) for each in (states, observations)))


def latent_orbit(network: Network, series: Pieces, *, transient: int, num_steps: int) -> Orbit:
    """A free run of `num_steps` steps that was started at the beginning of `series` and left for `transient` steps.

    Raises RunError where it escapes to infinity.
    """
    (history,) = histories(network, series, np.zeros(1, dtype=int))
    orbit = follow(network, history, transient=transient, num_steps=num_steps)
    if not np.isfinite(orbit.states).all():
        raise RunError(f"the free run left every bound by step {transient + num_steps}: it has no attractor")
    return orbit


def forecasts(
    network: Network,
    starts: Float[np.ndarray, "start history dimension"],
    *,
    num_steps: int,
    inputs: Float[np.ndarray, "start steps input"] | None = None,
) -> Float[np.ndarray, "start time dimension"]:
    """Free runs from many starting points at once, each given by the last points before it (`histories`).

    `inputs` are those of `free_run`, for each start.
    """
    with jax.enable_x64(True):
        return np.asarray(_run_many(measured(network), jax.device_put(starts), num_steps, _array(inputs)))


def _array(
    inputs: Float[np.ndarray, "*start steps input"] | None,
) -> Float[Array, "*start steps input"] | None:
    return None if inputs is None else jax.device_put(np.asarray(inputs, np.float64))


def attractor_states(
    network: Network, series: Pieces, *, transient: int, count: int
) -> Float[np.ndarray, "count state"]:
    """Latent states on `count` orbits, each started from the data once and then left for `transient` steps."""
    starts = histories(network, series, np.linspace(0, len(series) - 1, count).astype(int))
    with jax.enable_x64(True):
        return np.asarray(_settle(measured(network), jax.device_put(starts), transient))
