"""An example orbit held against a network from elsewhere: whether the weights were read as they were meant."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from rnnchaos.data import read_table
from rnnchaos.errors import ConfigError
from rnnchaos.models import ImportedKind, ImportedNetwork
from rnnchaos.setting import SettingError

# Of a step: an orbit in float32, or with five digits, is far below, and another network's far above.
_FITS = 1e-3
_TOLD = 3

Made = Callable[..., ImportedNetwork]
"""`network_from_arrays` with the arrays at hand."""


def checked(path: Path, network: ImportedNetwork, made: Made, options: Mapping[str, Any]) -> str:
    """How well the network takes each state of the example to the next, in words.

    Raises ConfigError where it does not, with the other readings of the same arrays that would.
    """
    table = read_table(path, setting="example").values
    wanted = network.state_size + network.num_inputs
    if table.shape[1] != wanted:
        inputs = f" and {network.num_inputs} of the inputs" if network.num_inputs else ""
        raise SettingError(
            "example",
            f"have {network.state_size} columns of the state{inputs}",
            f"{table.shape[1]} in {path}",
        )
    error = one_step_error(network, table)
    said = f"one-step error on {path}: {error:.2g} of a step (root mean square of {len(table) - 1} steps)"
    if error <= _FITS:
        return said
    fitting = [
        words
        for words, other in _others(network, made, options)
        if other.state_size + other.num_inputs == wanted and one_step_error(other, table) <= _FITS
    ]
    fewest = min(map(len, fitting), default=0)
    told = [" ".join(words) for words in fitting if len(words) == fewest]
    hint = f"; it fits with {' or with '.join(told[:_TOLD])}" if told else ""
    raise ConfigError(f"example must be an orbit of the network: {said}, at most {_FITS:g}{hint}")


def one_step_error(network: ImportedNetwork, table: Float[np.ndarray, "time column"]) -> float:
    """Root mean square of F(z_t, s) - z_{t+1}, relative to that of z_{t+1} - z_t; s stands in the row of z_{t+1}."""
    states, inputs = table[:, : network.state_size], table[:, network.state_size :]
    with jax.enable_x64(True):
        steps = np.asarray(jax.vmap(network.step)(jnp.asarray(states[:-1]), jnp.asarray(inputs[1:])))
    moved = np.sqrt(np.mean(np.diff(states, axis=0) ** 2))
    # An orbit at rest does not move: what it rounds to is then the measure.
    least = np.finfo(np.float32).eps * np.sqrt(np.mean(states**2))
    return float(np.sqrt(np.mean((steps - states[1:]) ** 2)) / max(moved, least, np.finfo(float).tiny))


def _others(
    network: ImportedNetwork, made: Made, options: Mapping[str, Any]
) -> Iterator[tuple[list[str], ImportedNetwork]]:
    """The networks that other settings make of the same arrays, with what to type for each."""
    orders = [options["weights_order"], *({"out_in", "in_out"} - {options["weights_order"]})]
    for order in orders:
        for kind in (options["kind"], *(each for each in _kinds() if each != options["kind"])):
            for extra in _extras(kind, network):
                words = [f"weights_order={order}"] * (order != orders[0])
                words += [f"model={kind}"] * (kind not in (options["kind"], None))
                words += [f"{_TYPED.get(name, name)}={value}" for name, value in extra.items()]
                changed = {"weights_order": order, "kind": kind} | extra
                if not words:
                    continue
                try:
                    yield words, made(**{**options, **changed})
                except ConfigError:
                    continue


_TYPED = {"rectified": "model.rectified"}


def _kinds() -> tuple[str, ...]:
    return tuple(name for group in get_args(ImportedKind) for name in get_args(group))


def _extras(kind: str | None, network: ImportedNetwork) -> list[dict[str, Any]]:
    """What the names and shapes of one kind leave open."""
    if kind == "alrnn":
        return [{"rectified": count} for count in range(1, network.state_size + 1)]
    if kind in ("rnn", None) and network.title == "RNN":
        return [{}, {"activation": "tanh"}, {"activation": "relu"}]
    return [{}]
