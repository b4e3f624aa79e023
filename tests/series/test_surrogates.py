"""Surrogates keep what they should, and tell linear noise from the rest; noise forgets how near neighbours were."""

import numpy as np
import pytest
from scipy.signal import lfilter

from rnnchaos.data import observed_orbit
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.series import (
    judged_exponent,
    lyapunov_from_data,
    remembered_distance,
    surrogate,
    surrogate_test,
)
from rnnchaos.systems import Henon, Lorenz63
from rnnchaos.tangent import Grade


def ar2(length, seed=0):
    """x = 1.9 x₁ - .96 x₂ + e."""
    return lfilter([1.0], [1.0, -1.9, 0.96], np.random.default_rng(seed).standard_normal(length + 500))[
        500:, None
    ]


def delayed(series, *, lag, delays):
    length = len(series) - (delays - 1) * lag
    return np.concatenate([series[(delays - 1 - k) * lag :][:length] for k in range(delays)], axis=1)


def test_a_surrogate_has_the_values_and_nearly_the_spectra():
    series = observed_orbit(Lorenz63(), num_steps=8_000, transient=1000)[::4]
    found = surrogate(series, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(found, axis=0), np.sort(series, axis=0))
    before, after = (np.fft.rfft(each - each.mean(0), axis=0)[:200] for each in (series, found))
    strong = np.abs(before) > 0.1 * np.abs(before).max(axis=0)
    np.testing.assert_allclose(np.abs(after)[strong], np.abs(before)[strong], rtol=0.25)
    # Axes keep their correlations; the series itself is another one.
    np.testing.assert_allclose(np.corrcoef(found.T), np.corrcoef(series.T), atol=0.1)
    assert abs(np.corrcoef(found[:, 0], series[:, 0])[0, 1]) < 0.5


def test_a_series_of_noise_is_as_predictable_as_its_surrogates():
    noise = np.random.default_rng(0).standard_normal((2_000, 1)) ** 3
    found = [surrogate_test(ar2(2_000, seed), lag=7, delays=3) for seed in range(5)]
    for each in (*found, surrogate_test(noise, lag=1)):
        assert not each.rejected
    assert abs(np.mean([each.deviations for each in found])) < 1.5


@pytest.mark.parametrize(("system", "lag"), [(Henon(), 1), (Lorenz63(), 17)], ids=repr)
def test_chaos_is_more_predictable_than_its_surrogates(system, lag):
    found = surrogate_test(observed_orbit(system, num_steps=5_000, transient=1000)[:, :1], lag=lag, delays=3)
    assert found.rejected
    assert found.deviations > 5


def test_ten_surrogates_are_enough_where_one_does_as_well():
    found = surrogate_test(ar2(2_000), lag=7, delays=3)
    assert len(found.of_surrogates) == 10
    assert found.error >= found.of_surrogates.min()
    # Where one is below the series, the figure cannot pass.
    assert found.deviations < 9 / np.sqrt(10)
    assert (
        len(surrogate_test(observed_orbit(Henon(), num_steps=2_000, transient=1000), lag=1).of_surrogates)
        == 39
    )


def test_of_many_axes_the_first_ten_count():
    series = np.random.default_rng(0).standard_normal((500, 64)).cumsum(axis=0)
    one, other = surrogate_test(series, lag=1), surrogate_test(series[:, :10], lag=1)
    np.testing.assert_array_equal(one.of_surrogates, other.of_surrogates)


def test_distances_are_remembered_in_chaos_and_forgotten_in_noise():
    chaos = observed_orbit(Henon(), num_steps=4_000, transient=1000)
    noise = delayed(ar2(10_000), lag=7, delays=3)
    kept = remembered_distance(chaos, lyapunov_from_data(chaos, dt=1.0), dt=1.0)
    lost = remembered_distance(noise, lyapunov_from_data(noise, dt=1.0), dt=1.0)
    assert 0.9 < kept < 1.1
    assert abs(lost) < 0.4


def test_linear_noise_is_not_chaos():
    found = judged_exponent(delayed(ar2(10_000), lag=7, delays=3), dt=1.0, delays=3, spacing=7)
    grades = {check.name: check.grade for check in found.checks}
    assert found.grade is Grade.FAIL
    assert grades["determinism"] is Grade.FAIL
    assert grades["surrogates"] is Grade.UNDECIDED


def test_a_short_series_of_a_map_is_judged_right():
    x = [0.3]
    for _ in range(499):
        x.append(4 * x[-1] * (1 - x[-1]))
    found = judged_exponent(np.array(x[100:])[:, None], dt=1.0)
    assert found.grade.trusted
    for each in (found, found.found):
        assert abs(each.exponent - np.log(2)) < max(3 * each.standard_error, 0.05)
        assert each.standard_error < 0.05


def test_a_little_noise_is_in_the_error_or_the_verdict():
    series = observed_orbit(Henon(), num_steps=5_000, transient=1000)[:, :1]
    series = series + 0.005 * series.std() * np.random.default_rng(0).standard_normal(series.shape)
    found = judged_exponent(delayed(series, lag=1, delays=3), dt=1.0, delays=3, spacing=1).found
    assert abs(found.exponent - 0.41909) < 3 * found.standard_error


def test_two_values_are_not_a_series_that_repeats_itself():
    signs = np.sign(np.random.default_rng(0).standard_normal((2_000, 1)))
    with pytest.raises(RunError) as refused:
        lyapunov_from_data(delayed(signs, lag=1, delays=3), dt=1.0)
    assert str(refused.value) == (
        "neighbours in the series coincide and then part, since its first axis takes 2 values only: "
        "it does not show how small distances grow"
    )


def test_too_few_points_for_surrogates():
    with pytest.raises(ConfigError, match=r"^106 points are needed for surrogates, got a stretch of 45$"):
        surrogate_test(np.random.default_rng(0).standard_normal((50, 1)), lag=1)
