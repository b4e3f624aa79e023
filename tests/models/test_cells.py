"""Every cell: shapes, Jacobians, the inverse of the observation, and the equations against NumPy."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.models import (
    GRU,
    LSTM,
    PLRNN,
    RNN,
    AntisymmetricRNN,
    EchoState,
    IdentityObservation,
    LinearObservation,
    Network,
    OrthogonalRNN,
)

CELLS = [RNN, GRU, LSTM, PLRNN]
KEY = jax.random.key(0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def expected_step(cell, state):
    """The equations of each docstring, written out."""
    if isinstance(cell, RNN):
        return np.tanh(cell.weight @ state + cell.bias)
    if isinstance(cell, PLRNN):
        coupling = cell.weight - np.diag(np.diag(cell.weight))
        return cell.diagonal * state + coupling @ np.maximum(state, 0) + cell.bias
    if isinstance(cell, GRU):
        reset, update, candidate = np.split(cell.weight @ state + cell.bias, 3)
        candidate = np.tanh(cell.candidate_bias + sigmoid(reset) * candidate)
        return (1 - sigmoid(update)) * candidate + sigmoid(update) * state
    hidden, memory = np.split(state, 2)
    take, keep, candidate, release = np.split(cell.weight @ hidden + cell.bias, 4)
    memory = sigmoid(keep) * memory + sigmoid(take) * np.tanh(candidate)
    return np.concatenate([sigmoid(release) * np.tanh(memory), memory])


@pytest.mark.parametrize("cell_class", CELLS)
def test_step_is_the_published_equation(cell_class):
    cell = cell_class(5, key=KEY)
    state = jax.random.normal(jax.random.key(1), (cell.state_size,), jnp.float64)
    # Both sides evaluate the same few float64 operations.
    np.testing.assert_allclose(
        cell.step(state), expected_step(cell, np.asarray(state)), rtol=1e-13, atol=1e-14
    )


@pytest.mark.parametrize("cell_class", CELLS)
def test_jacobian_against_finite_differences(cell_class):
    cell = cell_class(4, key=KEY)
    state = jax.random.normal(jax.random.key(1), (cell.state_size,), jnp.float64)
    step = 1e-6  # central differences of a smooth map: error about step² = 1e-12, rounding about 1e-10
    shifts = step * np.eye(cell.state_size)
    differences = [(cell.step(state + shift) - cell.step(state - shift)) / (2 * step) for shift in shifts]
    np.testing.assert_allclose(jax.jacfwd(cell.step)(state), np.stack(differences, 1), atol=1e-8)


@pytest.mark.parametrize("cell_class", CELLS)
def test_hidden_units_are_put_into_the_state(cell_class):
    cell = cell_class(4, key=KEY)
    hidden = jnp.arange(4.0)
    state = cell.from_hidden(hidden)
    assert state.shape == (cell.state_size,)
    np.testing.assert_array_equal(cell.hidden(state), hidden)
    np.testing.assert_array_equal(state[4:], 0)


@pytest.mark.parametrize("cell_class", CELLS)
def test_initial_weights_are_within_the_published_bound(cell_class):
    for leaf in jax.tree.leaves(cell_class(16, key=KEY)):
        assert jnp.max(jnp.abs(leaf)) <= 0.25


@pytest.mark.parametrize(("dimension", "hidden_size"), [(3, 7), (7, 3), (4, 4)])
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
def test_the_inverse_is_moore_penrose(dtype, dimension, hidden_size):
    observation = LinearObservation(dimension, hidden_size, key=KEY)
    network = Network(RNN(hidden_size, key=KEY), observation).astype(dtype)
    matrix, inverse = network.observation.matrix(), network.observation.inverse()
    assert inverse.dtype == dtype
    tolerance = 100 * jnp.finfo(dtype).eps  # a QR of condition number about 2 (3 × 7, 7 × 3) and 7 (4 × 4)
    np.testing.assert_allclose(inverse, np.linalg.pinv(observation.weight), atol=tolerance)
    one = matrix @ inverse if dimension <= hidden_size else inverse @ matrix
    np.testing.assert_allclose(one, np.eye(min(dimension, hidden_size)), atol=tolerance)


@pytest.mark.parametrize("shape", [(64, 16), (16, 64)])
def test_the_inverse_keeps_its_digits_in_float32(shape):
    rng = np.random.default_rng(0)
    left, right = (np.linalg.qr(rng.standard_normal((size, 16)))[0] for size in shape)
    matrix = (left * np.geomspace(1, 1e-3, 16)) @ right.T  # condition number 1e3; of BᵀB 1e6
    observation = LinearObservation.of(jnp.asarray(matrix, jnp.float32))
    exact = np.linalg.pinv(np.asarray(observation.weight, np.float64))
    # In units of eps · condition; the normal equations are off by condition² · eps = 6e-2.
    assert np.linalg.norm(observation.inverse() - exact, 2) <= 3e-4 * np.linalg.norm(exact, 2)


@pytest.mark.parametrize("shape", [(5, 2), (2, 5), (3, 3)])
def test_gradients_flow_through_the_inverse(shape):
    observation = LinearObservation(*shape, key=KEY)
    weighted = jax.random.normal(jax.random.key(1), shape[::-1], jnp.float64)

    def total(matrix):
        return jnp.sum(weighted * LinearObservation.of(matrix).inverse())

    gradient = jax.grad(total)(observation.weight)
    step = 1e-6  # central differences: error about step², rounding about 1e-10
    for place in np.ndindex(shape):
        shift = np.zeros(shape)
        shift[place] = step
        difference = total(observation.weight + shift) - total(observation.weight - shift)
        np.testing.assert_allclose(gradient[place], difference / (2 * step), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("observe", [partial(LinearObservation, key=KEY), IdentityObservation])
def test_a_forced_state_is_observed_as_the_data(observe):
    network = Network(LSTM(5, key=KEY), observe(2, 5))
    x = jnp.array([0.3, -1.2])
    np.testing.assert_allclose(network.observe(network.force(x)), x, atol=1e-14)


def test_what_fewer_units_show_is_the_projection_of_the_data():
    network = Network(LSTM(2, key=KEY), LinearObservation(5, 2, key=KEY))
    x = jax.random.normal(jax.random.key(1), (5,), jnp.float64)
    shown = network.observe(network.force(x))
    fitted, *_ = np.linalg.lstsq(np.asarray(network.observation.weight), np.asarray(x))
    np.testing.assert_allclose(shown, network.observation.weight @ fitted, atol=1e-14)
    np.testing.assert_allclose(network.observe(network.force(shown)), shown, atol=1e-14)


def test_too_few_hidden_units():
    message = r"^hidden_size must be at least the 3 observed dimensions, got 2"
    hint = "; observation=linear takes fewer units than dimensions$"
    with pytest.raises(ConfigError, match=message + hint):
        IdentityObservation(3, 2)
    with pytest.raises(ConfigError, match=message + "$"):
        EchoState(2, degree=1, dimension=3, key=KEY)


@pytest.mark.parametrize("cell_class", CELLS)
def test_no_hidden_units(cell_class):
    with pytest.raises(ConfigError, match=r"^hidden_size must be at least 1 unit, got 0$"):
        cell_class(0, key=KEY)


def test_an_antisymmetric_network_is_kept_within_its_bound():
    cell = AntisymmetricRNN(6, key=KEY)
    cell = eqx.tree_at(lambda c: c.weight, cell, 50 * cell.weight)
    # The bound of the docstring holds with equality where W had to be scaled: the sum of log cosh u then never grows.
    matrix = cell.prepared().matrix
    antisymmetric = matrix + cell.diffusion * np.eye(6)
    np.testing.assert_allclose(antisymmetric, -antisymmetric.T, atol=1e-14)
    np.testing.assert_allclose(
        cell.dt * (np.linalg.norm(antisymmetric, 2) ** 2 + cell.diffusion**2), 2 * cell.diffusion, rtol=1e-12
    )
    state = 3 * jax.random.normal(KEY, (6,), jnp.float64)
    energies = []
    for _ in range(50):
        energies.append(float(jnp.sum(jnp.logaddexp(matrix @ state, -matrix @ state))))
        state = cell.step(state)
    assert np.all(np.diff(energies) <= 1e-12)
    free = AntisymmetricRNN(6, stable=False, key=KEY)
    assert np.linalg.norm(free.prepared().matrix, 2) > free.largest_norm


def test_no_jacobian_of_an_orthogonal_network_stretches():
    cell = OrthogonalRNN(7, key=KEY)
    cell = eqx.tree_at(lambda c: c.generator, cell, jax.random.normal(KEY, (7, 7), jnp.float64))
    weight = cell.prepared().weight
    np.testing.assert_allclose(weight @ weight.T, np.eye(7), atol=1e-13)
    for key in jax.random.split(KEY, 5):
        jacobian = jax.jacfwd(cell.step)(jax.random.normal(key, (7,), jnp.float64))
        assert np.linalg.norm(jacobian, 2) <= 1 + 1e-13


def test_an_input_enters_every_gate_as_in_pytorch():
    """The equations of PyTorch's GRU and LSTM with an input, written out."""
    state, (given, taken) = np.linspace(-0.5, 0.5, 8), np.random.default_rng(0).standard_normal((2, 3))
    gru = GRU(8, key=KEY)
    matrix = np.asarray(gru.input_matrix(3, key=KEY))
    r, z, n = np.split(matrix @ given, 3)
    r_kept, z_kept, n_kept = np.split(np.asarray(gru.weight @ state + gru.bias), 3)
    candidate = np.tanh(n + gru.candidate_bias + sigmoid(r + r_kept) * n_kept)
    expected = (1 - sigmoid(z + z_kept)) * candidate + sigmoid(z + z_kept) * state
    np.testing.assert_allclose(
        gru.driven(jnp.asarray(matrix @ given)).step(jnp.asarray(state)), expected, rtol=1e-13
    )
    lstm = LSTM(4, key=KEY)
    matrix = np.asarray(lstm.input_matrix(3, key=KEY))
    i, f, g, o = np.split(np.asarray(lstm.weight @ state[:4] + lstm.bias) + matrix @ taken, 4)
    memory = sigmoid(f) * state[4:] + sigmoid(i) * np.tanh(g)
    expected = np.concatenate([sigmoid(o) * np.tanh(memory), memory])
    np.testing.assert_allclose(
        lstm.driven(jnp.asarray(matrix @ taken)).step(jnp.asarray(state)), expected, rtol=1e-13
    )
