"""Multipliers that float64 cannot tell from rounding, and orbits on kinks."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import rnnchaos
from rnnchaos.tangent import Grade, lyapunov_spectrum, worst

STARTS = np.random.default_rng(0).uniform(0.1, 0.9, (4, 1))


def logistic(r):
    return lambda x: r * x * (1 - x)


def spectrum(step, starts=STARTS):
    return lyapunov_spectrum(step, starts, num_steps=4_000)


# Where 1/2 is on the cycle, whose multiplier is then 0: r = 2, 1 + √5, and the roots of f⁴(1/2) = 1/2, f³(1/2) = 1/2.
@pytest.mark.parametrize("r", [2.0, 1 + 5**0.5, 3.4985616993277016, 3.8318740552833155])
def test_superstable_cycles(r):
    found = spectrum(logistic(r))
    assert found.exponents[0] == found.sum == found.log_volume_rate == -np.inf
    assert found.words() == ["-inf"]
    assert found.kaplan_yorke == 0


def test_a_superstable_cycle_is_named_where_its_multiplier_is_rounding():
    found = spectrum(logistic(1 + 5**0.5))
    (check,) = [check for check in found.checks if check.grade is not Grade.PASS]
    assert (check.name, check.grade) == ("rounding", Grade.WARN)
    # Half the logarithm of a slope of the size of rounding.
    assert -20 < check.figure < -15
    assert check.meaning == (
        "what λ_1 measured, all of it rounding: orbits pass where the Jacobian collapses a direction, as superstable "
        "ones do, and it is -inf as far as float64 tells"
    )


@pytest.mark.parametrize("off", [0.1, 1e-5, 1e-9, 1e-12])
def test_cycles_close_to_superstable_ones_have_their_exponent(off):
    """The multiplier of the fixed point 1 - 1/r is 2 - r."""
    found = spectrum(logistic(2 + off))
    assert found.exponents[0] == pytest.approx(np.log(off), abs=1e-3)
    assert worst(found.checks) is Grade.PASS


def test_a_superstable_direction_beside_others():
    """In turned coordinates: the product of two logistic maps, one with the multiplier 1/2, one with 0."""
    turn = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])

    def step(state):
        own = turn.T @ state
        return turn @ (jnp.array([2.5, 2.0]) * own * (1 - own))

    found = spectrum(step, np.random.default_rng(0).uniform(0.1, 0.9, (4, 2)) @ turn.T)
    assert found.exponents[0] == pytest.approx(np.log(0.5), abs=1e-9)
    assert found.exponents[1] == -np.inf


def test_beside_chaos():
    def step(state):
        return jnp.array([4.0, 2.0]) * state * (1 - state)

    found = spectrum(step, np.random.default_rng(0).uniform(0.1, 0.9, (4, 2)))
    assert found.exponents[0] == pytest.approx(np.log(2), abs=4 * found.standard_error[0])
    assert found.exponents[1] == -np.inf


def test_a_map_that_is_flat_where_it_rests():
    """x² at 0, where the state itself is 0 and so is the slope: no rounding is in it."""
    found = spectrum(lambda x: x**2)
    assert found.exponents[0] == -np.inf
    assert worst(found.checks) is Grade.PASS


@pytest.mark.parametrize(
    ("step", "starts"),
    [
        (lambda x: jnp.where(x > 0, 0.3 * x, 0.6 * x), STARTS),
        (lambda x: 0.5 * jax.nn.relu(x), STARTS),
        (lambda x: jnp.array([[0.5, 0.2], [-0.1, 0.4]]) @ jax.nn.relu(x), np.ones((4, 2))),
    ],
)
def test_orbits_that_rest_on_a_kink_are_named(step, starts):
    """Once the state has fallen to exactly 0, the derivative is that of one side, or relu's 0."""
    found = spectrum(step, starts)
    (check,) = [check for check in found.checks if check.grade is not Grade.PASS]
    assert (check.name, check.grade, check.figure) == ("kink", Grade.WARN, 4.0)
    assert check.meaning == (
        "orbits that rest on a kink of the step, where its slope is one-sided: exponents are those of one side"
    )


@pytest.mark.parametrize(
    ("step", "exponents"),
    [
        (lambda x: 1.99 * jnp.minimum(x, 1 - x), [np.log(1.99)]),  # the tent map, |slope| 1.99 on both sides
        (lambda x: jnp.abs(0.8 * x - 0.1) + 0.05, [np.log(0.8)]),
    ],
)
def test_kinks_that_orbits_only_pass(step, exponents):
    found = spectrum(step)
    np.testing.assert_allclose(found.exponents, exponents, atol=1e-12)
    assert worst(found.checks) is Grade.PASS


@pytest.mark.parametrize(
    "spoilt", [lambda x: jnp.round(x, 9), jax.lax.stop_gradient], ids=["rounded", "stopped"]
)
@pytest.mark.parametrize("starts", [[0.0, 0.0], [[0.0, 0.0], [0.1, 0.1], [0.3, 0.1]]], ids=["one", "several"])
def test_a_derivative_that_is_not_the_step_s_is_named(spoilt, starts):
    def step(x):
        return spoilt(jnp.stack([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]]))

    found = rnnchaos.lyapunov_spectrum(step, starts, num_steps=500)
    assert np.isneginf(found.exponents).all()
    assert [check.grade for check in found.checks if check.name == "derivative"] == [Grade.FAIL]


@pytest.mark.parametrize(
    "step", [lambda x: 0 * x + 0.5, lambda x: 2 * x * (1 - x)], ids=["dead", "superstable"]
)
def test_what_comes_to_rest_collapses_by_its_own_derivative(step):
    found = rnnchaos.lyapunov_spectrum(step, [[0.3], [0.4]], num_steps=500)
    assert np.isneginf(found.exponents[0])
    assert "derivative" not in [check.name for check in found.checks]


def test_a_kink_beside_a_neutral_direction_is_named():
    """Rectified units that keep what is above 0: those that began below rest where their slope is 0 to one side."""
    found = lyapunov_spectrum(lambda x: jnp.maximum(x, 0.0), [0.5, -0.5], num_steps=400)
    assert found.words()[0] == "0"
    assert found.kinks == 1
    assert "kink" in [check.name for check in found.checks]
    assert lyapunov_spectrum(lambda x: jnp.maximum(x, 0.0), [0.5, 0.2], num_steps=400).kinks == 0
