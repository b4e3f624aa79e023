"""What every model of the config folder must do, whatever it is. A new one is found by its file."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from contract import KEY, MODELS, TAU, WINDOW, fitted_in_closed_form, make, of_model, series, states_of

from rnnchaos.models import weights
from rnnchaos.protocols import Forcing
from rnnchaos.runs.tensors import from_safetensors, to_safetensors
from rnnchaos.settings import build
from rnnchaos.training import loss_and_gradient, sequential_loss

pytestmark = pytest.mark.parametrize("choice", MODELS)
GRADIENT_MODELS = [choice for choice in MODELS if not fitted_in_closed_form(choice)]


def test_shapes(choice):
    network = make(of_model(choice))
    (state,) = states_of(network, 1)
    assert network.step(state).shape == state.shape
    assert network.cell.hidden(state).shape == (network.cell.hidden_size,)
    assert network.observe(state).shape == (3,)
    assert network.start(jnp.zeros((network.history, 3))).shape == state.shape
    assert network.force(jnp.zeros(3)).shape == state.shape


def test_compiled_and_prepared_it_is_the_same_map(choice):
    network = make(of_model(choice))
    for state in states_of(network):
        plain = network.step(state)
        # The same few float64 operations in another order.
        np.testing.assert_allclose(eqx.filter_jit(network.step)(state), plain, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(network.prepared().step(state), plain, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(network.prepared().observe(state), network.observe(state), rtol=1e-13)


def test_it_compiles_once(choice):
    traces = []

    @eqx.filter_jit
    def step(network, state):
        traces.append(1)
        return network.step(state)

    chosen = of_model(choice)
    for seed, state in enumerate(states_of(make(chosen))):
        step(build.network(chosen, 3, key=jax.random.key(seed)), state)
    assert len(traces) == 1


def test_the_state_keeps_its_precision(choice):
    network = make(of_model(choice), jnp.float32)
    state = states_of(network, 1)[0].astype(jnp.float32)
    assert network.step(state).dtype == jnp.float32
    assert network.prepared().step(state).dtype == jnp.float32
    assert network.observe(state).dtype == jnp.float32


def test_jacobian_against_finite_differences(choice):
    network = make(of_model(choice))
    (state,) = states_of(network, 1)
    step = (
        1e-6  # central differences: error about step² = 1e-12, rounding about 1e-10; no kink lies that near
    )
    shifts = step * np.eye(network.state_size)
    differences = [(network.step(state + s) - network.step(state - s)) / (2 * step) for s in shifts]
    np.testing.assert_allclose(jax.jacfwd(network.step)(state), np.stack(differences, 1), atol=2e-8)


def test_weights_survive_being_saved_bit_for_bit(choice):
    chosen = of_model(choice)
    network = make(chosen, jnp.float32)
    stored = to_safetensors(weights.to_arrays(network), {})
    template = eqx.filter_eval_shape(build.network, chosen, 3, key=KEY)
    again = weights.from_arrays(template, from_safetensors(stored), origin="w")
    for left, right in zip(jax.tree.leaves(again), jax.tree.leaves(network), strict=True):
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)


def test_the_piecewise_linear_form_is_the_same_map(choice):
    network = make(of_model(choice))
    form = network.cell.piecewise_linear()
    if form is None:
        assert "plrnn" not in choice
        assert choice != "alrnn"
        return
    for state in states_of(network):
        units = jax.nn.relu(form.gate @ state + form.threshold)
        expected = form.linear @ state + form.output @ units + form.bias
        np.testing.assert_allclose(network.step(state), expected, rtol=1e-13, atol=1e-13)


def test_loss_and_gradient_are_finite_and_the_same_in_both_forms(choice):
    if choice not in GRADIENT_MODELS:
        pytest.skip("fitted in closed form")
    network = make(of_model(choice))
    windows = jnp.asarray(series()[: 4 * (WINDOW + 1)].reshape(4, WINDOW + 1, 3))
    forcing = Forcing(TAU)
    loss, gradient = eqx.filter_jit(loss_and_gradient)(network, forcing, windows)
    expected, wanted = eqx.filter_jit(eqx.filter_value_and_grad(sequential_loss))(network, forcing, windows)
    assert abs(loss - expected) <= 1e-12 * abs(expected)
    for name, leaf in weights.to_arrays(gradient).items():
        assert np.all(np.isfinite(leaf)), name
        other = weights.to_arrays(wanted)[name]
        # The same terms summed in another order.
        assert np.max(np.abs(leaf - other)) <= 1e-12 * max(np.max(np.abs(other)), 1e-3), name


@pytest.mark.slow
def test_it_learns_eight_windows_by_heart(choice):
    network = make(of_model(choice))
    data = series()
    if fitted_in_closed_form(choice):
        error = network.cell.fit(jnp.asarray(data), jnp.arange(len(data)), ridge=1e-10).error
        assert error < 1e-3  # of the variance; the state one step before is .05 away
        return
    windows = jnp.asarray(data[: 8 * (WINDOW + 1)].reshape(8, WINDOW + 1, 3))
    optimizer = optax.adam(2e-2)

    def step(carry, _):
        network, state = carry
        loss, gradient = loss_and_gradient(network, Forcing(TAU), windows)
        updates, state = optimizer.update(gradient, state)
        return (eqx.apply_updates(network, updates), state), loss

    arrays, rest = eqx.partition(network, eqx.is_array)

    def body(carry, _):
        (network, state), loss = step((eqx.combine(carry[0], rest), carry[1]), None)
        return (eqx.filter(network, eqx.is_array), state), loss

    _, losses = jax.jit(lambda carry: jax.lax.scan(body, carry, None, 1000))((arrays, optimizer.init(arrays)))
    assert losses[-1] < 0.1 * losses[0]
