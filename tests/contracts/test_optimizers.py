"""What every optimiser of the config folder must do, and any other of optax. A new one is found by its file."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from composed import settings
from contract import CONFIGS, KEY, make, training_series

from rnnchaos.errors import ConfigError
from rnnchaos.models import weights
from rnnchaos.settings import build, checks
from rnnchaos.settings.groups import OptimizerSettings
from rnnchaos.settings.optax_options import find_optimizer

SMALL = ["model=rnn", "model.hidden_size=4", "training.window=12", "training.batch_size=4", "protocol.tau=6",
         "training.num_steps=8"]  # fmt: skip
PUBLIC = [name for module in (optax, optax.contrib) for name in vars(module)]
# They want more than a gradient: losses, Hessians, gradients of single windows.
REFUSED = {"lbfgs", "momo", "momo_adam", "sophia", "dpsgd"}


def known() -> list[str]:
    found = []
    for name in PUBLIC:
        try:
            find_optimizer(name)
        except ConfigError:
            continue
        found.append(name)
    return found


@pytest.mark.parametrize("choice", CONFIGS.choices("optimizer"))
def test_training(choice):
    """Finite, not standing still, and indifferent to how it is cut up."""
    named = ["optimizer.name=lamb"] if choice == "optax" else []
    chosen = settings(*SMALL, f"optimizer={choice}", *named)
    checks.check(chosen)
    trainer = build.trainer(chosen)
    data = training_series(trainer)
    start = trainer.init(make(chosen, jnp.float32), key=KEY)
    halfway, _ = trainer.run(start, data, 4)
    state, records = trainer.run(halfway, data, 4)
    whole, _ = trainer.run(start, data, 8)
    assert not bool(state.diverged)
    assert np.all(np.isfinite(records.loss))
    assert any(np.any(leaf != weights.to_arrays(halfway.network)[name])
               for name, leaf in weights.to_arrays(state.network).items())  # fmt: skip
    for name, leaf in weights.to_arrays(state).items():
        np.testing.assert_array_equal(leaf, weights.to_arrays(whole)[name], err_msg=name)


# optax warns of what it will drop: optimistic_adam, and the seed of noisy_sgd.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:optax.*")
@pytest.mark.parametrize("name", known())
def test_any_optimiser_of_optax_takes_steps_or_says_why_not(name):
    chosen = settings(*SMALL)
    own = {"seed": 0} if name == "noisy_sgd" else {}
    chosen = dataclasses.replace(chosen, optimizer=OptimizerSettings(name, learning_rate=1e-3, options=own))
    if name in REFUSED:
        with pytest.raises(ConfigError, match=f"^optimizer.name={name}: optax says: [^\n]+$"):
            checks.check(chosen)
        return
    checks.check(chosen)
    optimizer = build.optimizer(chosen)
    trained = eqx.filter(make(chosen, jnp.float32), eqx.is_inexact_array)
    start = jax.eval_shape(optimizer.init, trained)
    updates, state = jax.eval_shape(optimizer.update, trained, start, trained)
    # The same shapes and dtypes, or a compiled loop could not go on.
    assert jax.tree.leaves(updates) == jax.tree.leaves(jax.eval_shape(lambda: trained))
    assert jax.tree.structure(state) == jax.tree.structure(start)
    assert [(leaf.shape, leaf.dtype) for leaf in jax.tree.leaves(state)] == [
        (leaf.shape, leaf.dtype) for leaf in jax.tree.leaves(start)
    ]


def test_there_are_many():
    assert set(known()) > {"adam", "adamw", "adabelief", "lion", "lamb", "nadam", "muon", "rmsprop", "sgd"}
    assert set(known()) > REFUSED
