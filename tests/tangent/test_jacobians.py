"""Norms of products of Jacobians against dense products, and where those would overflow."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent import jacobian_norms, jacobians, log_jacobian_product

WEIGHTS = np.random.default_rng(0).standard_normal((6, 6)) * 2 / np.sqrt(6)


def network(z):
    return jnp.tanh(jnp.asarray(WEIGHTS) @ z)


def henon(x):
    return jnp.stack([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])


def orbit(step, state, length):
    states = [state]
    for _ in range(length - 1):
        states.append(step(states[-1]))
    return jnp.stack(states)


def dense_norm(step, states):
    product = np.eye(states.shape[1])
    for state in states:
        product = np.asarray(jax.jacfwd(step)(state)) @ product
    return np.log(np.linalg.norm(product, ord=2))


def test_against_dense_products():
    starts = jnp.asarray(np.random.default_rng(1).uniform(-1, 1, (3, 6)))
    lags = [1, 2, 5, 20]
    found = jacobian_norms(network, starts, lags=lags)
    expected = [[dense_norm(network, orbit(network, start, lag)) for lag in lags] for start in starts]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_one_start_has_an_axis_of_its_own():
    assert jacobian_norms(network, np.zeros(6), lags=np.array([1, 3])).shape == (1, 2)


@pytest.mark.parametrize("factor", [30.0, 1 / 30])
def test_neither_overflows_nor_underflows(factor):
    """30^10000 has 14 771 digits."""
    found = jacobian_norms(lambda x: factor * x, jnp.zeros(3), lags=[100, 10_000])
    np.testing.assert_allclose(found, np.log(factor) * np.array([[100, 10_000]]), rtol=1e-13)


def test_grows_with_the_largest_exponent_in_chaos():
    found = jacobian_norms(henon, jnp.zeros(2), lags=[10_000])
    assert found[0, 0] / 10_000 == pytest.approx(0.41909, abs=0.02)  # the sd at this length is .006


def test_singular_jacobian():
    assert np.isneginf(jacobian_norms(lambda x: 0 * x, jnp.ones(2), lags=[2]))


def test_product_along_given_states():
    states = jnp.asarray(np.random.default_rng(2).uniform(-1, 1, (15, 6)))
    found = jax.jit(lambda states: log_jacobian_product(network, states))(states)
    assert float(found) == pytest.approx(dense_norm(network, states), rel=1e-12)


def test_product_begins_anew_at_a_reset():
    states = jnp.asarray(np.random.default_rng(2).uniform(-1, 1, (15, 6)))
    resets = jnp.zeros(15, dtype=bool).at[jnp.array([0, 4, 10])].set(True)
    found = log_jacobian_product(network, states, resets=resets)
    assert float(found) == pytest.approx(dense_norm(network, states[10:]), rel=1e-12)


def test_product_keeps_the_precision_of_the_states():
    states = jnp.zeros((3, 6), dtype=jnp.float32)
    assert log_jacobian_product(lambda z: jnp.float32(0.5) * z, states).dtype == jnp.float32


@pytest.mark.parametrize("lags", [[], [0, 1], [3, 2], [2, 2]])
def test_lags_out_of_bounds(lags):
    with pytest.raises(ConfigError) as caught:
        jacobian_norms(network, jnp.zeros(6), lags=lags)
    assert str(caught.value) == f"lags must be whole, increasing numbers of steps from 1 on, got {lags}"


def test_escape_to_infinity():
    with pytest.raises(RunError) as caught:
        jacobian_norms(henon, jnp.array([[0.0, 0.0], [5.0, 0.0]]), lags=[1, 5, 50])
    assert str(caught.value) == "orbit 2 of 2 left every bound by step 50: its Jacobians have no norm"


def test_along_inputs_it_is_the_product_of_what_each_input_makes():
    """One driven tanh unit: log|∏ w (1 - z_t²)| along the states that the inputs of each start make."""
    weight = 1.7
    inputs = np.random.default_rng(0).standard_normal((2, 30, 1))

    def step(state, given):
        return jnp.tanh(weight * state + given)

    expected = np.zeros((2, 30))
    states = []
    for row, z in enumerate((0.3, -0.2)):
        total = 0.0
        for t, given in enumerate(inputs[row, :, 0]):
            states.append(z)
            z = np.tanh(weight * z + given)
            total += np.log(weight * (1 - z**2))
            expected[row, t] = total
    lags = np.array([1, 4, 30])
    found = jacobian_norms(step, [[0.3], [-0.2]], lags=lags, inputs=inputs)
    np.testing.assert_allclose(found, expected[:, lags - 1], rtol=1e-12)
    given_states = jnp.asarray(states[:30])[:, None]
    product = log_jacobian_product(step, given_states, jnp.asarray(inputs[0]))
    np.testing.assert_allclose(product, expected[0, -1], rtol=1e-12)
    with pytest.raises(ConfigError, match=r"^lags must be at most the 29 steps of the inputs, got 30$"):
        jacobian_norms(step, [[0.3], [-0.2]], lags=lags, inputs=inputs[:, :29])


WIDE = np.random.default_rng(3).standard_normal((60, 60)) * 2 / np.sqrt(60)


def wide(z):
    return jnp.tanh(jnp.asarray(WIDE) @ z)


def test_columns_that_rounding_hides_are_left_out_of_wide_products(monkeypatch):
    starts = np.random.default_rng(4).uniform(-1, 1, (2, 60))
    lags = [1, 10, 100, 500, 1000, 2000]
    widths = []
    norms = jacobians._norms
    monkeypatch.setattr(
        jacobians, "_norms", lambda *given: widths.append(given[1][1].rows.shape[1]) or norms(*given)
    )
    found = jacobian_norms(wide, starts, lags=lags)
    assert widths[0] == 60
    assert widths[-1] < 20

    monkeypatch.setattr(jacobians, "_WIDE", 60)
    np.testing.assert_allclose(found, jacobian_norms(wide, starts, lags=lags), rtol=0, atol=1e-9)


@pytest.mark.parametrize("left", [0.0, 1e-30])
def test_what_was_left_out_comes_back_where_the_rest_is_lost(left):
    """One unit decays more slowly than 59 others, which stay where it is then lost: .5^200 is the norm."""
    inputs = np.concatenate([np.tile([0.9, 0.5], (200, 1)), np.tile([left, 1.0], (20, 1))])[None]

    def step(state, given):
        return jnp.concatenate([state[:1] * given[0], state[1:] * given[1]])

    lags = [50, 100, 150, 200, 201, 220]
    found = jacobian_norms(step, np.ones((1, 60)), lags=lags, inputs=inputs)
    factors = [0.9**50, 0.9**100, 0.9**150, 0.9**200, max(left * 0.9**200, 0.5**200), 0.5**200]
    np.testing.assert_allclose(found, np.log([factors]), rtol=1e-12)


def test_a_wide_orbit_that_escapes():
    with pytest.raises(RunError, match="orbit 1 of 1 left every bound by step 50"):
        jacobian_norms(lambda x: x**2, np.full((1, 60), 3.0), lags=[1, 5, 50])
