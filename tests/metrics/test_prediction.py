import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.metrics import n_step_error, valid_prediction_time

SCALE = np.array([2.0, 2.0])


def forecasts(*steps_valid, horizon=10):
    """Forecasts in two dimensions that are exact for so many steps, and then wrong by one scale."""
    truth = np.zeros((len(steps_valid), horizon, 2))
    late = np.arange(horizon) >= np.array(steps_valid)[:, None]
    return truth, np.where(late[..., None], SCALE, 0.0)


def test_n_step_error_is_the_mean_square():
    truth, predicted = np.zeros((4, 2)), np.array([[1.0, 1.0], [1.0, -1.0], [3.0, 3.0], [3.0, -3.0]])
    error = n_step_error(truth, predicted)
    assert error.value == 5.0
    assert (error.num_starts, error.num_diverged) == (4, 0)


def test_n_step_error_of_many_normal_errors_has_the_standard_error_of_a_mean():
    # Squares of normal errors in two dimensions, halved: mean 1, variance 1. 4000 of them: 1/√4000, known to 16 % from
    # 20 blocks; Student's t and the logarithm add 7 and 1.5 %.
    errors = [
        n_step_error(np.zeros((4000, 2)), np.random.default_rng(seed).standard_normal((4000, 2)))
        for seed in range(20)
    ]
    stated = np.mean([error.standard_error for error in errors]) * np.sqrt(4000)
    assert 1.0 < stated < 1.25


def test_starts_that_err_alike_are_not_counted_as_many():
    once = np.random.default_rng(0).standard_normal((100, 2))
    single, repeated = (n_step_error(np.zeros_like(x), x) for x in (once, np.repeat(once, 50, axis=0)))
    np.testing.assert_allclose(repeated, (single.value, single.standard_error, 5000, 0), rtol=1e-12)


def test_n_step_error_of_a_forecast_that_explodes_has_an_error_bar():
    # Squares of 1e160 are beyond float64's squares; only their mean and its error are stated.
    error = n_step_error(np.zeros((40, 1)), np.tile([[1e80], [3e80]], (20, 1)))
    np.testing.assert_allclose(error.value, 5e160)
    uneven = n_step_error(np.zeros((40, 1)), np.linspace(1e80, 3e80, 40)[:, None])
    assert 1e158 < uneven.standard_error < 1e161
    largest = n_step_error(np.zeros((2, 1)), np.array([[1e154], [0.0]]))
    np.testing.assert_allclose(largest.value, 5e307)
    assert largest.standard_error is None
    assert n_step_error(np.zeros((2, 1)), np.array([[1e200], [0.0]])) == (None, None, 2, 1)


def test_n_step_error_counts_what_diverged_and_has_no_value():
    error = n_step_error(np.zeros((3, 1)), np.array([[0.0], [np.inf], [np.nan]]))
    assert error == (None, None, 3, 2)


def test_one_start_has_no_standard_error():
    assert n_step_error(np.zeros((1, 1)), np.ones((1, 1))) == (1.0, None, 1, 0)
    time = valid_prediction_time(*forecasts(3), scale=SCALE, time_per_step=1.0)
    assert time.standard_error is None


def test_valid_prediction_time_counts_the_step_that_passes():
    time = valid_prediction_time(*forecasts(0, 2, 4, 6, 8), scale=SCALE, time_per_step=0.5)
    assert (time.lower_quartile, time.median, time.upper_quartile) == (1.5, 2.5, 3.5)
    assert (time.unit, time.num_starts, time.num_censored) == ("time units", 5, 0)
    # Of 5 starts the 95 % interval of the median is all of them, 4 time units wide; a time is read to a step of 0.5.
    np.testing.assert_allclose(time.standard_error, np.hypot(2 / 1.96, 0.5 / np.sqrt(12)), rtol=1e-12)


def test_the_error_of_the_median_of_many_starts_is_that_of_its_rank():
    # Uniform over 0 … 199 steps, in random order: ranks scatter by √n/2, steps by 200/(2√n); t adds 7 %.
    valid = np.random.default_rng(0).permutation(np.repeat(np.arange(200), 10))
    time = valid_prediction_time(*forecasts(*valid, horizon=200), scale=SCALE, time_per_step=1.0)
    np.testing.assert_allclose(time.standard_error, 1.07 * 200 / (2 * np.sqrt(2000)), rtol=0.4)
    ordered = valid_prediction_time(*forecasts(*np.sort(valid), horizon=200), scale=SCALE, time_per_step=1.0)
    assert ordered.standard_error > 5 * time.standard_error


def test_the_error_of_a_median_of_a_few_steps_holds_what_rounding_takes():
    # Times of about 3 steps, whose medians of 100 are 3 or 4 in turn: the mean of all medians is within ±1.96 errors.
    random, found = np.random.default_rng(3), []
    for _ in range(200):
        steps = np.floor(random.lognormal(np.log(3.0), 0.3, 100)).astype(int)
        time = valid_prediction_time(*forecasts(*steps, horizon=20), scale=SCALE, time_per_step=1.0)
        found.append((time.median, time.standard_error))
    medians, errors = np.array(found).T
    assert len(set(medians)) > 1
    # 200 draws know a share of 95 % to 1.5 %.
    assert np.mean(np.abs(medians - medians.mean()) <= 1.96 * errors) > 0.9


