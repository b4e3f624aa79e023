"""The shallow network with a smooth layer against its equations."""

from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import erf, expit

from rnnchaos.models import ShallowPLRNN, ShallowRNN
from rnnchaos.models.shallow_rnn import SmoothActivation

TEXTBOOK = {
    "silu": lambda x: x * expit(x),
    "gelu": lambda x: 0.5 * x * (1 + erf(x / np.sqrt(2))),
    "softplus": lambda x: np.log1p(np.exp(x)),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "tanh": np.tanh,
}
every_activation = pytest.mark.parametrize("activation", get_args(SmoothActivation))
KEY = jax.random.key(0)


@every_activation
@pytest.mark.parametrize("bounded", [False, True])
def test_the_step_is_that_of_its_equation(activation, bounded):
    cell = ShallowRNN(4, 7, activation, bounded, key=KEY)
    state = np.random.default_rng(0).standard_normal(4)
    seen = np.asarray(cell.layer_weight) @ state
    layer = TEXTBOOK[activation](seen + np.asarray(cell.layer_bias))
    layer = layer - TEXTBOOK[activation](seen) if bounded else layer
    expected = np.asarray(cell.diagonal) * state + np.asarray(cell.weight) @ layer + np.asarray(cell.bias)
    np.testing.assert_allclose(cell.step(jnp.asarray(state)), expected, rtol=1e-12, atol=1e-14)


@every_activation
def test_orbits_of_the_bounded_form_stay_within_a_bound(activation):
    """|φ(a + h) - φ(a)| ≤ 1.13 |h|, gelu being the steepest, so |z| ≤ (|W_1| 1.13 |h_2| + |h_1|) / (1 - max |A|)."""
    cell = ShallowRNN(4, 7, activation, bounded=True, key=KEY)
    most = float(jnp.max(jnp.abs(cell.weight) @ (1.13 * jnp.abs(cell.layer_bias)) + jnp.abs(cell.bias)))
    bound = most / (1 - float(jnp.max(jnp.abs(cell.diagonal))))
    state = 1e6 * jax.random.normal(jax.random.key(1), (4,), jnp.float64)
    state = jax.lax.fori_loop(0, 20_000, lambda _, state: cell.step(state), state)
    assert jnp.max(jnp.abs(state)) <= bound


@pytest.mark.parametrize("activation", ["silu", "gelu", "softplus", "elu"])
def test_far_from_its_kinks_it_is_the_piecewise_linear_network(activation):
    """φ(x) → relu(x) as x → ∞, and for units that are far off, up to a constant (elu), on the other side."""
    key = jax.random.key(3)
    smooth, kinked = ShallowRNN(4, 7, activation, key=key), ShallowPLRNN(4, 7, key=key)
    state = 1e5 * jnp.ones(4)
    jacobians = [np.asarray(jax.jacobian(cell.step)(state)) for cell in (smooth, kinked)]
    np.testing.assert_allclose(*jacobians, atol=1e-12)
