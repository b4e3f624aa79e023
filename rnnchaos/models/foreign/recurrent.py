"""Recurrent layers that were trained elsewhere, one on the other, in PyTorch's order of gates."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.models.activations import sigmoid, tanh
from rnnchaos.models.foreign.layers import RecurrentArrays, find_layers
from rnnchaos.models.foreign.names import check, listed, parts_of, refuse_unused
from rnnchaos.models.foreign.network import Affine, ImportedNetwork, count
from rnnchaos.models.foreign.readout import Feedback, Head, find_head
from rnnchaos.models.rnn import Activation
from rnnchaos.typing import PiecewiseLinearMap

GatedKind = Literal["rnn", "gru", "lstm"]
_GATES: dict[int, GatedKind] = {1: "rnn", 3: "gru", 4: "lstm"}


class Layer(NamedTuple):
    """One layer: what its gates take from its input, and from its own hidden units."""

    from_input: Affine
    from_hidden: Affine

    @property
    def size(self) -> int:
        """Hidden units."""
        return self.from_hidden.weight.shape[1]


class RecurrentNetwork(ImportedNetwork):
    """Layers of PyTorch's RNN, GRU or LSTM, the state of each the input of the next.

    Gates are in the order i, f, g, o (LSTM) and r, z, n (GRU, whose reset gate acts after the product). The first
    layer's input is the readout of the last layer's hidden units, or comes from outside, or both. The state is one
    vector, [h_1; …; h_L] and for an LSTM [h_1; …; h_L; c_1; …; c_L].
    """

    kind: GatedKind = eqx.field(static=True)
    activation: Activation = eqx.field(static=True)
    layers: tuple[Layer, ...]
    observation: Affine | None
    feedback: Feedback = eqx.field(static=True)
    """Which inputs the observation is fed back to."""
    stacked: tuple[str, ...] = eqx.field(static=True, default=())
    """The modules that the layers come from, where they are several."""
    left_out: tuple[str, ...] = eqx.field(static=True, default=())
    """Linear layers that read the hidden units, too, and take no part in the steps."""

    @property
    def title(self) -> str:
        return self.kind.upper()

    @property
    def hidden_size(self) -> int:
        """Hidden units of all layers."""
        return sum(layer.size for layer in self.layers)

    @property
    def state_size(self) -> int:
        return self.hidden_size * (2 if self.kind == "lstm" else 1)

    @property
    def num_inputs(self) -> int:
        fed = 0 if self.feedback == "none" else self.output_size
        return self.layers[0].from_input.weight.shape[1] - fed

    def step(
        self, state: Float[Array, " state"], inputs: Float[Array, " input"] | None = None
    ) -> Float[Array, " state"]:
        hidden, memory = self._split(state), self._split(state[self.hidden_size :])
        given = self._input(hidden[-1], jnp.zeros(self.num_inputs, state.dtype) if inputs is None else inputs)
        for k, layer in enumerate(self.layers):
            given, kept = layer.from_input(given), layer.from_hidden(hidden[k])
            if self.kind == "rnn":
                hidden[k] = tanh(given + kept) if self.activation == "tanh" else jax.nn.relu(given + kept)
            elif self.kind == "gru":
                (r, z, n), (r_kept, z_kept, n_kept) = jnp.split(given, 3), jnp.split(kept, 3)
                candidate = tanh(n + sigmoid(r + r_kept) * n_kept)
                update = sigmoid(z + z_kept)
                hidden[k] = (1 - update) * candidate + update * hidden[k]
            else:
                take, keep, candidate, release = jnp.split(given + kept, 4)
                memory[k] = sigmoid(keep) * memory[k] + sigmoid(take) * tanh(candidate)
                hidden[k] = sigmoid(release) * tanh(memory[k])
            given = hidden[k]
        return jnp.concatenate([*hidden, *(memory if self.kind == "lstm" else [])])

    def seen(self, state: Float[Array, " state"]) -> Float[Array, " seen"]:
        return self._split(state)[-1]

    def piecewise_linear(self) -> PiecewiseLinearMap | None:
        if self.kind != "rnn" or self.activation == "tanh" or len(self.layers) > 1:
            return None
        with jax.enable_x64(True):
            nothing = jnp.zeros(self.state_size)
            gate, threshold = self._affine_gate()
            unit = jnp.eye(self.state_size)
            return PiecewiseLinearMap(0 * gate, unit, gate, threshold, nothing)

    def described(self) -> str:
        sizes = [layer.size for layer in self.layers]
        units = " + ".join(map(str, sizes if len({*sizes}) > 1 else sizes[:1]))
        layers = f"{len(sizes)} layers of " if len(sizes) > 1 else ""
        rectified = f", {self.activation}" if self.kind == "rnn" else ""
        fed, outside = self.layers[0].from_input.weight.shape[1] - self.num_inputs, self.num_inputs
        ends = {"first": "first ", "last": "last "}.get(self.feedback, "")
        inputs = [f"its readout fed back to its {ends}{count(fed, 'input')}"] if fed else []
        if outside:
            inputs.append(
                f"its {'other ' if fed else ''}{count(outside, 'input')} from outside (0 unless given)"
            )
        told = " and ".join(inputs) or "without inputs"
        of_modules = f" ({listed(self.stacked)})" if self.stacked else ""
        beside = f"; without {listed(self.left_out)}, which reads its units, too" if self.left_out else ""
        said = f"{self.title} of {layers}{units} unit{'' if sizes == [1] else 's'}{of_modules}{rectified}"
        return f"{said}, {told}{beside}"

    def _split(self, state: Float[Array, " state"]) -> list[Array]:
        """The parts of all layers."""
        ends = np.cumsum([layer.size for layer in self.layers])
        return [state[end - layer.size : end] for layer, end in zip(self.layers, ends, strict=True)]

    def _input(self, top: Float[Array, " seen"], outside: Float[Array, " input"]) -> Float[Array, " given"]:
        if self.feedback == "none" or self.observation is None:
            return outside
        fed = self.observation(top)
        return jnp.concatenate([outside, fed] if self.feedback == "last" else [fed, outside])

    def _affine_gate(self) -> tuple[Array, Array]:
        """E and e of a single layer h' = relu(E h + e)."""
        (layer,) = self.layers
        at_rest = jnp.zeros(self.state_size)

        def driven(hidden):
            given = layer.from_input(self._input(hidden, jnp.zeros(self.num_inputs)))
            return given + layer.from_hidden(hidden)

        return jax.jacfwd(driven)(at_rest), driven(at_rest)


