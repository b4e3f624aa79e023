"""A network from a file of weights against a truth: what is seen of it, and how data start it."""

import dataclasses
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from rnnchaos.data import Scaling
from rnnchaos.diagnostics.any_model import foreign_network, foreign_subject
from rnnchaos.diagnostics.subjects import TrainedNetwork
from rnnchaos.diagnostics.yardstick import Yardstick
from rnnchaos.errors import ConfigError
from rnnchaos.models import ImportedNetwork, RecurrentNetwork

# Of the longest piece of the truth, a network hears no more than this share before it runs by itself.
_HEARD_SHARE = 4


class ImportedSubject(NamedTuple):
    """What is measured of the network, and how it was taken, in words."""

    network: TrainedNetwork
    said: str


def subject_of_weights(
    yardstick: Yardstick,
    network: ImportedNetwork,
    *,
    scaled: bool,
    hear: int,
    origin: str,
    own: Scaling | None = None,
) -> ImportedSubject:
    """A network that sees what the truth shows, in the data's units, with `scaled` in the truth's, or by its `own`.

    One whose readout is fed back hears `hear` rows of the data in its place, and then runs by itself. Of the others,
    the state is that of the least norm that shows the data, B⁺(x - b); without an observation the first units are
    what is seen. Raises ConfigError for a network that needs other inputs, or shows other dimensions.
    """
    dimension = yardstick.dataset.dimension
    shown = network.output_size or network.state_size
    if network.num_inputs:
        raise ConfigError(
            f"{origin}: the network takes {network.num_inputs} inputs from outside, and there are none to judge it by"
        )
    if shown < dimension or (network.output_size and shown != dimension):
        what = "its readout shows" if network.output_size else "it has no readout, and its state has"
        raise ConfigError(
            f"{origin}: the network must show the truth's {dimension} dimensions, but {what} {shown}"
        )
    if isinstance(network, RecurrentNetwork) and network.feedback == "all":
        return _that_hears(
            yardstick, network, scaled, own, min(hear, yardstick.dataset.test.longest // _HEARD_SHARE)
        )
    return _that_is_set(yardstick, network, scaled, own)


def _that_hears(
    yardstick: Yardstick, network: RecurrentNetwork, scaled: bool, own: Scaling | None, hear: int
) -> ImportedSubject:
    """The state carries the next input along, so that a forecast begins with the last row itself."""
    listener = dataclasses.replace(network, feedback="none")
    size = network.state_size

    def heard(rows: Float[Array, "history dimension"]) -> Float[Array, " state"]:
        at_rest = jnp.zeros(size, rows.dtype)
        return jax.lax.scan(lambda state, row: (listener.step(state, row), None), at_rest, rows)[0]

    def step(state: Float[Array, " extended"]) -> Float[Array, " extended"]:
        after = listener.step(state[:size], state[size:])
        return jnp.concatenate([after, network.observe(after)])

    dimension, rows = yardstick.dataset.dimension, max(hear, 1)
    made = foreign_network(
        yardstick,
        step,
        state_size=size + dimension,
        observe=lambda state: state[size:],
        start=lambda history: jnp.concatenate([heard(history[:-1]), history[-1]]),
        history=rows,
        scaled=scaled,
        own=own,
    )
    # The input is no part of the state of the network that runs by itself: its spectrum has no place for it.
    alone = foreign_network(
        yardstick,
        network.step,
        state_size=size,
        observe=network.observe,
        start=heard,
        history=rows,
        scaled=scaled,
        own=own,
    )
    return ImportedSubject(
        foreign_subject(yardstick, made, alone), f"it hears {rows} rows before it runs by itself"
    )


def _that_is_set(
    yardstick: Yardstick, network: ImportedNetwork, scaled: bool, own: Scaling | None
) -> ImportedSubject:
    dimension, size = yardstick.dataset.dimension, network.state_size
    with jax.enable_x64(True):
        at_rest = jnp.zeros(size)
        if network.observation is None:
            matrix, offset = jnp.eye(dimension, size), jnp.zeros(dimension)
        else:
            matrix, offset = jax.jacfwd(network.observe)(at_rest), network.observe(at_rest)
        inverse = jnp.linalg.pinv(matrix)
    made = foreign_network(
        yardstick,
        network.step,
        state_size=size,
        observe=lambda state: matrix @ state + offset,
        start=lambda history: inverse @ (history[-1] - offset),
        scaled=scaled,
        own=own,
    )
    if network.observation is not None:
        said = "it starts at B⁺(x - b) of a row"
    else:
        said = "its state is the data" if size == dimension else f"its first {dimension} units are the data"
    return ImportedSubject(foreign_subject(yardstick, made), said)
