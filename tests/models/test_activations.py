"""Derivatives of saturated units: right where 1 - tanh² has no digits left."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.models import network_from_arrays
from rnnchaos.models.activations import sigmoid, tanh
from rnnchaos.tangent import Grade, lyapunov_spectrum, worst


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("x", [0.3, 5.0, 9.99, 10.01, 19.0, 30.0, 230.0, 350.0])
def test_derivatives(x, sign):
    with jax.enable_x64(True):
        # log sech² = log 4 - 2|x| - 2 log(1 + exp(-2|x|)), and σ(1 - σ) likewise.
        for function, rate, height in ((tanh, 2.0, 4.0), (sigmoid, 1.0, 1.0)):
            expected = np.log(height) - rate * x - 2 * np.log1p(np.exp(-rate * x))
            for derivative in (jax.jacfwd(function), jax.jacrev(function)):
                assert np.log(derivative(jnp.float64(sign * x))) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("function", "plain"), [(tanh, jnp.tanh), (sigmoid, jax.nn.sigmoid)])
def test_values_are_those_of_jax(function, plain):
    x = np.linspace(-40, 40, 101)
    with jax.enable_x64(True):
        np.testing.assert_array_equal(function(jnp.asarray(x)), plain(jnp.asarray(x)))
    single = jnp.asarray(x, dtype=jnp.float32)
    np.testing.assert_array_equal(jax.vmap(jax.grad(function))(single), jax.vmap(jax.grad(plain))(single))


def test_a_saturated_unit_has_its_exponent():
    """Two units apart from each other, with weights 3 and 150: the second rests at 1, where tanh is 1 in float64."""
    arrays = {"weight_hh_l0": np.array([[3.0, 0.0], [0.0, 150.0]]), "bias_ih_l0": np.array([0.5, 0.5])}
    network = network_from_arrays(arrays, origin="here", kind="rnn")
    found = lyapunov_spectrum(network, np.ones((2, 2)), num_steps=400)
    rest = 1.0
    for _ in range(200):
        rest = np.tanh(3 * rest + 0.5)
    assert found.exponents[0] == pytest.approx(np.log(3 * (1 - rest**2)), abs=1e-9)
    assert found.exponents[1] == pytest.approx(np.log(150) + np.log(4) - 2 * 150.5, rel=1e-12)
    assert worst(found.checks) is Grade.PASS
