"""The segment form of sparse forcing is the sequential form, computed differently."""

import equinox as eqx
import jax
import jax.numpy as jnp
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.models import (
    GRU,
    LSTM,
    PLRNN,
    RNN,
    IdentityObservation,
    InputTerm,
    LinearObservation,
    Network,
)
from rnnchaos.protocols import Forcing
from rnnchaos.training import forced_states, loss_and_gradient, segment_loss_and_gradient, sequential_loss

sequential = eqx.filter_jit(eqx.filter_value_and_grad(sequential_loss))
segments = eqx.filter_jit(segment_loss_and_gradient)
fastest = eqx.filter_jit(loss_and_gradient)

CELLS = {"RNN": RNN, "GRU": GRU, "LSTM": LSTM, "PLRNN": PLRNN}


def make_network(cell: str, observation: str = "linear", hidden_size: int = 6) -> Network:
    cell_key, observation_key = jax.random.split(jax.random.key(1))
    if observation == "linear":
        observed = LinearObservation(3, hidden_size, key=observation_key)
    else:
        observed = IdentityObservation(3, hidden_size)
    return Network(CELLS[cell](hidden_size, key=cell_key), observed)


def assert_same(actual, expected):
    """Agreement to 1e-12 of the largest entry: both forms sum the same float64 terms in another order."""
    (loss, gradient), (expected_loss, expected_gradient) = actual, expected
    assert abs(loss - expected_loss) <= 1e-12 * abs(expected_loss)
    for leaf, expected_leaf in zip(
        jax.tree.leaves(gradient), jax.tree.leaves(expected_gradient), strict=True
    ):
        assert jnp.max(jnp.abs(leaf - expected_leaf)) <= 1e-12 * jnp.max(jnp.abs(expected_leaf))


RAGGED = (13, 5)


@pytest.mark.parametrize(
    ("cell", "observation", "window", "tau"),
    [
        *(pytest.param(cell, "linear", *RAGGED, id=f"{cell}, ragged last segment") for cell in CELLS),
        *(pytest.param(cell, "linear", 12, 4, id=f"{cell}, whole segments") for cell in CELLS),
        pytest.param("GRU", "identity", *RAGGED, id="identity observation"),
        pytest.param("LSTM", "linear", 11, 10, id="last segment of one step"),
        pytest.param("LSTM", "linear", 9, 1, id="teacher forcing"),
        pytest.param("LSTM", "linear", 9, 9, id="free"),
    ],
)
def test_segments_equal_the_sequential_form(cell, observation, window, tau):
    network = make_network(cell, observation)
    windows = jax.random.normal(jax.random.key(2), (4, window + 1, 3), jnp.float64)
    assert_same(
        segments(network, Forcing(tau), windows, windows),
        sequential(network, Forcing(tau), windows),
    )


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    ("window", "tau", "washout"), [(13, 5, 2), (12, 4, 1), (11, 10, 3), (9, 2, 7), (9, 1, 2)]
)
def test_both_forms_leave_out_the_same_steps(cell, window, tau, washout):
    network = make_network(cell)
    windows = jax.random.normal(jax.random.key(2), (4, window + 1, 3), jnp.float64)
    forcing = Forcing(tau, washout=washout)
    assert_same(fastest(network, forcing, windows), sequential(network, forcing, windows))


def test_errors_just_after_a_forcing_do_not_count():
    network = make_network("LSTM")
    window = jax.random.normal(jax.random.key(2), (1, 9, 3), jnp.float64)
    forcing = Forcing(4, washout=3)
    states = forced_states(network, forcing, window[0])
    errors = jnp.mean((jax.vmap(network.observe)(states) - window[0, 1:]) ** 2, axis=1)
    # Only the fourth step after each forcing is left.
    expected = (errors[3] + errors[7]) / 2
    assert abs(sequential_loss(network, forcing, window) - expected) < 1e-14
    # A washout as long as the interval leaves the same.
    assert sequential_loss(network, Forcing(4, washout=9), window) == sequential_loss(
        network, forcing, window
    )
    with pytest.raises(ConfigError, match=r"^washout must be at least 0 steps, got -1$"):
        Forcing(4, washout=-1)


