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


def test_n_step_error_is_the_mean_square_with_its_standard_error():
    truth, predicted = np.zeros((4, 2)), np.array([[1.0, 1.0], [1.0, -1.0], [3.0, 3.0], [3.0, -3.0]])
    error = n_step_error(truth, predicted)
    assert error.value == 5.0
    # Errors 1, 1, 9, 9: sample standard deviation √(64/3), over √4 starts.
    np.testing.assert_allclose(error.standard_error, np.sqrt(64 / 3) / 2, rtol=1e-14)
    assert (error.num_starts, error.num_diverged) == (4, 0)


def test_n_step_error_of_a_forecast_that_explodes_has_an_error_bar():
    # Squares of 1e80 and 3e80 have a mean of 5e160 and differ from it by 4e160; their squares are beyond float64.
    error = n_step_error(np.zeros((2, 1)), np.array([[1e80], [3e80]]))
    np.testing.assert_allclose([error.value, error.standard_error], [5e160, 4e160])
    largest = n_step_error(np.zeros((2, 1)), np.array([[1e154], [0.0]]))
    np.testing.assert_allclose([largest.value, largest.standard_error], [5e307, 5e307])


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
    # Ranks 2 ± √5/2 of 0 … 4 lie 1.118 apart from the median, each rank one time unit.
    spread = 4 * 0.5 / np.sqrt(5)
    np.testing.assert_allclose(time.standard_error, spread, rtol=1e-12)


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
    assert time.standard_error == 0


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