def test_of_forecasts_that_outlast_the_horizon_the_median_has_no_error():
    time = valid_prediction_time(*forecasts(10, 10, 10), scale=SCALE, time_per_step=1.0)
    assert (time.median, time.standard_error) == (10.0, 0.0)


def test_censored_predictions_count_with_the_horizon():
    time = valid_prediction_time(*forecasts(10, 10, 3), scale=SCALE, time_per_step=1.0)
    assert (time.median, time.num_censored) == (10.0, 2)
    last = valid_prediction_time(*forecasts(9), scale=SCALE, time_per_step=1.0)
    assert (last.median, last.num_censored) == (10.0, 0)


@pytest.mark.parametrize(
    ("exponent", "median", "unit"),
    [
        (0.9, 1.8, "Lyapunov times"),
        (None, 2.0, "time units"),
        (0.0, 2.0, "time units"),
        (-1.0, 2.0, "time units"),
    ],
)
def test_lyapunov_times_where_there_is_chaos(exponent, median, unit):
    time = valid_prediction_time(*forecasts(3), scale=SCALE, time_per_step=0.5, lyapunov_exponent=exponent)
    np.testing.assert_allclose(time.median, median, rtol=1e-14)
    assert time.unit == unit


def test_error_is_normalised_per_axis():
    # One axis off by 0.5 σ, the other exact: √(0.25/2) = 0.354.
    truth = np.zeros((1, 4, 2))
    predicted = truth + np.array([1.0, 0.0])
    assert valid_prediction_time(
        truth, predicted, scale=SCALE, threshold=0.36, time_per_step=1.0
    ).num_censored
    below = valid_prediction_time(truth, predicted, scale=SCALE, threshold=0.35, time_per_step=1.0)
    assert (below.median, below.num_censored) == (1.0, 0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_divergence_ends_validity(bad):
    truth, predicted = forecasts(10)
    predicted[0, 4:] = bad
    assert valid_prediction_time(truth, predicted, scale=SCALE, time_per_step=1.0).median == 5.0


def test_lead_time_of_an_exponential_error():
    # Errors 0.004 σ e^{λt} pass 0.4 at λt = ln 100 in every start: 4.605 Lyapunov times, read to one step.
    rate, dt = 0.9, 0.01
    growth = 0.004 * np.exp(rate * dt * np.arange(1, 1001))
    truth = np.zeros((7, 1000, 2))
    time = valid_prediction_time(
        truth, growth[:, None] * SCALE + truth, scale=SCALE, time_per_step=dt, lyapunov_exponent=rate
    )
    assert 0 <= time.median - np.log(100) <= rate * dt
    np.testing.assert_allclose(time.standard_error, rate * dt / np.sqrt(12), rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"threshold": 0.0}, "threshold must be greater than 0, got 0.0"),
        (
            {"scale": np.array([1.0, 0.0])},
            "the truth must vary along every axis, got standard deviations [1.0, 0.0]",
        ),
    ],
)
def test_refuses_scales_of_zero(change, message):
    truth, predicted = forecasts(3)
    settings = {"scale": SCALE, "threshold": 0.4} | change
    with pytest.raises(ConfigError) as caught:
        valid_prediction_time(truth, predicted, time_per_step=1.0, **settings)
    assert str(caught.value) == message


def test_no_starts_are_refused():
    with pytest.raises(
        ConfigError, match=r"^predictions must have the truth's shape \(0, 2\) and not be empty"
    ):
        n_step_error(np.empty((0, 2)), np.empty((0, 2)))


def test_valid_prediction_time_by_percentage_error():
    # 200 (e/2) / (2 + e), of two axes of which one is exact, passes 30 % at e = 6/7; of .1, .2, … the ninth does.
    truth = np.ones((3, 20, 2))
    predicted = truth + np.array([1.0, 0.0]) * 0.1 * np.arange(1, 21)[:, None]
    time = valid_prediction_time(
        truth, predicted, scale=SCALE, threshold=30.0, time_per_step=0.5, error="smape"
    )
    assert time.median == 4.5
    np.testing.assert_allclose(time.standard_error, 0.5 / np.sqrt(12), rtol=1e-12)
    # Ten steps without error, then with 200 %: the mean so far passes 30 % at the twelfth step, 400 / 12.
    truth = np.ones((3, 40, 2))
    predicted = np.where(np.arange(40)[:, None] < 10, truth, -truth)
    for error, steps in (("smape", 11), ("cumulative_smape", 12)):
        settings = {"scale": SCALE, "threshold": 30.0, "time_per_step": 0.5, "error": error}
        assert valid_prediction_time(truth, predicted, **settings).median == 0.5 * steps
    zero, opposite = np.zeros((1, 5, 1)), -np.ones((1, 5, 1))
    settings = {"scale": [1.0], "threshold": 30.0, "time_per_step": 1.0, "error": "smape"}
    assert valid_prediction_time(zero, zero, **settings).num_censored == 1
    for wrong in (opposite, np.full_like(zero, np.nan), np.full_like(zero, np.inf)):
        assert valid_prediction_time(-opposite, wrong, **settings).median == 1.0
