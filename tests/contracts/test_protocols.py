"""What every protocol of the config folder must do, whatever it is. A new one is found by its file."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import KEY, PROTOCOLS, WINDOW, make, of_protocol, series, states_of, training_series

from rnnchaos.errors import ConfigError
from rnnchaos.models import weights
from rnnchaos.protocols import Forcing
from rnnchaos.settings import build
from rnnchaos.tangent import log_jacobian_product
from rnnchaos.training import Trainer, forced_states, loss_and_gradient, sequential_loss

every_protocol = pytest.mark.parametrize("choice", PROTOCOLS)


def windows(count=4):
    return jnp.asarray(series()[: count * (WINDOW + 1)].reshape(count, WINDOW + 1, 3))


def arrays(tree):
    return weights.to_arrays(tree)


@every_protocol
def test_the_fast_form_is_the_sequential_form(choice):
    chosen = of_protocol(choice)
    network, trainer = make(chosen), build.trainer(chosen)
    if not isinstance(trainer, Trainer):
        pytest.skip("fitted in closed form")
    forcing = trainer.forcing.at_step(jnp.asarray(0.5), key=KEY)
    heard = windows() + 0.01 * jax.random.normal(KEY, windows().shape, jnp.float64)
    loss, gradient = eqx.filter_jit(loss_and_gradient)(network, forcing, windows(), heard)
    oracle = eqx.filter_value_and_grad(sequential_loss)
    expected, wanted = oracle(network, forcing, windows(), heard)  # not compiled
    assert abs(loss - expected) <= 1e-12 * abs(expected)
    for name, leaf in arrays(gradient).items():
        assert np.all(np.isfinite(leaf)), name
        # The same terms summed in another order.
        assert np.max(np.abs(leaf - arrays(wanted)[name])) <= 1e-12 * max(np.max(np.abs(leaf)), 1e-3), name


@every_protocol
def test_training(choice, monkeypatch):
    """Finite, in its precision, the same for the same key, indifferent to how it is cut up, and compiled once."""
    from rnnchaos.training import deer as module

    traced = []
    original = module.loss_and_gradient
    monkeypatch.setattr(module, "loss_and_gradient", lambda *given: traced.append(1) or original(*given))
    chosen = of_protocol(choice)
    trainer = build.trainer(chosen)
    data = training_series(trainer)
    start = trainer.init(make(chosen, jnp.float32), key=KEY)

    state, records = trainer.run(start, data, 4)
    assert not bool(state.diverged)
    assert {leaf.dtype for leaf in jax.tree.leaves(eqx.filter(state.network, eqx.is_array))} == {
        jnp.dtype("float32")
    }
    assert all(np.all(np.isfinite(values)) for values in (records.loss, *records.traces.values()))
    assert any(np.any(leaf != arrays(start.network)[name]) for name, leaf in arrays(state.network).items())

    so_far = len(traced)
    assert_identical(trainer.run(start, data, 4)[0], state)
    onward, _ = trainer.run(state, data, 4)
    assert len(traced) == so_far
    if trainer.num_steps > 1:
        assert_identical(trainer.run(start, data, 8)[0], onward)


def assert_identical(left, right):
    for name, leaf in arrays(left).items():
        np.testing.assert_array_equal(leaf, arrays(right)[name], err_msg=name)


def losses(network, *forcings):
    return [eqx.filter_value_and_grad(sequential_loss)(network, forcing, windows()) for forcing in forcings]


def assert_equal(left, right):
    assert abs(left[0] - right[0]) <= 1e-13 * abs(right[0])
    for a, b in zip(jax.tree.leaves(left[1]), jax.tree.leaves(right[1]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


def test_limits_of_generalised_forcing():
    network = make(of_protocol("gtf"))
    none, all_of_it = Forcing(1, 0.0), Forcing(1, 1.0)
    assert_equal(*losses(network, none, Forcing(None)))
    assert_equal(*losses(network, all_of_it, Forcing(1)))


def test_limits_of_sparse_forcing():
    network = make(of_protocol("sparse_forcing"))
    assert_equal(*losses(network, Forcing(WINDOW), Forcing(None)))
    # Partial forcing of a state that is observed entirely is forcing of the whole state.
    entire = make(of_protocol("sparse_forcing", "model.hidden_size=3", "model.observation=identity"))
    assert_equal(*losses(entire, Forcing(4, partial=True), Forcing(4)))
    with pytest.raises(ConfigError, match=r"^tau must be at most training.window"):
        Forcing(WINDOW + 1).reset_interval(WINDOW)


def test_partial_forcing_keeps_what_is_not_observed():
    network = make(of_protocol("sparse_forcing", "model.observation=identity"))
    state, x = states_of(network)[0], jnp.array([1.0, 2.0, 3.0])
    forcing = Forcing(1, partial=True)
    forced = forcing.force(state, network.force(x), network.force(network.observe(state)), jnp.asarray(1))
    np.testing.assert_allclose(forced, jnp.concatenate([x, state[3:]]), atol=1e-14)


def sensitivity(forcing, network):
    """Of the last predicted state to each point of the window."""

    def last(window):
        return jnp.sum(forced_states(network, forcing, window)[-1] ** 2)

    return np.abs(jax.grad(last)(windows(1)[0])).sum(1)


def test_gradients_are_cut_where_the_state_is_forced():
    network = make(of_protocol("sparse_forcing"))
    whole = sensitivity(Forcing(5), network)
    assert np.all(whole[:10] == 0)  # forced at t = 0, 5, 10 of 13 steps
    assert whole[10] > 0
    in_part = sensitivity(Forcing(5, partial=True), network)
    assert np.all(in_part[[0, 5, 10]] > 0)


def test_products_of_jacobians_are_bounded_under_generalised_forcing():
    network = make(of_protocol("gtf"))
    network = eqx.tree_at(lambda n: n.cell.weight, network, 4 * network.cell.weight)
    states = states_of(network, 30)
    largest = max(np.linalg.norm(jax.jacfwd(network.step)(state), 2) for state in states)
    assert largest > 1
    for alpha in (0.1, 1 - 1 / largest):

        def forced_step(state, alpha=alpha):
            forcing = Forcing(1, alpha)
            return network.step(forcing.force(state, jnp.zeros_like(state), state, jnp.asarray(1)))

        # J (1 - α) at the state that has been forced, for states so that these are the ones above.
        product = log_jacobian_product(forced_step, states / (1 - alpha))
        assert product <= 30 * np.log((1 - alpha) * largest) + 1e-9
