"""A recurrent layer that was trained elsewhere, in PyTorch's order of gates."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.models.activations import sigmoid, tanh
from rnnchaos.models.recurrent_layer import find_layer, refuse_unused, without

ImportedKind = Literal["rnn", "gru", "lstm"]
_GATES: dict[int, ImportedKind] = {1: "rnn", 3: "gru", 4: "lstm"}


class Affine(NamedTuple):
    """x ↦ weight x + bias."""

    weight: Float[Array, "out in"]
    bias: Float[Array, " out"]

    def __call__(self, x: Float[Array, " in"]) -> Float[Array, " out"]:
        return self.weight @ x + self.bias


class ImportedNetwork(eqx.Module):
    """h' = cell(x, h) with the input x = readout(h), or 0 without a readout; an LSTM's state is [h; c].

    The equations are those of PyTorch's RNN, GRU and LSTM: gates in the order i, f, g, o (LSTM) and r, z, n (GRU, whose
    reset gate acts after the product). All in float64.
    """

    kind: ImportedKind = eqx.field(static=True)
    activation: Literal["tanh", "relu"] = eqx.field(static=True)
    from_input: Affine
    from_hidden: Affine
    readout: Affine | None

    @property
    def hidden_size(self) -> int:
        """Number of hidden units."""
        return self.from_hidden.weight.shape[1]

    @property
    def state_size(self) -> int:
        """Length of the state vector."""
        return self.hidden_size * (2 if self.kind == "lstm" else 1)

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        """The state one step later."""
        hidden = state[: self.hidden_size]
        given = self.from_input.bias if self.readout is None else self.from_input(self.readout(hidden))
        kept = self.from_hidden(hidden)
        if self.kind == "rnn":
            return tanh(given + kept) if self.activation == "tanh" else jax.nn.relu(given + kept)
        if self.kind == "gru":
            (r, z, n), (r_kept, z_kept, n_kept) = jnp.split(given, 3), jnp.split(kept, 3)
            candidate = tanh(n + sigmoid(r + r_kept) * n_kept)
            update = sigmoid(z + z_kept)
            return (1 - update) * candidate + update * hidden
        take, keep, candidate, release = jnp.split(given + kept, 4)
        memory = sigmoid(keep) * state[self.hidden_size :] + sigmoid(take) * tanh(candidate)
        return jnp.concatenate([sigmoid(release) * tanh(memory), memory])


def network_from_arrays(
    arrays: Mapping[str, np.ndarray],
    *,
    origin: str,
    kind: ImportedKind | None = None,
    activation: Literal["tanh", "relu"] = "tanh",
    readout: str | None = "auto",
    ignore: Sequence[str] = (),
) -> ImportedNetwork:
    """The network that named arrays make: one layer (`weight_hh_l0`, …, under any prefix) and its readout.

    The names are those of PyTorch's layers or cells (`weight_hh`), or of equinox's cells. `readout` names the linear
    layer whose output is the next input (its `weight` and, if there is one, `bias`); "auto" takes the one that reads
    the hidden units, None holds the input at 0. `kind`, if given, is checked. `ignore` names arrays, or modules, that
    are left out.

    Raises ConfigError for arrays that are missing, do not fit each other or are not finite, for more than one layer
    or direction, for a readout that does not fit the input, and for arrays that would not be used.
    """
    arrays = without(arrays, ignore, origin)
    layer = find_layer(arrays, origin)
    rows, hidden = layer.weight_hh.shape if layer.weight_hh.ndim == 2 else (0, 1)
    found = _GATES.get(rows // hidden) if hidden and rows % hidden == 0 else None
    name = layer.names["weight_hh"]
    if found is None:
        raise ConfigError(
            f"{origin}: {name} must have 1 (RNN), 3 (GRU) or 4 (LSTM) times as many rows as columns, "
            f"got shape {layer.weight_hh.shape}"
        )
    if kind is not None and kind != found:
        raise ConfigError(
            f"model={kind} does not fit {origin}: {name} of shape {layer.weight_hh.shape} is that of model={found}"
        )
    chosen = _readout_name(arrays, readout, hidden=hidden, origin=origin)
    if layer.weight_ih is None and chosen is not None:
        missing = name.replace("weight_hh", "weight_ih")
        raise ConfigError(f"{origin} must hold {missing} beside {name}")
    weight_ih = np.zeros((rows, 0)) if layer.weight_ih is None else layer.weight_ih
    inputs = weight_ih.shape[-1]
    expected: dict[str, tuple[int, ...]] = {"weight_ih": (rows, inputs), "weight_hh": (rows, hidden)}
    expected |= {"bias_ih": (rows,), "bias_hh": (rows,)}
    for part, said in layer.names.items():
        _check(getattr(layer, part), expected[part], f"{origin}: {said}")
    heads = (
        [] if readout == "auto" else _reading(arrays, hidden)
    )  # that of another output is no part of the steps
    parts = {f"{head}.{part}" for head in (*heads, chosen) for part in ("weight", "bias")}
    refuse_unused(arrays, layer.used | parts, origin)
    none = np.zeros(rows)
    with jax.enable_x64(True):
        return ImportedNetwork(
            found,
            activation,
            _affine(weight_ih, none if layer.bias_ih is None else layer.bias_ih),
            _affine(layer.weight_hh, none if layer.bias_hh is None else layer.bias_hh),
            None if chosen is None else _readout(arrays, chosen, hidden=hidden, inputs=inputs, origin=origin),
        )


def _linear(arrays: Mapping[str, np.ndarray]) -> list[str]:
    """The linear layers among the arrays."""
    return [
        key.removesuffix(".weight")
        for key, array in arrays.items()
        if key.endswith(".weight") and array.ndim == 2
    ]


def _reading(arrays: Mapping[str, np.ndarray], hidden: int) -> list[str]:
    """The linear layers that take as many numbers as there are hidden units."""
    return [layer for layer in _linear(arrays) if arrays[f"{layer}.weight"].shape[1] == hidden]


def _readout_name(
    arrays: Mapping[str, np.ndarray], name: str | None, *, hidden: int, origin: str
) -> str | None:
    if name == "auto":
        reading = _reading(arrays, hidden)
        if len(reading) > 1:
            raise ConfigError(
                f"readout must name the layer that is fed back, one of {', '.join(reading)} of {origin}"
            )
        return reading[0] if reading else None
    layers = _linear(arrays)
    if name is not None and name not in layers:
        raise ConfigError(
            f"readout must be auto, null or a linear layer of {origin} ({', '.join(layers) or 'it has none'}), "
            f"got {name}"
        )
    return name


def _readout(arrays: Mapping[str, np.ndarray], name: str, *, hidden: int, inputs: int, origin: str) -> Affine:
    weight = arrays[f"{name}.weight"]
    if weight.shape[0] != inputs and weight.shape[1] == hidden:
        raise ConfigError(
            f"readout {name} of {origin} has {weight.shape[0]} outputs for {inputs} inputs of the network, so it "
            "cannot be fed back; readout=null holds the input at 0"
        )
    _check(weight, (inputs, hidden), f"{origin}: {name}.weight")
    bias = arrays.get(f"{name}.bias", np.zeros(inputs))
    _check(bias, (inputs,), f"{origin}: {name}.bias")
    return _affine(weight, bias)


def _check(array: np.ndarray, shape: tuple[int, ...], name: str) -> None:
    if array.shape != shape:
        raise ConfigError(f"{name} must have shape {shape}, got {array.shape}")
    if not np.issubdtype(array.dtype, np.floating) or not np.isfinite(array).all():
        raise ConfigError(f"{name} must hold finite numbers")


def _affine(weight: np.ndarray, bias: np.ndarray) -> Affine:
    return Affine(jnp.asarray(weight, dtype=jnp.float64), jnp.asarray(bias, dtype=jnp.float64))
