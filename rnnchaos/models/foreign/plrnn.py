"""Piecewise-linear networks under the names of their papers: A, W, h and, by kind, W_1, W_2, h_1, h_2, α, H, C, B."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.errors import ConfigError
from rnnchaos.models.foreign.names import check, linear_layers, parts_of, refuse_unused
from rnnchaos.models.foreign.network import Affine, ImportedNetwork, count
from rnnchaos.models.foreign.parts import Reader, named_parts
from rnnchaos.models.shallow_rnn import SMOOTH
from rnnchaos.setting import SettingError
from rnnchaos.typing import PiecewiseLinearMap

PLRNNKind = Literal[
    "plrnn",
    "mcplrnn",
    "alrnn",
    "shplrnn",
    "clipped_shplrnn",
    "shrnn",
    "bounded_shrnn",
    "dendplrnn",
    "clipped_dendplrnn",
]
_TITLES: dict[str, str] = {
    "plrnn": "PLRNN",
    "mcplrnn": "mean-centred PLRNN",
    "alrnn": "AL-RNN",
    "shplrnn": "shallow PLRNN",
    "clipped_shplrnn": "clipped shallow PLRNN",
    "shrnn": "shallow network",
    "bounded_shrnn": "bounded shallow network",
    "dendplrnn": "dendritic PLRNN",
    "clipped_dendplrnn": "clipped dendritic PLRNN",
}
_FAMILIES: dict[str, tuple[str, ...]] = {
    "W1": ("shplrnn", "clipped_shplrnn", "shrnn", "bounded_shrnn"),
    "alpha": ("dendplrnn", "clipped_dendplrnn"),
    "W": ("plrnn", "mcplrnn", "alrnn"),
    "AW": ("plrnn", "mcplrnn", "alrnn"),
}
SPELT = "A, W, h (PLRNN), A, W1, W2, h1, h2 (shallow) or A, W, h, alpha, H (dendritic)"


class PublishedNetwork(ImportedNetwork):
    """z' = A z + W φ(z) + h + C s, φ of rectified units, or of smooth ones, with x = B z + b where the file has B."""

    kind: PLRNNKind = eqx.field(static=True)
    activation: str = eqx.field(static=True)
    """relu, or that of smooth units."""
    map: PiecewiseLinearMap
    """Of the same weights with rectified units."""
    drive: Float[Array, "state input"]
    """C."""
    observation: Affine | None

    @property
    def title(self) -> str:
        return _TITLES[self.kind]

    @property
    def state_size(self) -> int:
        return self.map.bias.shape[0]

    @property
    def num_inputs(self) -> int:
        return self.drive.shape[1]

    def step(
        self, state: Float[Array, " state"], inputs: Float[Array, " input"] | None = None
    ) -> Float[Array, " state"]:
        function = SMOOTH.get(self.activation, jax.nn.relu)
        units = function(self.map.gate @ state + self.map.threshold)
        after = self.map.linear @ state + self.map.output @ units + self.map.bias
        return after if inputs is None else after + self.drive @ inputs

    def piecewise_linear(self) -> PiecewiseLinearMap | None:
        return self.map if self.activation == "relu" else None

    def described(self) -> str:
        units = self.map.threshold.shape[0]
        rectified = f", the last {units} rectified (model.rectified)" if self.kind == "alrnn" else ""
        rectified += "" if self.activation == "relu" else f", {self.activation}"
        given = f"{count(self.num_inputs, 'input')} from outside (0 unless given)"
        outside = given if self.num_inputs else "without inputs"
        return f"{self.title} of {count(self.state_size, 'unit')}{rectified}, {outside}"


class _Map(NamedTuple):
    """z ↦ linear z + output relu(gate z + threshold) + bias."""

    linear: np.ndarray
    output: np.ndarray
    gate: np.ndarray
    threshold: np.ndarray
    bias: np.ndarray


def family_of(arrays: Mapping[str, np.ndarray], origin: str) -> tuple[str, ...]:
    """The kinds whose parts have these names; none where they are no such network's."""
    parts = named_parts(arrays, origin)
    return next((kinds for part, kinds in _FAMILIES.items() if part in parts), ())


