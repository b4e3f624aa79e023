"""The protocols and the penalty of docs/extending.md, followed to the letter, train."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import recipes

from rnnchaos.models import RNN, LinearObservation, Network
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import Forcing, Regularization
from rnnchaos.training import Trainer, TrainingSeries


def recipe(name):
    """The class `name`, from the example that defines it."""
    (text,) = (text for text in recipes.blocks("python") if f"class {name}(" in text)
    defined = {"__name__": name}
    exec(text, defined)
    return defined[name]


def train(forcing, regularization):
    network = Network(RNN(5, key=jax.random.key(0)), LinearObservation(2, 5, key=jax.random.key(1)))
    trainer = Trainer(forcing, optax.adam(1e-2), 4, 10, 20, regularization)
    phase = 0.3 * np.arange(100.0)
    pieces = Pieces.of(np.stack([np.sin(phase), np.cos(phase)], axis=1))
    series = TrainingSeries.of(pieces, window=10, dtype=jnp.float64)
    state, records = trainer.run(trainer.init(network, key=jax.random.key(2)), series, 20)
    assert int(state.step) == 20
    return records


@pytest.mark.parametrize(
    ("name", "settings", "traces"), [("RelaxedForcing", (5,), {"tau", "alpha"}), ("HalfForcing", (), set())]
)
def test_protocols(name, settings, traces):
    records = train(recipe(name)(*settings).forcing(), Regularization())
    assert records.loss[-1] < records.loss[0]
    assert set(records.traces) == traces


def test_a_penalty():
    class More(Regularization):
        small_states: eqx.Module = recipe("SmallStates")(0.5)

    records = train(Forcing(5), More())
    assert np.all(records.traces["small_states"] > 0)
