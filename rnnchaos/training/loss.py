"""The training loss of a batch of windows, in two forms that agree: step by step, and as independent segments."""

from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from rnnchaos.columns import columns
from rnnchaos.models import Network
from rnnchaos.protocols import AbstractForcing

# Segments are worked off in blocks of about this many: one block's activations then stay in a core's cache.
BLOCK_WIDTH = 256


def loss_and_gradient(
    network: Network,
    forcing: AbstractForcing,
    windows: Float[Array, "batch time dimension"],
    heard: Float[Array, "batch time dimension"] | None = None,
    inputs: Float[Array, "batch time input"] | None = None,
) -> tuple[Float[Array, ""], Network]:
    """Mean squared error over the counted steps of `windows`, and its gradient, in the fastest form there is.

    `heard` is what is put into the state instead of the windows themselves, such as the windows with noise. Row t of
    `inputs`, of a driven network, acts on the step that predicts row t of the windows.
    """
    heard = windows if heard is None else heard
    interval = forcing.reset_interval(windows.shape[1] - 1)
    if interval is None:
        return eqx.filter_value_and_grad(sequential_loss)(network, forcing, windows, heard, inputs)
    return segment_loss_and_gradient(network, forcing, windows, heard, inputs)


def sequential_loss(
    network: Network,
    forcing: AbstractForcing,
    windows: Float[Array, "batch time dimension"],
    heard: Float[Array, "batch time dimension"] | None = None,
    inputs: Float[Array, "batch time input"] | None = None,
) -> Float[Array, ""]:
    """Mean squared error of the counted ones of x̂_1 … x̂_T, each window run step by step, forced as `forcing` says.

    Serves every protocol, and as the oracle for `segment_loss`.
    """
    network = network.prepared()
    heard = windows if heard is None else heard
    states = jax.vmap(lambda *along: forced_states(network, forcing, *along))(heard, inputs)
    return mean_squared_error(network, forcing, states, windows)


def mean_squared_error(
    network: Network,
    forcing: AbstractForcing,
    states: Float[Array, "batch steps state"],
    windows: Float[Array, "batch time dimension"],
) -> Float[Array, ""]:
    """Of what is observed of the states z_1 … z_T of windows x_0 … x_T, over the counted steps."""
    counted = forcing.counts(jnp.arange(windows.shape[1] - 1))
    predicted = jax.vmap(jax.vmap(network.prepared().observe))(states)
    errors = jnp.mean((predicted - windows[:, 1:]) ** 2, axis=(0, 2))
    return jnp.sum(jnp.where(counted, errors, 0.0)) / jnp.sum(counted)


def forced_states(
    network: Network,
    forcing: AbstractForcing,
    window: Float[Array, "time dimension"],
    inputs: Float[Array, "time input"] | None = None,
) -> Float[Array, "steps state"]:
    """The states z_1 … z_T that one window x_0 … x_T passes through in training, before each is forced.

    `inputs`, of a driven network, are s_0 … s_T, of which s_0 acts on no step of the window.
    """
    network = network.prepared()
    data_states = jax.vmap(network.force)(window[:-1])

    def advance(state, row):
        state = forced_step(network, forcing, state, row)
        return state, state

    times = jnp.arange(window.shape[0] - 1)
    rows = times, data_states, None if inputs is None else inputs[1:]
    return jax.lax.scan(advance, data_states[0], rows)[1]


def forced_step(
    network: Network,
    forcing: AbstractForcing,
    state: Float[Array, " state"],
    row: tuple[Int[Array, ""], Float[Array, " state"], Float[Array, " input"] | None],
) -> Float[Array, " state"]:
    """The state z_{t+1} after z_t, which is forced first, under t, B⁺x_t and the input that acts on the step."""
    t, data_state, given = row
    forced = forcing.force(state, data_state, network.force(network.observe(state)), t)
    return network.step(jnp.where(t == 0, forcing.start(data_state), forced), given)