def recurrent_network(
    arrays: Mapping[str, np.ndarray],
    *,
    origin: str,
    kind: str | None,
    activation: Activation,
    readout: str | None,
    feedback: Feedback,
) -> RecurrentNetwork:
    """The recurrent network that named arrays make, as `network_from_arrays` says."""
    found = find_layers(arrays, origin)
    kinds = [_kind(layer, origin) for layer in found]
    for each, layer in zip(kinds, found, strict=True):
        if each != (kind or kinds[0]):
            shown = f"{layer.names['weight_hh']} of shape {layer.weight_hh.shape} is that of model={each}"
            raise ConfigError(
                f"model={kind} does not fit {origin}: {shown}"
                if kind is not None
                else f"{origin} must hold layers of one kind: {found[0].names['weight_hh']} is {kinds[0]}, but {shown}"
            )
    head = find_head(
        arrays,
        readout=readout,
        feedback=feedback,
        hidden=found[-1].weight_hh.shape[1],
        inputs=None if found[0].weight_ih is None else found[0].weight_ih.shape[-1],
        origin=origin,
    )
    refuse_unused(arrays, frozenset().union(*(layer.used for layer in found)) | parts_of(head.known), origin)
    with jax.enable_x64(True):
        layers: list[Layer] = []
        for layer in found:
            layers.append(_layer(layer, below=layers[-1].size if layers else None, head=head, origin=origin))
        return RecurrentNetwork(
            kind=kinds[0],
            activation=activation,
            layers=tuple(layers),
            observation=head.map,
            feedback=head.feedback,
            stacked=_modules(found),
            left_out=tuple(name for name in head.known if name != head.name and f"{name}.weight" in arrays),
        )


def _modules(layers: Sequence[RecurrentArrays]) -> tuple[str, ...]:
    """What the names of layers begin with, where that is not the same."""
    names = dict.fromkeys(layer.names["weight_hh"].rpartition("weight_hh")[0].rstrip(".") for layer in layers)
    return tuple(names) if len(names) > 1 else ()


def _kind(layer: RecurrentArrays, origin: str) -> GatedKind:
    shape, name = layer.weight_hh.shape, layer.names["weight_hh"]
    rows, hidden = shape if len(shape) == 2 else (0, 1)
    found = _GATES.get(rows // hidden) if hidden and rows % hidden == 0 else None
    if found is None:
        turned = len(shape) == 2 and rows and hidden % rows == 0 and hidden // rows in _GATES
        raise ConfigError(
            f"{origin}: {name} must have 1 (RNN), 3 (GRU) or 4 (LSTM) times as many rows as columns, got shape {shape}"
            + ("; weights_order=in_out takes matrices the other way round" if turned else "")
        )
    return found


def _layer(layer: RecurrentArrays, *, below: int | None, head: Head, origin: str) -> Layer:
    """The layer above one of `below` units, or above the inputs."""
    rows, hidden = layer.weight_hh.shape
    weight_ih, name = layer.weight_ih, layer.names["weight_hh"]
    if weight_ih is None and (below is not None or head.feedback != "none"):
        raise ConfigError(f"{origin} must hold {name.replace('weight_hh', 'weight_ih')} beside {name}")
    if weight_ih is None:
        weight_ih = np.zeros((rows, 0))
    inputs = weight_ih.shape[-1] if below is None else below
    shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, inputs), "weight_hh": (rows, hidden)}
    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
    for part, said in layer.names.items():
        check(getattr(layer, part), shapes[part], f"{origin}: {said}")
    if below is None and head.feedback == "none" and not weight_ih.any():
        weight_ih = weight_ih[:, :0]  # PyTorch's layers have an input, even where nothing comes from it
    return Layer(Affine.of(weight_ih, layer.bias_ih), Affine.of(layer.weight_hh, layer.bias_hh))
