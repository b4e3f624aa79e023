"""One error of forecasts for the valid prediction time and for all that draws it."""

import numpy as np
import pytest

from rnnchaos.drawing.long_run import forecast
from rnnchaos.drawing.stored import Found
from rnnchaos.figures import forecast_figure
from rnnchaos.forecast_errors import forecast_errors
from rnnchaos.metrics import valid_prediction_time
from rnnchaos.report import curves

# The windows are a tenth as wide as the series that they are of.
SCALE = np.array([2.0, 5.0])
RNG = np.random.default_rng(0)
TRUTH = 0.1 * SCALE * RNG.standard_normal((7, 40, 2))
PREDICTED = TRUTH + SCALE * np.geomspace(0.01, 1.5, 40)[:, None] * RNG.choice([-1, 1], (7, 40, 2))
STORED = {
    **{"truth": TRUTH, "predicted": PREDICTED, "time_per_step": np.array(1.0)},
    **{"axis_names": np.array(["x", "y"]), "threshold": np.array(0.4), "lyapunov_exponent": np.array(np.nan)},
}


def crossing(time, errors):
    return time[np.argmax(errors > 0.4)]


def test_the_error_is_that_of_the_axes_in_units_of_the_scale():
    errors = forecast_errors(TRUTH, PREDICTED, SCALE)
    np.testing.assert_allclose(errors, np.broadcast_to(np.geomspace(0.01, 1.5, 40), (7, 40)))


def test_curves_cross_the_threshold_where_forecasts_stop_being_valid():
    time = valid_prediction_time(TRUTH, PREDICTED, scale=SCALE, time_per_step=1.0).median
    assert time == 1 + np.argmax(np.geomspace(0.01, 1.5, 40) > 0.4)
    figure = forecast(Found({"forecasts": {**STORED, "standard_deviation": SCALE}}, {}))
    median = figure.axes[-1].lines[-2]
    assert crossing(median.get_xdata(), median.get_ydata()) == time
    chart, *_ = curves.forecasts({**STORED, "standard_deviation": SCALE}, 0.4)
    assert crossing(chart.curves[0].x, chart.curves[0].y) == time


def test_runs_of_earlier_versions_have_the_scale_of_their_windows():
    expected = np.median(forecast_errors(TRUTH, PREDICTED, TRUTH.std(axis=(0, 1))), axis=0)
    figure = forecast_figure(TRUTH, PREDICTED, time_per_step=1.0)
    np.testing.assert_allclose(figure.axes[-1].lines[-1].get_ydata(), expected)
    chart, *_ = curves.forecasts(STORED, 0.4)
    np.testing.assert_allclose(chart.curves[0].y, expected)


@pytest.mark.parametrize("scale", [None, np.array([0.0, 5.0])])
def test_an_axis_that_does_not_vary_is_taken_as_it_is(scale):
    truth = TRUTH * np.array([0.0, 1.0])
    errors = forecast_errors(truth, truth + np.array([0.5, 0.0]), scale)
    np.testing.assert_allclose(errors, 0.5 / np.sqrt(2))


def test_an_overflow_is_an_infinite_error_and_nothing_warns():
    predicted = TRUTH.copy()
    predicted[0, 3] = 1e200
    assert forecast_errors(TRUTH, predicted, SCALE)[0, 3] == np.inf
