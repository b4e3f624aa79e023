"""Steps that stretch, contract and collapse beyond what squares and products of float64 numbers hold."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.tangent import Grade, finite_time_exponents, lyapunov_spectrum, worst

WEIGHTS = np.random.default_rng(0).standard_normal((8, 8)) / 3


def spectrum(matrix):
    matrix = jnp.asarray(matrix, dtype=jnp.float64)
    return lyapunov_spectrum(lambda x: matrix @ x, np.zeros(len(matrix)), num_steps=640)


@pytest.mark.parametrize(
    "multipliers",
    [
        [1e-200],
        [0.5, 1e-200],
        [1e-200, 1e-200],
        [0.5, 1e-200, 1e-200],
        [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 1e-200],
        [1e200],
        [1e200, 0.5],
        [1e200, 1e180, 1e-200],
        [1e200, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 1e-150],
    ],
)
def test_lengths_whose_squares_leave_float64(multipliers):
    found = spectrum(np.diag(multipliers))
    np.testing.assert_allclose(found.exponents, np.log(multipliers), rtol=1e-12)
    assert worst(found.checks) is Grade.PASS


@pytest.mark.parametrize("size", [3, 8])
@pytest.mark.parametrize("rows", [True, False], ids=["rows", "columns"])
def test_a_saturated_unit_among_others(size, rows):
    """One unit of slope 1e-200, at the output of the others' sums or at the input to them."""
    slopes, weights = np.diag([1.0] * (size - 1) + [1e-200]), WEIGHTS[:size, :size]
    found = spectrum(slopes @ weights if rows else weights @ slopes)
    # All but the unit follow the weights without it; the determinant leaves the rest for it.
    others = np.log(np.abs(np.linalg.eigvals(weights[:-1, :-1])))
    assert found.exponents[:-1].sum() == pytest.approx(others.sum(), rel=1e-9)
    total = np.linalg.slogdet(weights)[1] + np.log(1e-200)
    assert found.exponents[-1] == pytest.approx(total - others.sum(), rel=1e-12)
    assert found.resolved.all()


@pytest.mark.parametrize("rows", [True, False], ids=["rows", "columns"])
@pytest.mark.parametrize("dead", [1, 2])
@pytest.mark.filterwarnings("error")
def test_dead_units_are_exponents_of_minus_infinity(dead, rows):
    """At a fixed point where units are below the kink of relu, which is at the sums or at what is summed."""
    bias = jnp.asarray([-50.0] * dead + [0.4] * (4 - dead))
    weights = jnp.asarray(WEIGHTS[:4, :4])

    def step(z):
        return jax.nn.relu(weights @ z + bias) if rows else weights @ jax.nn.relu(z) + bias

    found = lyapunov_spectrum(step, np.ones((3, 4)), num_steps=640)
    alive = np.linalg.eigvals(np.asarray(jax.jacfwd(step)(found_fixed_point(step))))
    finite = np.log(np.sort(np.abs(alive))[::-1][: 4 - dead])
    np.testing.assert_array_equal(np.isneginf(found.exponents), [False] * (4 - dead) + [True] * dead)
    assert found.exponents[: 4 - dead].sum() == pytest.approx(finite.sum(), rel=1e-6)
    assert found.sum == found.log_volume_rate == -np.inf
    (check,) = [each for each in found.checks if each.name == "sum rule"]
    assert (check.grade, check.figure) == (Grade.PASS, 0.0)
    assert "nan" not in str(found)


def found_fixed_point(step):
    state = jnp.ones(4)
    for _ in range(500):
        state = step(state)
    return state


@pytest.mark.filterwarnings("error")
def test_windows_of_steps_beyond_float64():
    multipliers = np.array([2.0, 0.5, 1e-200, 0.0])
    found = finite_time_exponents(
        lambda x: jnp.asarray(multipliers) * x, np.zeros(4), window=4, num_windows=8
    )
    np.testing.assert_allclose(found.values[0, :, :3], np.tile(np.log(multipliers[:3]), (8, 1)), atol=1e-9)
    assert np.isneginf(found.values[..., 3]).all()
    np.testing.assert_allclose(found.variance_times_window, 0.0, atol=1e-12)
    np.testing.assert_array_equal(found.skewness, 0.0)
    np.testing.assert_array_equal(found.share_positive, [1, 0, 0, 0])
    assert np.isfinite(found.variance_times_window_error).all()


def test_a_complex_pair_needs_no_parting():
    found = spectrum(np.diag([1.0, 1.0, 0.1]) @ np.array([[0.5, 0.3, 0], [-0.4, 0.4, 0], [0, 0, 1.0]]))
    pair = np.log(np.sqrt(0.5 * 0.4 + 0.3 * 0.4))
    np.testing.assert_allclose(found.exponents, [pair, pair, np.log(0.1)], atol=1e-3)
    assert worst(found.checks) is Grade.PASS
