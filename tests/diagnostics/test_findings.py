"""Numbers as they are shown, and lags as they are chosen."""

import numpy as np
import pytest

from rnnchaos.data import Dataset, Scaling
from rnnchaos.diagnostics.gradient_growth import spaced_lags
from rnnchaos.diagnostics.tables import number
from rnnchaos.diagnostics.truth import Truth, forcing_interval
from rnnchaos.errors import ConfigError
from rnnchaos.series import choose_lag


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (0.9056, 0.0013, "0.9056(13)"),
        (-14.5723, 0.021, "-14.572(21)"),
        (2.06, None, "2.06"),
        (0.5, 0.0, "0.5"),
        (123.456, 12.3, "123.5 ± 12"),
        (None, None, "–"),
    ],
)
def test_numbers_show_their_standard_error(value, error, shown):
    assert number(value, error) == shown


@pytest.mark.parametrize("longest", [1, 2, 30, 10_000])
def test_lags_rise_from_one_to_the_longest(longest):
    lags = spaced_lags(longest)
    assert lags[0] == 1
    assert lags[-1] == longest
    assert np.all(np.diff(lags) >= 1)


PHASE = 2 * np.pi * np.arange(5000) / 100
CIRCLE = np.stack([np.cos(PHASE), np.sin(PHASE)], 1)
DATASET = Dataset(CIRCLE, CIRCLE, CIRCLE, CIRCLE, Scaling(np.zeros(2), np.ones(2)), 0.01, ("x0", "x1"), True)


def truth(exponent, error):
    return Truth(np.array([exponent]), np.array([error]), 0.01, "tangent dynamics")


def test_the_forcing_interval_is_the_time_in_which_errors_grow_by_a_factor():
    # ln 2 / (0.9056 · 0.01) = 76.5 steps
    assert forcing_interval("auto", truth(0.9056, 0.001), DATASET, growth=2.0) == 77
    # ln 1.3 / (0.9056 · 0.01) = 28.97 steps
    assert forcing_interval("auto", truth(0.9056, 0.001), DATASET, growth=1.3) == 29
    assert forcing_interval("auto", truth(200.0, 0.001), DATASET, growth=2.0) == 1


def test_the_forcing_interval_from_how_long_a_series_remembers_itself():
    # Of a cosine of period 100 the autocorrelation is cos(2π lag / 100), which falls below 1/e after 19.0 steps.
    assert forcing_interval("autocorrelation", None, DATASET, growth=2.0) == 20
    assert forcing_interval("mutual_information", None, DATASET, growth=2.0) == choose_lag(CIRCLE).lag


def test_no_interval_without_chaos():
    with pytest.raises(
        ConfigError, match=r"^protocol.tau=auto needs a positive Lyapunov exponent, got 0.01 ± 0.01"
    ):
        forcing_interval("auto", truth(0.01, 0.01), DATASET, growth=2.0)
    with pytest.raises(ConfigError, match=r"^protocol.tau=auto found no exponent in the series"):
        forcing_interval("auto", None, DATASET, growth=2.0)
