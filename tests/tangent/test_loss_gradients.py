"""Gradients of the loss at one step against automatic differentiation, and beyond the range of floats."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent import loss_gradient_norms

RNG = np.random.default_rng(0)
PARAMS = {
    "weights": jnp.asarray(RNG.standard_normal((5, 5))),
    "bias": jnp.asarray(RNG.standard_normal(5)),
    "observation": jnp.asarray(RNG.standard_normal((2, 5))),
}
START = jnp.asarray(RNG.uniform(-1, 1, 5))
TARGETS = RNG.standard_normal((41, 2))


def advance(params, state):
    return jnp.tanh(params["weights"] @ state + params["bias"])


def loss(params, state, target):
    return jnp.mean((params["observation"] @ state - target) ** 2)


def by_differentiation(lag):
    def loss_at(params):
        state = START
        for _ in range(lag):
            state = advance(params, state)
        return loss(params, state, jnp.asarray(TARGETS[lag]))

    gradient = jax.grad(loss_at)(PARAMS)
    return np.log(np.sqrt(sum(np.sum(np.asarray(leaf) ** 2) for leaf in jax.tree.leaves(gradient))))


def test_against_automatic_differentiation():
    lags = [1, 2, 7, 40]
    found = loss_gradient_norms(advance, loss, PARAMS, START, TARGETS, lags=lags)
    np.testing.assert_allclose(found, [by_differentiation(lag) for lag in lags], rtol=0, atol=1e-10)


def test_what_is_prepared_once_has_the_gradient_of_the_parameters_before():
    """A symmetric matrix made of free weights: worked out at every step, or once."""

    def prepare(params):
        return {**params, "weights": params["weights"] + params["weights"].T}

    lags = [1, 7, 40]
    once = loss_gradient_norms(advance, loss, PARAMS, START, TARGETS, lags=lags, prepare=prepare)
    every_step = loss_gradient_norms(
        lambda params, state: advance(prepare(params), state), loss, PARAMS, START, TARGETS, lags=lags
    )
    # The same float64 operations, summed in another order.
    np.testing.assert_allclose(once, every_step, rtol=0, atol=1e-10)


def test_takes_parameters_in_float32():
    single = jax.tree.map(lambda leaf: leaf.astype(jnp.float32), PARAMS)
    double = jax.tree.map(lambda leaf: leaf.astype(jnp.float64), single)
    with jax.enable_x64(False):
        found = loss_gradient_norms(advance, loss, single, np.asarray(START), TARGETS, lags=[30])
    np.testing.assert_array_equal(
        found, loss_gradient_norms(advance, loss, double, START, TARGETS, lags=[30])
    )


def test_neither_overflows_nor_loses_terms():
    """z_T = a^T z_0 with a = -2 on z_0 = 1e-300: dL/da = 2 z_T · T z_T / a."""
    lags = np.array([10, 500, 1_000])
    found = loss_gradient_norms(
        lambda a, z: a * z,
        lambda a, z, x: jnp.sum(z),
        jnp.float64(-2.0),
        np.array([1e-300]),
        np.zeros((1_001, 1)),
        lags=lags,
    )
    expected = np.log(lags) + (lags - 1) * np.log(2) - 300 * np.log(10)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_growth_beyond_the_range_of_floats():
    """An affine chaotic map, z' = 3z mod 1 with θ added: dz_T/dθ = (3^T - 1) / 2."""
    lags = np.array([3, 700, 10_000])
    found = loss_gradient_norms(
        lambda shift, z: jnp.mod(3 * z + shift, 1.0),
        lambda shift, z, x: jnp.sum(z),
        jnp.float64(0.0),
        np.array([0.3]),
        np.zeros((10_001, 1)),
        lags=lags,
    )
    expected = lags * np.log(3) + np.log1p(-np.exp(-lags * np.log(3))) - np.log(2)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_plateau_on_a_stable_orbit():
    """z' = z/2 + θ: dz_T/dθ = 2 (1 - 2^-T) stays bounded although dz_T/dz_0 vanishes (Theorem 1)."""
    found = loss_gradient_norms(
        lambda shift, z: z / 2 + shift,
        lambda shift, z, x: jnp.sum(z),
        jnp.float64(0.1),
        np.array([0.7]),
        np.zeros((5_001, 1)),
        lags=[1, 2, 5_000],
    )
    np.testing.assert_allclose(found, np.log([1, 1.5, 2]), atol=1e-14)


def test_a_perfect_prediction_has_no_gradient():
    targets = np.zeros((3, 1))
    found = loss_gradient_norms(
        lambda a, z: a * z, lambda a, z, x: jnp.sum((z - x) ** 2), 0.5, np.zeros(1), targets, lags=[2]
    )
    assert np.isneginf(found[0])


def test_targets_that_end_too_early():
    with pytest.raises(ConfigError) as caught:
        loss_gradient_norms(advance, loss, PARAMS, START, TARGETS, lags=[10, 41])
    assert str(caught.value) == "lags must be below the 41 steps of the targets, got 41"


def test_escape_to_infinity():
    with pytest.raises(RunError) as caught:
        loss_gradient_norms(
            lambda a, z: a * z**2,
            lambda a, z, x: jnp.sum(z),
            1.0,
            np.full(1, 10.0),
            np.zeros((20, 1)),
            lags=[19],
        )
    assert str(caught.value) == "the orbit left every bound by step 9: its gradients have no norm"


def test_under_inputs_against_automatic_differentiation():
    inputs = RNG.standard_normal((40, 5))

    def driven(params, state, given):
        return jnp.tanh(params["weights"] @ state + params["bias"] + given)

    def loss_at(params, lag):
        state = START
        for given in inputs[:lag]:
            state = driven(params, state, given)
        return loss(params, state, jnp.asarray(TARGETS[lag]))

    lags = [1, 2, 9, 40]
    found = loss_gradient_norms(driven, loss, PARAMS, START, TARGETS, lags=lags, inputs=inputs)
    for lag, norm in zip(lags, found, strict=True):
        leaves = jax.tree.leaves(jax.grad(loss_at)(PARAMS, lag))
        np.testing.assert_allclose(norm, 0.5 * np.log(sum(np.sum(leaf**2) for leaf in leaves)), rtol=1e-11)
    with pytest.raises(ConfigError, match=r"^lags must be at most the 39 steps of the inputs, got 40$"):
        loss_gradient_norms(driven, loss, PARAMS, START, TARGETS, lags=lags, inputs=inputs[:39])
