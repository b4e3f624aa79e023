"""The chart of a forecast whose rows have dates."""

import numpy as np
import pytest

from rnnchaos.report import curves


@pytest.mark.parametrize(
    ("calendar", "label", "first"),
    [("", "time units", 86_400.0), ("UTC", "seconds after 1970-01-02T00:00:10Z", -10.0)],
)
def test_times_of_dates_count_from_the_last_row(calendar, label, first):
    chart, *_ = curves.continuation(
        {
            "axis_names": np.array(["u"]),
            "history": np.zeros((2, 1)),
            "history_time": np.array([86_400.0, 86_410.0]),
            "forecast": np.ones((1, 1)),
            "time": np.array([86_420.0]),
            "calendar": np.array(calendar),
        }
    )
    assert chart.x_label == label
    assert chart.curves[0].x[0] == first