def plrnn_network(
    arrays: Mapping[str, np.ndarray],
    *,
    origin: str,
    kind: str | None,
    rectified: int | None,
    activation: str = "silu",
) -> PublishedNetwork:
    """The piecewise-linear network that named arrays make, as `network_from_arrays` says."""
    parts = named_parts(arrays, origin)
    family = family_of(arrays, origin)
    names = ", ".join(part.name for key, part in parts.items() if key not in ("B", "b", "C"))
    if kind is None or kind not in family:
        choices = " or ".join(f"model={each}" for each in family)
        if kind is None:
            raise ConfigError(f"model must be given: {names} of {origin} may be those of {choices}")
        raise ConfigError(f"model={kind} does not fit {origin}: {names} are those of {choices}")
    read = Reader(parts, origin)
    with jax.enable_x64(True):
        if "W1" in parts:
            built = _shallow(read, clipped=kind in ("clipped_shplrnn", "bounded_shrnn"))
        elif "alpha" in parts:
            built = _dendritic(read, clipped=kind == "clipped_dendplrnn")
        else:
            built = _VANILLA[kind](read, rectified)
        size = len(built.bias)
        drive = read.drive(size)
        observation, observed = _observation(arrays, read, size)
        refuse_unused(arrays, read.used | observed, origin)
        whole = PiecewiseLinearMap(*(jnp.asarray(part, dtype=jnp.float64) for part in built))
        return PublishedNetwork(
            kind=cast(PLRNNKind, kind),
            activation=activation if kind in ("shrnn", "bounded_shrnn") else "relu",
            map=whole,
            drive=jnp.asarray(drive, dtype=jnp.float64),
            observation=observation,
        )


def _plain(read: Reader, rectified: int | None) -> _Map:
    h = read.vector("h")
    linear, weight = read.coupled(len(h))
    return _Map(linear, weight, np.eye(len(h)), np.zeros(len(h)), h)


def _mean_centred(read: Reader, rectified: int | None) -> _Map:
    plain = _plain(read, rectified)
    return plain._replace(gate=plain.gate - 1 / len(plain.bias))


def _almost_linear(read: Reader, rectified: int | None) -> _Map:
    plain = _plain(read, rectified)
    size = len(plain.bias)
    if rectified is None or not 1 <= rectified <= size:
        raise SettingError("model.rectified", f"be from 1 to the {size} units of {read.origin}", rectified)
    kept = np.arange(size) < size - rectified
    return _Map(
        plain.linear + np.where(kept, plain.output, 0),
        plain.output[:, ~kept],
        plain.gate[~kept],
        plain.threshold[~kept],
        plain.bias,
    )


_VANILLA: dict[str, Callable[[Reader, int | None], _Map]] = {
    "plrnn": _plain,
    "mcplrnn": _mean_centred,
    "alrnn": _almost_linear,
}


def _shallow(read: Reader, *, clipped: bool) -> _Map:
    bias, threshold = read.vector("h1"), read.vector("h2")
    output = read.matrix("W1", len(bias), len(threshold))
    gate = read.matrix("W2", len(threshold), len(bias))
    if clipped:
        output = np.concatenate([output, -output], axis=1)
        gate, threshold = np.concatenate([gate, gate]), np.concatenate([threshold, 0 * threshold])
    return _Map(read.linear(len(bias)), output, gate, threshold, bias)


def _dendritic(read: Reader, *, clipped: bool) -> _Map:
    h, slopes = read.vector("h"), read.vector("alpha")
    size, bases = len(h), len(slopes)
    linear, weight = read.coupled(size)
    kinks = (
        read.either_way("theta", size, bases) if "theta" in read.parts else -read.either_way("H", size, bases)
    )
    if clipped:
        kinks, slopes = np.column_stack([kinks, np.zeros(size)]), np.append(slopes, -slopes.sum())
    # One rectified unit a kink: of all units the first, of all units the second, …
    output = np.concatenate([slope * weight for slope in slopes], axis=1)
    return _Map(linear, output, np.tile(np.eye(size), (len(slopes), 1)), kinks.T.ravel(), h)


def _observation(arrays: Mapping[str, np.ndarray], read: Reader, size: int) -> tuple[Affine | None, set[str]]:
    """B and b, or the only linear layer that reads the state."""
    if "B" in read.parts:
        stored = read.parts["B"].array
        matrix = read.either_way("B", len(stored) if stored.shape[1:] == (size,) else stored.shape[-1], size)
        bias = read.vector("b", len(matrix)) if "b" in read.parts else None
        return Affine.of(matrix, bias), set()
    layers = linear_layers(arrays, inputs=size)
    if len(layers) != 1:
        return None, set()
    weight, bias = arrays[f"{layers[0]}.weight"], arrays.get(f"{layers[0]}.bias")
    check(weight, weight.shape, f"{read.origin}: {layers[0]}.weight")
    if bias is not None:
        check(bias, (len(weight),), f"{read.origin}: {layers[0]}.bias")
    return Affine.of(weight, bias), parts_of(layers)
