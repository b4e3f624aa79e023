"""What every model of the config folder must do under an input, whatever it is. A new one is found by its file."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import KEY, MODELS, make, of_model, states_of

from rnnchaos.errors import ConfigError
from rnnchaos.models import AbstractPLRNN, Network, weights
from rnnchaos.models.simulation import follow, forecasts, free_run
from rnnchaos.settings import build

pytestmark = pytest.mark.parametrize("choice", MODELS)
INPUT = jnp.array([0.4, -1.1])


def driven(choice: str, dtype=jnp.float64) -> Network:
    network = build.network(of_model(choice), 3, 2, key=KEY).astype(dtype)
    if choice == "ngrc":  # its weights are 0 before they are fitted
        weight = 0.1 * jax.random.normal(KEY, network.cell.weight.shape, dtype)
        network = eqx.tree_at(lambda network: network.cell.weight, network, weight)
    return network


def undriven(network: Network) -> Network:
    return Network(network.cell, network.observation)


def test_the_input_zero_is_none(choice):
    network = driven(choice)
    for state in states_of(network):
        np.testing.assert_array_equal(
            network.step(state, jnp.zeros(2)), undriven(network).step(state), strict=True
        )


def test_inputs_change_no_other_weight(choice):
    """A driven network starts from the very weights of the one without, under the same names."""
    if choice == "ngrc":
        pytest.skip("its polynomial has other terms")
    plain = weights.to_arrays(make(of_model(choice)))
    with_input = weights.to_arrays(build.network(of_model(choice), 3, 2, key=KEY))
    assert set(with_input) - set(plain) == {"drive.weight"}
    for name, array in plain.items():
        np.testing.assert_array_equal(array, with_input[name])


def test_prepared_compiled_and_held_it_is_the_same_map(choice):
    network = driven(choice)
    for state in states_of(network):
        plain = network.step(state, INPUT)
        # The same few float64 operations in another order.
        for step in (network.prepared().step, eqx.filter_jit(network.step)):
            np.testing.assert_allclose(step(state, INPUT), plain, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(network.held(INPUT).prepared().step(state), plain, rtol=1e-12, atol=1e-13)


def test_every_input_moves_the_state(choice):
    network = driven(choice)
    (state,) = states_of(network, 1)
    derivative = jax.jacfwd(network.step, argnums=1)(state, INPUT)
    assert np.all(np.linalg.norm(derivative, axis=0) > 1e-6)
    if isinstance(network.cell, AbstractPLRNN):
        np.testing.assert_allclose(derivative, network.drive.weight, atol=1e-15)  # z' = … + C s


def test_derivatives_against_finite_differences(choice):
    network = driven(choice)
    (state,) = states_of(network, 1)
    step = 1e-6  # central differences: error about step² = 1e-12, rounding about 1e-10
    shifts = step * np.eye(2)
    differences = [
        (network.step(state, INPUT + s) - network.step(state, INPUT - s)) / (2 * step) for s in shifts
    ]
    derivative = jax.jacfwd(network.step, argnums=1)(state, INPUT)
    np.testing.assert_allclose(derivative, np.stack(differences, 1), atol=2e-8)


def test_precision(choice):
    network = driven(choice, jnp.float32)
    state = states_of(network, 1)[0].astype(jnp.float32)
    assert network.step(state, INPUT.astype(jnp.float32)).dtype == jnp.float32


def test_free_runs_follow_their_inputs(choice):
    network = driven(choice)
    steps = 6
    random = np.random.default_rng(1)
    history = 0.1 * random.standard_normal((network.history, 3))
    inputs = random.standard_normal((network.history - 1 + steps, 2))
    state = network.start(jnp.asarray(history), jnp.asarray(inputs[: network.history - 1]))
    expected = []
    for given in inputs[network.history - 1 :]:
        state = network.step(state, jnp.asarray(given))
        expected.append(network.observe(state))
    run = free_run(network, history, num_steps=steps, inputs=inputs)
    np.testing.assert_allclose(run, expected, rtol=1e-11, atol=1e-12)
    many = forecasts(network, np.stack([history] * 2), num_steps=steps, inputs=np.stack([inputs, 0 * inputs]))
    np.testing.assert_allclose(many[0], run, rtol=1e-11, atol=1e-12)
    assert np.abs(many[1] - run).max() > 1e-6
    later = follow(network, history, transient=2, num_steps=steps - 2, inputs=inputs)
    np.testing.assert_allclose(later.observations, run[2:], rtol=1e-11, atol=1e-12)


def test_an_input_that_is_missing_or_too_much(choice):
    network, plain = driven(choice), make(of_model(choice))
    (state,) = states_of(network, 1)
    with pytest.raises(
        ConfigError, match=r"^inputs must be of shape \(2,\) for a network that is driven at every"
    ):
        network.step(state)
    with pytest.raises(ConfigError, match=r"^inputs must be of shape \(2,\) .*, got \(1,\)$"):
        network.step(state, jnp.zeros(1))
    with pytest.raises(ConfigError, match=r"^inputs must be None for a network without inputs, got \(2,\)$"):
        plain.step(states_of(plain, 1)[0], jnp.zeros(2))
    with pytest.raises(ConfigError, match=r"^inputs must be of shape \(\d+, 2\) .*, got null"):
        free_run(network, np.zeros((network.history, 3)), num_steps=5)
