"""The linear layer that reads the hidden units, and whether its output is the next input."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import jax
import numpy as np

from rnnchaos.errors import ConfigError
from rnnchaos.models.foreign.names import check, linear_layers
from rnnchaos.models.foreign.network import Affine

Feedback = Literal["all", "first", "last", "none"]
"""Which inputs the readout is fed back to; the others come from outside."""

OBSERVATION = "observation"
"""The readout of an exported network: it is read off the state and never fed back."""


class Head(NamedTuple):
    """What reads the hidden units."""

    map: Affine | None
    feedback: Feedback
    known: tuple[str, ...]
    """Linear layers that read the hidden units, this one or another output: they need no use in the steps."""
    name: str | None = None
    """What this one is called."""


def find_head(
    arrays: Mapping[str, np.ndarray],
    *,
    readout: str | None,
    feedback: Feedback,
    hidden: int,
    inputs: int | None,
    origin: str,
) -> Head:
    """The readout, as the settings of `network_from_arrays` say; `inputs` None where the file has no weights of them.

    Raises ConfigError where it does not fit.
    """
    reading = linear_layers(arrays, inputs=hidden)
    chosen = _chosen(arrays, readout, reading, origin)
    known = (*(reading if readout != "auto" else ()), *([chosen] if chosen is not None else ()))
    if readout is None or chosen is None:
        return Head(None if chosen is None else _map(arrays, chosen, hidden, origin), "none", known, chosen)
    if readout == "auto" and chosen.rpartition(".")[2] == OBSERVATION:
        feedback = "none"
    outputs = len(arrays[f"{chosen}.weight"])
    if inputs is None:
        return Head(_map(arrays, chosen, hidden, origin), feedback, known, chosen)
    if feedback == "all" and outputs != inputs and arrays[f"{chosen}.weight"].shape[1] == hidden:
        some = (
            "feedback=first or feedback=last says which inputs take them, and the others come from outside; "
            if outputs < inputs
            else ""
        )
        raise ConfigError(
            f"readout {chosen} of {origin} has {outputs} outputs for {inputs} inputs of the network, so it "
            f"cannot be fed back; {some}readout=null takes all inputs from outside"
        )
    if feedback in ("first", "last") and outputs >= inputs:
        raise ConfigError(
            f"feedback={feedback} must leave inputs to come from outside, but readout {chosen} of {origin} has "
            f"{outputs} outputs for {inputs} inputs; feedback=all feeds back to all"
        )
    return Head(_map(arrays, chosen, hidden, origin), feedback, known, chosen)


def _chosen(
    arrays: Mapping[str, np.ndarray], readout: str | None, reading: list[str], origin: str
) -> str | None:
    """The readout by its name; with None the only layer that reads the hidden units, which is then observed alone."""
    if readout is None:
        return reading[0] if len(reading) == 1 else None
    if readout == "auto":
        if len(reading) > 1:
            raise ConfigError(
                f"readout must name the layer that is fed back, one of {', '.join(reading)} of {origin}"
            )
        return reading[0] if reading else None
    layers = linear_layers(arrays)
    if readout not in layers:
        raise ConfigError(
            f"readout must be auto, null or a linear layer of {origin} ({', '.join(layers) or 'it has none'}), "
            f"got {readout}"
        )
    return readout


def _map(arrays: Mapping[str, np.ndarray], name: str, hidden: int, origin: str) -> Affine:
    weight, bias = arrays[f"{name}.weight"], arrays.get(f"{name}.bias")
    check(weight, (len(weight), hidden), f"{origin}: {name}.weight")
    if bias is not None:
        check(bias, (len(weight),), f"{origin}: {name}.bias")
    with jax.enable_x64(True):
        return Affine.of(weight, bias)
