"""Finite-time exponents: constant for linear maps, the known variance of a Bernoulli shift, the same mean as ever."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.systems import Henon
from rnnchaos.tangent import covariant_vectors, finite_time_exponents

CUT = 0.3
STARTS = np.random.default_rng(1).random((8, 1))


def skew_tent(x):
    """Slopes 1/a and -1/(1 - a) come independently, with probabilities a and 1 - a."""
    return jnp.where(x < CUT, x / CUT, (1 - x) / (1 - CUT))


def test_of_a_linear_map_all_windows_agree():
    rotation = 0.9 * np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    found = finite_time_exponents(
        lambda x: jnp.asarray(rotation) @ x, np.ones(2), window=5, num_windows=40, time_per_step=0.1
    )
    np.testing.assert_allclose(found.values, np.log(0.9) / 0.1, rtol=1e-12)
    np.testing.assert_allclose(found.diffusion, 0.0, atol=1e-20)
    assert np.all(found.skewness == 0)
    assert np.all(found.share_positive == 0)
    assert found.window_time == 0.5


def test_moments_of_independent_slopes():
    found = finite_time_exponents(skew_tent, STARTS, window=4, num_windows=5000)
    entropy = -CUT * np.log(CUT) - (1 - CUT) * np.log(1 - CUT)
    variance = CUT * (1 - CUT) * np.log((1 - CUT) / CUT) ** 2
    # 160 000 independent slopes.
    np.testing.assert_allclose(found.mean, entropy, atol=4 * np.sqrt(variance / 160_000))
    error = found.variance_times_window_error[0]
    assert error < 0.02 * variance
    assert abs(found.variance_times_window[0] - variance) < 4 * error
    # The third moment of one slope over √4.
    skewness = (1 - 2 * CUT) / np.sqrt(CUT * (1 - CUT)) / 2
    np.testing.assert_allclose(found.skewness[0], skewness, atol=0.05)
    longer = found.over(4)
    assert longer.window_steps == 16
    np.testing.assert_allclose(longer.mean, found.mean, rtol=1e-12)
    assert abs(longer.variance_times_window[0] - variance) < 4 * longer.variance_times_window_error[0]


def test_the_rate_function_is_that_of_the_binomial_distribution():
    found = finite_time_exponents(skew_tent, STARTS, window=30, num_windows=4000)
    rate = found.rate_function(0, bins=31)
    share = (rate.exponent + np.log(1 - CUT)) / np.log((1 - CUT) / CUT)
    inside = (share > 0.15) & (share < 0.45)
    theory = share * np.log(share / CUT) + (1 - share) * np.log((1 - share) / (1 - CUT))
    # Stirling's factor is log(T)/T at most.
    np.testing.assert_allclose(rate.rate[inside], theory[inside], atol=0.04)


def test_windows_of_henon():
    found = finite_time_exponents(
        Henon().step, np.array([[0.1, 0.1], [0.2, 0.0]]), window=10, num_windows=2000
    )
    np.testing.assert_allclose(found.mean.sum(), np.log(0.3), atol=1e-9)
    np.testing.assert_allclose(found.mean[0], 0.419, atol=0.01)
    assert 0.9 < found.share_positive[0] < 1
    # The determinant is constant: what one exponent gains the other loses.
    np.testing.assert_allclose(
        found.diffusion, found.diffusion[0, 0] * np.array([[1, -1], [-1, 1]]), atol=1e-9
    )
    assert found.share_out_of_order[0] == 0
    single = finite_time_exponents(Henon().step, np.array([0.1, 0.1]), window=1, num_windows=2000)
    assert 0.05 < single.share_out_of_order[0] < 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 3, "qr_every": 2}, "window must be a multiple of qr_every (2 steps), got 3"),
        ({"num_windows": 0}, "num_windows must be at least 1, got 0"),
        ({"num_exponents": 3}, "num_exponents must be from 1 to the state's 2 dimensions, got 3"),
    ],
)
def test_bad_settings_are_refused(options, message):
    with pytest.raises(ConfigError) as refused:
        finite_time_exponents(Henon().step, np.ones(2), **{"window": 2, "num_windows": 2, **options})
    assert str(refused.value) == message


def test_joining_more_windows_than_there_are_is_refused():
    found = finite_time_exponents(skew_tent, STARTS, window=4, num_windows=10)
    with pytest.raises(
        ConfigError, match=r"^windows must be from 1 to the 10 that an orbit has to be joined, got 11$"
    ):
        found.over(11)


def test_an_escape_is_said():
    with pytest.raises(RunError, match="left every bound"):
        finite_time_exponents(lambda x: 3 * x**3, np.array([2.0]), window=2, num_windows=2)


def test_of_one_window_no_spread_is_known():
    one = finite_time_exponents(Henon().step, [0.1, 0.1], window=50, num_windows=1)
    assert np.isfinite(one.mean).all()
    for unknown in (one.variance_times_window, one.skewness, one.diffusion):
        assert np.isnan(unknown).all()
    assert np.isposinf(one.variance_times_window_error).all()
    two = finite_time_exponents(Henon().step, [[0.1, 0.1], [0.2, 0.1]], window=50, num_windows=1)
    assert two.variance_times_window[0] > 0
    assert np.isnan(two.over(1)._replace(values=two.values[:1]).skewness).all()


def test_a_negative_transient_is_refused():
    with pytest.raises(ConfigError, match=r"^transient must be at least 0 steps, got -5$"):
        finite_time_exponents(skew_tent, STARTS, window=4, num_windows=10, transient=-5)


def two_sides(x):
    """The logistic map above 0, and a contraction to -.5 below."""
    return jnp.where(x > 0, 4 * x * (1 - x), -0.5 + 0.2 * (x + 0.5))


@pytest.mark.parametrize("measure", ["finite", "covariant"])
def test_orbits_on_several_attractors_that_are_pooled_are_told(measure):
    """The logistic map at r = 4, λ = ln 2, beside a fixed point with multiplier .2."""

    def checks(starts):
        if measure == "finite":
            return finite_time_exponents(two_sides, starts, window=10, num_windows=200).checks
        return covariant_vectors(two_sides, starts, num_steps=2_000, record_every=10).checks

    starts = np.array([[0.1234], [0.4321], [0.77], [-0.2], [-0.9]])
    (found,) = checks(starts)
    assert (found.name, found.grade, found.figure) == ("attractors", "warn", 0.6)
    assert "0.69" in found.meaning
    assert "-1.61 (2)" in found.meaning
    assert checks(starts[:3]) == checks(starts[3:]) == checks(starts[0]) == ()