class Segments(NamedTuple):
    """Segments of windows, side by side along the last axis, so that every loop over them vectorises."""

    first: Float[Array, "dimension segment"]
    target: Float[Array, "depth dimension segment"]
    weight: Float[Array, "depth segment"]
    """1 / (number of counted values of the batch); 0 for what is not counted or beyond the end of a last segment."""
    inputs: Float[Array, "depth input segment"] | None = None
    """What drives each step, of a driven network."""


def cut_segments(
    forcing: AbstractForcing,
    windows: Float[Array, "batch time dimension"],
    heard: Float[Array, "batch time dimension"],
    inputs: Float[Array, "batch time input"] | None = None,
) -> Segments:
    """Cut windows x_0 … x_T into ⌈T/τ⌉ segments each: x_kτ as it is heard, and the τ steps after it as targets."""
    batch, time, dimension = windows.shape
    steps = time - 1
    interval = forcing.reset_interval(steps)
    assert interval is not None  # the caller runs other protocols step by step
    starts = jnp.arange(0, steps, interval)
    targets = starts[:, None] + jnp.arange(1, interval + 1)
    first = jnp.moveaxis(jnp.transpose(heard, (1, 2, 0))[starts], 0, 1).reshape(dimension, -1)

    def along(rows: Float[Array, "batch time number"]) -> Float[Array, "depth number segment"]:
        flat = jnp.transpose(rows, (1, 2, 0))
        cut = jnp.transpose(flat[jnp.minimum(targets, steps)], (1, 2, 0, 3))
        return cut.reshape(interval, rows.shape[2], -1)

    counts = (steps >= targets.T) & forcing.counts(jnp.arange(interval))[:, None]
    values = batch * jnp.sum(counts) * dimension
    weight = jnp.repeat(counts, batch, axis=1) / values
    weight = weight.astype(windows.dtype)
    return Segments(first, along(windows), weight, None if inputs is None else along(inputs))


def segment_loss(network: Network, forcing: AbstractForcing, segments: Segments) -> Float[Array, ""]:
    """The loss of windows whose whole state is reset every τ steps (arXiv:2110.07238, section 4).

    A reset cuts every dependence, so the segments run as one larger batch of depth τ.
    """
    network = network.prepared()
    start = columns(lambda x: forcing.start(network.force(x)))(segments.first)
    predicted = predictions(network, start, segments.target.shape[0], segments.inputs)
    return jnp.sum(segments.weight[:, None] * (predicted - segments.target) ** 2)


def segment_loss_and_gradient(
    network: Network,
    forcing: AbstractForcing,
    windows: Float[Array, "batch time dimension"],
    heard: Float[Array, "batch time dimension"],
    inputs: Float[Array, "batch time input"] | None = None,
) -> tuple[Float[Array, ""], Network]:
    """`segment_loss` and its gradient, summed over blocks of segments."""
    segments = cut_segments(forcing, windows, heard, inputs)
    differentiate = eqx.filter_value_and_grad(segment_loss)
    count = segments.first.shape[-1]
    blocks = -(-count // BLOCK_WIDTH)
    if blocks == 1:
        return differentiate(network, forcing, segments)

    width = -(-count // blocks)
    padding = blocks * width - count  # segments of weight 0

    def split(array):
        padded = jnp.pad(array, [(0, 0)] * (array.ndim - 1) + [(0, padding)])
        return jnp.moveaxis(padded.reshape(*array.shape[:-1], blocks, width), -2, 0)

    losses, gradients = jax.lax.map(
        lambda block: differentiate(network, forcing, block), jax.tree.map(split, segments)
    )
    return jnp.sum(losses), jax.tree.map(lambda leaf: jnp.sum(leaf, 0), gradients)


def predictions(
    network: Network,
    state: Float[Array, "state batch"],
    length: int,
    inputs: Float[Array, "length input batch"] | None = None,
) -> Float[Array, "length dimension batch"]:
    """What the next `length` free-running steps of many states at once show, under their inputs."""

    # Of a step the gradient keeps the state alone: the rest is faster worked out again than written and read.
    @partial(jax.checkpoint, prevent_cse=False)
    def advance(state, given):
        state = columns(network.step)(state, given)
        return state, columns(network.observe)(state)

    return jax.lax.scan(advance, state, inputs, length)[1]