def test_many_segments_are_summed_over_blocks():
    network = make_network("LSTM")
    windows = jax.random.normal(
        jax.random.key(2), (67, 24, 3), jnp.float64
    )  # 8 segments a window, 536 in 3 blocks
    assert_same(segments(network, Forcing(3), windows, windows), sequential(network, Forcing(3), windows))


def test_running_freely_is_a_limit_of_sparse_forcing():
    network = make_network("GRU")
    windows = jax.random.normal(jax.random.key(3), (4, 11, 3), jnp.float64)
    expected = sequential(network, Forcing(None), windows)
    assert_same(fastest(network, Forcing(10), windows), expected)
    assert_same(fastest(network, Forcing(None), windows), expected)


def test_a_forcing_cuts_the_gradient_to_what_came_before():
    network = make_network("RNN", "identity")
    window = jax.random.normal(jax.random.key(4), (9, 3), jnp.float64)

    def last_error(window):
        return jnp.sum(network.observe(forced_states(network, Forcing(4), window)[-1]) ** 2)

    sensitivity = jax.jit(jax.grad(last_error))(window)
    assert jnp.all(sensitivity[:4] == 0)  # x_0 … x_3 lie before the forcing at t = 4
    assert jnp.all(sensitivity[4] != 0)


def test_tau_beyond_the_window_is_refused():
    network = make_network("RNN")
    with pytest.raises(ConfigError, match=r"^tau must be at most training.window \(10 steps\), got 11"):
        loss_and_gradient(network, Forcing(11), jnp.zeros((2, 11, 3)))


def test_tau_below_one_is_refused():
    with pytest.raises(ConfigError, match=r"^tau must be at least 1 step, got 0$"):
        Forcing(0)


def driven_network(cell: str) -> Network:
    network = make_network(cell)
    matrix = network.cell.input_matrix(2, key=jax.random.key(5))
    return Network(network.cell, network.observation, InputTerm(matrix))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    ("window", "tau", "batch"), [(*RAGGED, 4), (12, 1, 30)]
)  # 360 segments are two blocks
def test_segments_equal_the_sequential_form_under_inputs(cell, window, tau, batch):
    network = driven_network(cell)
    windows = jax.random.normal(jax.random.key(2), (batch, window + 1, 3), jnp.float64)
    inputs = jax.random.normal(jax.random.key(3), (batch, window + 1, 2), jnp.float64)
    forced = segments(network, Forcing(tau), windows, windows, inputs)
    assert_same(forced, sequential(network, Forcing(tau), windows, windows, inputs))
    assert jnp.any(forced[1].drive.weight != 0)


@pytest.mark.parametrize("forcing", [Forcing(4), Forcing(1, 0.3), Forcing(3, partial=True), Forcing(None)])
def test_an_input_acts_on_the_step_into_its_row(forcing):
    """Written out: row t of the inputs predicts row t of the window, and the first row acts on nothing."""
    network = driven_network("GRU")
    window = jax.random.normal(jax.random.key(2), (10, 3), jnp.float64)
    inputs = jax.random.normal(jax.random.key(3), (10, 2), jnp.float64)
    state, errors = network.force(window[0]), []
    for t in range(9):
        if t > 0:
            seen = network.force(network.observe(state))
            state = forcing.force(state, network.force(window[t]), seen, jnp.asarray(t))
        state = network.step(state, inputs[t + 1])
        errors.append(jnp.mean((network.observe(state) - window[t + 1]) ** 2))
    loss, _ = fastest(network, forcing, window[None], window[None], inputs[None])
    assert abs(loss - sum(errors) / 9) < 1e-13
    unheard = inputs.at[0].set(100.0)
    assert fastest(network, forcing, window[None], window[None], unheard[None])[0] == loss
