"""What every function of a series takes, and what it refuses: shapes, types, and numbers that are none."""

import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.series import (
    autocorrelation_time,
    choose_dimension,
    choose_lag,
    lyapunov_by_kantz,
    lyapunov_by_maps,
    lyapunov_from_data,
    prediction_errors,
    surrogate,
    surrogate_test,
    zero_one_test,
)

pytestmark = pytest.mark.usefixtures("unchecked_types")

FUNCTIONS = {
    "lag": choose_lag,
    "dimension": lambda series: choose_dimension(series, lag=1),
    "autocorrelation": autocorrelation_time,
    "Rosenstein": lambda series: lyapunov_from_data(series, dt=1.0),
    "Kantz": lambda series: lyapunov_by_kantz(series, dt=1.0),
    "maps": lambda series: lyapunov_by_maps(series, dt=1.0),
    "surrogate": lambda series: surrogate(series, np.random.default_rng(0)),
    "surrogates": lambda series: surrogate_test(series, lag=1),
    "predictions": prediction_errors,
    "0-1": zero_one_test,
}
each_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)


def logistic(length=600):
    found = [0.3]
    for _ in range(length - 1):
        found.append(3.9 * found[-1] * (1 - found[-1]))
    return np.array(found)


def spoilt(bad):
    series = logistic()
    series[300] = bad
    return series[:, None]


@each_function
@pytest.mark.parametrize(
    ("series", "message"),
    [
        (np.ma.masked_greater(logistic()[:, None], 0.9), "the series must be finite, but has masked entries"),
        (spoilt(np.nan), "the series must be finite, got nan or inf values"),
        (spoilt(np.inf), "the series must be finite, got nan or inf values"),
        (spoilt(0).astype(complex), "the series must be an array of real numbers, got complex128"),
        (spoilt(0).astype(object), "the series must be an array of real numbers, got object"),
        ([[0.1, 0.2], [0.3]], "the series must be an array of numbers, but its rows differ in length"),
    ],
    ids=["masked", "nan", "inf", "complex", "objects", "ragged"],
)
def test_numbers_that_are_none_are_refused(function, series, message):
    with pytest.raises(ConfigError) as refused:
        function(series)
    assert str(refused.value) == message


@pytest.mark.parametrize("function", [f for name, f in FUNCTIONS.items() if name != "0-1"])
@pytest.mark.parametrize(
    ("series", "message"),
    [
        (logistic()[None], "the series must have a row for each time, got 1 by 600: series.T turns it"),
        (logistic()[None, :, None], r"the series must be (time, axis) or (time,), got shape (1, 600, 1)"),
        (0.5, "the series must be (time, axis) or (time,), got shape ()"),
        (np.empty((20, 0)), "the series must be (time, axis) or (time,), got shape (20, 0)"),
    ],
    ids=["turned", "three dimensions", "a number", "no axis"],
)
def test_shapes_that_are_none_are_refused(function, series, message):
    with pytest.raises(ConfigError) as refused:
        function(series)
    assert str(refused.value) == message


@each_function
def test_one_axis_lists_and_other_types_give_the_same(function):
    column = np.round(1e6 * logistic())[:, None]
    wanted = repr(function(column))
    for same in (column[:, 0], column.tolist(), column.astype(np.int32), column.astype(np.float32)):
        assert repr(function(same)) == wanted


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: choose_lag(x, max_lag=1), "max_lag must be at least 2 steps, got 1"),
        (
            lambda x: choose_lag(x, max_lag=100),
            "the series must hold at least 1000 points to choose a delay of up to 100 steps, got 600",
        ),
        (lambda x: choose_dimension(x, lag=0), "lag must be at least 1 step, got 0"),
        (lambda x: choose_dimension(x, lag=1, most=0), "most must be at least 1 delay, got 0"),
        (lambda x: surrogate_test(x, lag=0), "lag must be at least 1 step, got 0"),
        (lambda x: surrogate_test(x, lag=1, seed=-1), "seed must be at least 0, got -1"),
        (lambda x: zero_one_test(x, seed=-1), "seed must be at least 0, got -1"),
        (lambda x: zero_one_test(x, num_frequencies=0), "num_frequencies must be at least 1, got 0"),
        (lambda x: lyapunov_from_data(x, dt=np.inf), "dt must be greater than 0 time units, got inf"),
        (lambda x: lyapunov_by_maps(x, dt=0), "dt must be greater than 0 time units, got 0"),
        (
            lambda x: lyapunov_by_kantz(x, dt=1.0, theiler_window=1.5),
            "theiler_window must be a whole number of at least 0 steps, got 1.5; the nearest is 2",
        ),
        (
            lambda x: autocorrelation_time(0 * x),
            "the series must vary along every axis to have an autocorrelation time",
        ),
        (
            lambda x: autocorrelation_time(x[:0]),
            "the series must vary along every axis to have an autocorrelation time",
        ),
        (
            lambda x: surrogate(x[:1], np.random.default_rng(0)),
            "the series must hold at least 2 points for a surrogate, got 1",
        ),
    ],
)
def test_settings_are_held_to_their_bounds(call, message):
    with pytest.raises(ConfigError) as refused:
        call(logistic())
    assert str(refused.value) == message
