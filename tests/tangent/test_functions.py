"""Functions that are given from outside: what is none, or is none of JAX, is said before anything is computed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import rnnchaos
from rnnchaos.tangent.functions import check_divergence, check_step

CHANCE = np.random.default_rng(0)
SETTINGS = {"num_steps": 400}


def henon(x):
    return jnp.stack([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])


@pytest.mark.parametrize("measured", [rnnchaos.lyapunov_spectrum, rnnchaos.find_attractors])
@pytest.mark.parametrize(
    ("divergence", "message"),
    [
        (lambda state: 1.0, r"divergence must take the states .*, got from it: .* but 2 were given"),
        (lambda *states: jnp.zeros(2), r"divergence must return one number, got an array of shape \(2,\)"),
        (lambda *states: None, "divergence must return one number, got a NoneType"),
        (lambda *states: 1j * states[0][0], "divergence must return a real number, got complex128"),
        (lambda *states: float(states[0][0]), "divergence must be written in jax.numpy, .*"),
    ],
)
def test_a_divergence_that_is_none(measured, divergence, message):
    with pytest.raises(rnnchaos.ConfigError, match=f"^{message}$"):
        measured(henon, [0.0, 0.0], divergence=divergence, **SETTINGS)


@pytest.mark.parametrize("given", [3, "henon", [henon]])
def test_what_is_no_function(given):
    with pytest.raises(
        rnnchaos.ConfigError, match=r"^step must be a function of a state of shape \(2,\), got "
    ):
        check_step(given, 2)
    with pytest.raises(rnnchaos.ConfigError, match=r"^divergence must be a function of the states .*, got "):
        check_divergence(given, 2)


def test_a_divergence_may_be_a_plain_number():
    found = rnnchaos.lyapunov_spectrum(henon, [0.0, 0.0], divergence=lambda *_: np.log(0.3), **SETTINGS)
    assert found.log_volume_rate == pytest.approx(np.log(0.3))


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (lambda x: x if x[0] > 0 else -x, "step must be written in jax.numpy, with jnp.where for if, got .*"),
        (lambda x: x / (1 // 0), "step must take .*, got from it: ZeroDivisionError: .*"),
        (lambda x: x.size_of, "step must take .*, got from it: AttributeError: .*"),
        (
            lambda x: henon(x) + CHANCE.normal(size=2),
            "step must give the same state whenever it is given the same one, .*",
        ),
    ],
)
def test_a_step_that_is_none(step, message):
    for measured in (
        lambda: rnnchaos.lyapunov_spectrum(step, [0.1, 0.1], **SETTINGS),
        lambda: rnnchaos.covariant_vectors(step, [0.1, 0.1], num_steps=100),
        lambda: rnnchaos.jacobian_norms(step, [0.1, 0.1], lags=[1]),
    ):
        with pytest.raises(rnnchaos.ConfigError, match=f"^{message}$"):
            measured()


def test_functions_that_are_made_anew_in_each_program_are_no_chance():
    matrix = jnp.asarray(np.random.default_rng(0).normal(size=(2, 2)))
    key = jax.random.key(0)

    def step(x):
        kept = jax.random.bernoulli(key, 0.5, (2,))
        return jnp.tanh(jax.nn.relu(matrix @ x) * kept + jax.lax.cond(x[0] > 0, jnp.sin, jnp.cos, x[1]))

    rnnchaos.jacobian_norms(step, [0.1, 0.1], lags=[1])
