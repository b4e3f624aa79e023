"""A recurrent layer that was trained elsewhere, under PyTorch's names and gate orders."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError

ImportedKind = Literal["rnn", "gru", "lstm"]
_GATES: dict[int, ImportedKind] = {1: "rnn", 3: "gru", 4: "lstm"}
_LAYER = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
# What one layer in one direction does not have.
_MORE = {
    "weight_hr_l0": "a projection",
    "weight_hh_l1": "a second layer",
    "weight_hh_l0_reverse": "a second direction",
}


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
            return jnp.tanh(given + kept) if self.activation == "tanh" else jax.nn.relu(given + kept)
        if self.kind == "gru":
            (r, z, n), (r_kept, z_kept, n_kept) = jnp.split(given, 3), jnp.split(kept, 3)
            candidate = jnp.tanh(n + jax.nn.sigmoid(r + r_kept) * n_kept)
            update = jax.nn.sigmoid(z + z_kept)
            return (1 - update) * candidate + update * hidden
        take, keep, candidate, release = jnp.split(given + kept, 4)
        memory = jax.nn.sigmoid(keep) * state[self.hidden_size :] + jax.nn.sigmoid(take) * jnp.tanh(candidate)
        return jnp.concatenate([jax.nn.sigmoid(release) * jnp.tanh(memory), memory])


def network_from_arrays(
    arrays: Mapping[str, np.ndarray],
    *,
    origin: str,
    kind: ImportedKind | None = None,
    activation: Literal["tanh", "relu"] = "tanh",
    readout: str | None = "auto",
) -> ImportedNetwork:
    """The network that named arrays make: one layer (`weight_hh_l0`, …, under any prefix) and its readout.

    `readout` names the linear layer whose output is the next input (its `weight` and, if there is one, `bias`); "auto"
    takes the one that reads the hidden units, None holds the input at 0. `kind`, if given, is checked.

    Raises ConfigError for arrays that are missing, do not fit each other or are not finite, for more than one layer
    or direction, and for a readout that does not fit the input.
    """
    prefix = _prefix(arrays, origin)
    layer = {name: arrays[prefix + name] for name in _LAYER if prefix + name in arrays}
    for name, what in _MORE.items():
        if prefix + name in arrays:
            raise ConfigError(
                f"weights must hold one layer in one direction, but {origin} has {what}: {prefix}{name}"
            )
    hidden_weight = layer["weight_hh_l0"]
    rows, hidden = hidden_weight.shape if hidden_weight.ndim == 2 else (0, 1)
    found = _GATES.get(rows // hidden) if rows % hidden == 0 else None
    if found is None:
        shape = hidden_weight.shape
        raise ConfigError(
            f"{origin}: {prefix}weight_hh_l0 must have 1 (RNN), 3 (GRU) or 4 (LSTM) times as many rows as columns, "
            f"got shape {shape}"
        )
    if kind is not None and kind != found:
        raise ConfigError(
            f"model={kind} does not fit {origin}: {prefix}weight_hh_l0 of shape {hidden_weight.shape} is that of "
            f"model={found}"
        )
    if "weight_ih_l0" not in layer:
        raise ConfigError(f"{origin} must hold {prefix}weight_ih_l0 beside {prefix}weight_hh_l0")
    inputs = layer["weight_ih_l0"].shape[-1]
    expected: dict[str, tuple[int, ...]] = {"weight_ih_l0": (rows, inputs), "weight_hh_l0": (rows, hidden)}
    expected |= {"bias_ih_l0": (rows,), "bias_hh_l0": (rows,)}
    for name, array in layer.items():
        _check(array, expected[name], f"{origin}: {prefix}{name}")
    none = np.zeros(rows)
    with jax.enable_x64(True):
        return ImportedNetwork(
            found,
            activation,
            _affine(layer["weight_ih_l0"], layer.get("bias_ih_l0", none)),
            _affine(hidden_weight, layer.get("bias_hh_l0", none)),
            _readout(arrays, readout, prefix=prefix, hidden=hidden, inputs=inputs, origin=origin),
        )


def _prefix(arrays: Mapping[str, np.ndarray], origin: str) -> str:
    ending = "weight_hh_l0"
    prefixes = sorted(name[: -len(ending)] for name in arrays if name.endswith(ending))
    if len(prefixes) == 1:
        return prefixes[0]
    held = ", ".join(sorted(arrays)[:8]) or "nothing"
    if prefixes:
        raise ConfigError(f"weights must hold one recurrent layer, but {origin} has {', '.join(prefixes)}")
    hint = "; measure the run itself by naming its folder" if "cell.weight" in arrays else ""
    raise ConfigError(
        f"weights must hold weight_hh_l0, under any prefix, as PyTorch names it; {origin} holds {held}{hint}"
    )


def _readout(
    arrays: Mapping[str, np.ndarray], name: str | None, *, prefix: str, hidden: int, inputs: int, origin: str
) -> Affine | None:
    if name is None:
        return None
    layers = [
        key[: -len(".weight")] for key, array in arrays.items() if key.endswith(".weight") and array.ndim == 2
    ]
    if name == "auto":
        reading = [layer for layer in layers if arrays[f"{layer}.weight"].shape[1] == hidden]
        if not reading:
            return None
        if len(reading) > 1:
            raise ConfigError(
                f"readout must name the layer that is fed back, one of {', '.join(reading)} of {origin}"
            )
        name = reading[0]
    if name not in layers:
        raise ConfigError(
            f"readout must be auto, null or a linear layer of {origin} ({', '.join(layers) or 'it has none'}), "
            f"got {name}"
        )
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
