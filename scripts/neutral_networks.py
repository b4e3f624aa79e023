"""The networks of neutral_direction.py: kinked and smooth ones of many sizes, trained alike, every setting spelt out.

Nothing here follows the defaults of `rnnchaos train`, so that rows made at different times belong together.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import equinox as eqx
import jax
import optax
from jaxtyping import Array, Float, PRNGKeyArray

from rnnchaos.data import Dataset, Preparation, prepare
from rnnchaos.models import (
    GRU,
    LSTM,
    PLRNN,
    RNN,
    AbstractCell,
    AlmostLinearRNN,
    DendriticPLRNN,
    IdentityObservation,
    LinearObservation,
    Network,
    ShallowPLRNN,
    ShallowRNN,
)
from rnnchaos.protocols import SparseForcing
from rnnchaos.systems import AbstractFlow, Chen, Lorenz63, Rossler
from rnnchaos.training import Trainer, TrainingSeries

SYSTEMS: dict[str, AbstractFlow] = {
    "lorenz63": Lorenz63(sigma=10.0, rho=28.0, beta=8 / 3, dt=0.01, substeps=2),
    "rossler": Rossler(a=0.15, b=0.2, c=10.0, dt=0.1, substeps=16),
    "chen": Chen(a=35.0, b=3.0, c=28.0, dt=0.005, substeps=4),
}
# Forcing intervals τ = ln 1.3 / λ_max in steps, as `training.error_growth=1.3` has them.
TAU = {"lorenz63": 29, "rossler": 29, "chen": 26}
PRECISION = "float32"
LAYER = 50
# A layer's outputs add up: the learning rate that fifty units bear is shared by more.
RATE = 1e-2
# Of softplus units, from smooth to nearly a relu, in the order in which they are tried.
SHARPNESS = (4.0, 16.0, 64.0, 1.0)
STEPS, CHUNK = 12_000, 2_000


class Softened(ShallowRNN):
    """The shallow network with φ(x) = ln(1 + exp(β x)) / β: smooth, and a relu as the sharpness β grows."""

    sharpness: float = eqx.field(static=True, default=1.0)

    def __init__(self, hidden_size: int, layer_size: int, sharpness: float, *, key: PRNGKeyArray):
        super().__init__(hidden_size, layer_size, "softplus", key=key)
        self.sharpness = sharpness

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        layer = softplus(self.layer_weight @ state + self.layer_bias, self.sharpness)
        return self.diagonal * state + self.weight @ layer + self.bias


def softplus(x: Float[Array, "*shape"], sharpness: float) -> Float[Array, "*shape"]:
    """A relu whose kink is spread over about 1 / sharpness."""
    return jax.nn.softplus(sharpness * x) / sharpness


class Case(NamedTuple):
    """One network, before its weights are drawn."""

    group: str
    """The question that it belongs to: layers, sharpness, units, architectures, systems."""
    model: str
    kinked: bool
    hidden_size: int
    layer_size: int | None
    sharpness: float | None
    cell: Callable[..., AbstractCell]
    """By `key` alone."""
    system: str = "lorenz63"
    observation: str = "linear"
    num_steps: int = STEPS

    @property
    def learning_rate(self) -> float:
        """At the start."""
        return RATE * min(1.0, LAYER / (self.layer_size or LAYER))

    def has_variants(self, seed: int) -> bool:
        """Whether its exponents are measured with other Jacobians, too: those of wide layers would take long."""
        few = 3 if self.has_other_layers else 1
        return seed < few and self.group != "sharpness" and (self.layer_size or 0) <= 4 * LAYER

    @property
    def has_other_layers(self) -> bool:
        """Whether its kinks are spread, or kinks put in."""
        return (self.layer_size, self.hidden_size) == (LAYER, 10) and self.group == "layers"

    @property
    def facts(self) -> dict[str, str | float | bool | None]:
        """What a row says of it."""
        said = {name: getattr(self, name) for name in self._fields if name != "cell"}
        return said | {"learning_rate": self.learning_rate}


def shallow(group: str, *, activation: str, hidden: int = 10, layer: int = LAYER, **also: Any) -> Case:
    """A shallow network: `relu`, or one of the smooth activations."""
    if activation == "relu":
        cell = lambda key: ShallowPLRNN(hidden, layer, clipped=False, key=key)  # noqa: E731
    else:
        cell = lambda key: ShallowRNN(hidden, layer, activation, bounded=False, key=key)  # noqa: E731
    return Case(group, f"shallow {activation}", activation == "relu", hidden, layer, None, cell, **also)


def softened(sharpness: float) -> Case:
    """A shallow network with a softplus of this sharpness."""
    cell = lambda key: Softened(10, LAYER, sharpness, key=key)  # noqa: E731
    return Case("sharpness", "shallow softplus", False, 10, LAYER, sharpness, cell)


def recurrent(model: str, kinked: bool, cell: type[AbstractCell], **settings: object) -> Case:
    """A network of 30 units without a layer beside them."""
    return Case(
        "architectures", model, kinked, 30, None, None, lambda key: cell(hidden_size=30, **settings, key=key)
    )


ARCHITECTURES = (
    recurrent("LSTM", False, LSTM),
    recurrent("PLRNN", True, PLRNN),
    recurrent("RNN, tanh", False, RNN, activation="tanh"),
    recurrent("dendritic PLRNN", True, DendriticPLRNN, bases=20, clipped=True),
    recurrent("GRU", False, GRU),
    recurrent("RNN, relu", True, RNN, activation="relu"),
    recurrent("almost-linear RNN", True, AlmostLinearRNN, rectified=4),
    shallow("architectures", activation="gelu"),
    shallow("architectures", activation="tanh"),
)


def cases() -> Iterator[tuple[Case, int]]:
    """Every network and its seed, what matters most first."""
    relu, silu = (functools.partial(shallow, activation=name) for name in ("relu", "silu"))
    yield from ((network("layers"), seed) for seed in range(3) for network in (relu, silu))
    for seed in range(2):
        yield relu("layers", layer=200), seed
        yield ARCHITECTURES[0], seed
        yield from ((softened(sharpness), seed) for sharpness in SHARPNESS)
        yield silu("layers", layer=200), seed
        yield ARCHITECTURES[1], seed
        yield from ((network("systems", system="chen"), seed) for network in (relu, silu))
        yield from ((network("units", hidden=3, observation="identity"), seed) for network in (relu, silu))
        yield silu("steps", num_steps=STEPS // 6), seed
        yield relu("layers", layer=1000), seed
        yield from ((case, seed) for case in ARCHITECTURES[2:])
        yield relu("layers", layer=500), seed
        yield from ((network("units", hidden=30), seed) for network in (relu, silu))
        yield silu("layers", layer=1000), seed
        yield from ((network("systems", system="rossler"), seed) for network in (relu, silu))


def data(system: str) -> Dataset:
    """100 000 points to train on and as many to start from, every axis scaled to standard deviation 1."""
    lengths = Preparation(train_length=100_000, test_length=100_000, validation_length=2, transient=10_000)
    return prepare(SYSTEMS[system], lengths)


class Trained(NamedTuple):
    """A network after its last step, in float64, and how training went."""

    network: Network
    diverged: bool
    loss: float
    """Mean of the last hundred steps."""


def train(case: Case, seed: int, dataset: Dataset) -> Trained:
    """Sparse forcing in batches of eight windows, `num_steps` steps of AdamW; the last weights are kept."""
    steps, tau = case.num_steps, TAU[case.system]
    rate = optax.cosine_decay_schedule(case.learning_rate, steps, alpha=0.01)
    optimizer = optax.chain(optax.clip_by_global_norm(0.1), optax.adamw(rate, weight_decay=0.01))
    trainer = Trainer(
        forcing=SparseForcing(tau, washout=2, partial=False).forcing(),
        optimizer=optimizer,
        batch_size=8,
        window=4 * tau,
        num_steps=steps,
    )
    network_key, training_key = jax.random.split(jax.random.key(seed))
    cell_key, observation_key = jax.random.split(network_key)
    state = trainer.init(_network(case, cell_key, observation_key).astype(PRECISION), key=training_key)
    series = TrainingSeries.of(dataset.train, window=trainer.window, dtype=PRECISION)
    for _ in range(steps // CHUNK):
        state, records = trainer.run(state, series, CHUNK)
    loss = float(records.loss[-100:].mean())
    return Trained(state.network.astype("float64"), bool(state.diverged), loss)


def _network(case: Case, cell_key: PRNGKeyArray, observation_key: PRNGKeyArray) -> Network:
    dimension, cell = SYSTEMS[case.system].dimension, case.cell(key=cell_key)
    if case.observation == "identity":
        return Network(cell, IdentityObservation(dimension, case.hidden_size))
    return Network(cell, LinearObservation(dimension, case.hidden_size, key=observation_key))
