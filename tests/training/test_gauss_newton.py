"""Gauss–Newton steps: exact slopes under every forcing, exact answers where the loss is a parabola."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

from rnnchaos.errors import ConfigError
from rnnchaos.models import GRU, LSTM, IdentityObservation, LinearObservation, Network, ShallowRNN
from rnnchaos.models.network import InputTerm
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import Forcing, GradientFlossing, Regularization
from rnnchaos.setting import SettingError
from rnnchaos.training import GaussNewton, TrainingSeries, Windows, sequential_loss
from rnnchaos.training.gauss_newton import MOST_WEIGHTS, sensitivities
from rnnchaos.training.loss import forced_states

KEY = jax.random.key(0)
FORCINGS = {
    "sparse": Forcing(3, washout=1),
    "partial": Forcing(2, partial=True),
    "generalised": Forcing(1, alpha=0.3),
    "free": Forcing(None),
    "windowed": Forcing(None, from_zero=True),
}


def networks():
    """With and without memory, observed by a matrix or not, and driven."""
    linear = LinearObservation(2, 3, key=KEY)
    shallow = ShallowRNN(3, 4, key=KEY)
    return {
        "lstm": Network(LSTM(3, key=KEY), linear),
        "gru": Network(GRU(3, key=KEY), linear),
        "shallow": Network(shallow, IdentityObservation(2, 3)),
        "driven": Network(shallow, linear, InputTerm(shallow.input_matrix(1, key=KEY))),
    }


def batch(network, *, seed=1):
    keys = jax.random.split(jax.random.key(seed), 3)
    inputs = jax.random.normal(keys[2], (3, 8, 1), jnp.float64) if network.num_inputs else None
    windows = Windows(jax.random.normal(keys[0], (3, 8, 2), jnp.float64), inputs)
    return windows, windows.values + 0.1 * jax.random.normal(keys[1], (3, 8, 2), jnp.float64)


@pytest.mark.parametrize("forcing", FORCINGS)
@pytest.mark.parametrize("kind", networks())
def test_residuals_sum_to_the_loss_and_slopes_are_those_of_automatic_differentiation(kind, forcing):
    network, forced = networks()[kind].astype(jnp.float64), FORCINGS[forcing]
    windows, heard = batch(network)
    weights, rest = eqx.partition(network, eqx.is_inexact_array)
    theta, unravel = ravel_pytree(weights)

    def of(theta):
        return eqx.combine(unravel(theta), rest)

    def residuals(theta):
        def along(values, heard, inputs):
            states = forced_states(of(theta), forced, heard, inputs)
            return jax.vmap(of(theta).observe)(states) - values[1:]

        errors = jax.vmap(along)(windows.values, heard, windows.inputs)
        counted = forced.counts(jnp.arange(7))
        return (errors * jnp.sqrt(counted / (counted.sum() * 6))[None, :, None]).reshape(-1)

    found, slopes = sensitivities(of, theta, forced, windows, heard)
    np.testing.assert_allclose(found, residuals(theta), atol=1e-12)
    np.testing.assert_allclose(slopes, jax.jacfwd(residuals)(theta), atol=1e-12)
    loss = sequential_loss(network, forced, windows.values, heard, windows.inputs)
    np.testing.assert_allclose(jnp.sum(found**2), loss, rtol=1e-12)


def rotation(steps=2000):
    phase = 0.3 * np.arange(steps)
    return Pieces.of(np.stack([np.sin(phase), np.cos(phase)], axis=1))


def trainer(**changed):
    return GaussNewton(**({"forcing": Forcing(2), "batch_size": 50, "window": 4, "num_steps": 40} | changed))


def start(trainer, network, series=None):
    series = TrainingSeries.of(series or rotation(), window=trainer.window, dtype=jnp.float64)
    return trainer.init(network.astype(jnp.float64), key=KEY), series


def shallow(dimension=2, layer=8, **settings):
    cell = ShallowRNN(dimension, layer, initial="near_identity", key=KEY, **settings)
    return Network(cell, IdentityObservation(dimension, dimension))


def test_forty_steps_learn_a_rotation_to_a_few_thousandths():
    made = trainer()
    state, records = made.run(*start(made, shallow()), 40)
    assert records.loss[0] > 1e-2
    assert records.loss[-1] < 1e-5
    assert not bool(state.diverged)
    assert records.traces["damping"].shape == (40,)


@pytest.mark.parametrize(("memory", "share"), [(0.0, 1.0), (8.0, 1 / 5), (24.0, 1 / 13)])
def test_a_batch_counts_in_the_curvature_by_how_many_are_remembered(memory, share):
    """Of two steps, before the second half of training is over: 1 / (1 + m / 2) at t = 1/2."""
    made = trainer(memory=memory, num_steps=2)
    before, series = start(made, shallow())
    first, _ = made.run(before, series, 1)
    second, _ = made.run(first, series, 1)
    alone, _ = trainer(memory=0.0, num_steps=2).run(first, series, 1)
    curvature = [state.optimizer_state.curvature for state in (first, alone, second)]
    expected = (1 - share) * curvature[0] + share * curvature[1]
    np.testing.assert_allclose(curvature[2], expected, rtol=1e-10, atol=1e-14)


def test_a_step_that_does_not_lower_the_loss_of_its_batch_is_not_taken():
    made = trainer(damping=1e-10, batch_size=1)  # far too little for two windows' worth of weights
    before, series = start(made, shallow())
    _, records = made.run(before, series, 40)
    rose = np.diff(np.asarray(records.traces["damping"])) > 0
    held = np.diff(np.asarray(records.weight_norm)) == 0
    assert rose.any()
    np.testing.assert_array_equal(held[rose], True)


def test_training_cut_in_two_is_the_same_to_the_last_bit():
    made = trainer()
    state, series = start(made, shallow())
    whole, _ = made.run(state, series, 20)
    half, _ = made.run(state, series, 10)
    resumed, _ = made.run(half, series, 10)
    for a, b in zip(jax.tree.leaves(whole.network), jax.tree.leaves(resumed.network), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_no_sum_of_squares_is_refused():
    penalised = trainer(
        regularization=Regularization(flossing=GradientFlossing(strength=0.5, num_exponents=1))
    )
    said = r"^flossing.strength must be 0 with optimizer=gauss_newton, which knows sums of squares alone, got 0.5"
    with pytest.raises(SettingError, match=said):
        penalised.check(shallow())


def test_more_weights_than_can_be_solved_for_are_refused():
    wide = shallow(2, MOST_WEIGHTS // 5 + 1)
    said = r"^optimizer=gauss_newton must train at most 3000 weights, got 3009; optimizer=adamw trains more$"
    for network in (wide, eqx.filter_eval_shape(lambda: wide)):
        with pytest.raises(ConfigError, match=said):
            trainer().check(network)
