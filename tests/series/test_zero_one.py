"""The 0–1 test on series whose nature is known."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.errors import ConfigError
from rnnchaos.series import zero_one_test
from rnnchaos.systems import Lorenz63, Rossler


def logistic(r, length=2000):
    x, found = 0.3, []
    for _ in range(length + 500):
        x = r * x * (1 - x)
        found.append(x)
    return np.array(found[500:])


# Bounds: Gottwald & Melbourne find K within .1 of 0 and 1 from 2000 points on.
@pytest.mark.parametrize(
    "series", [logistic(4.0), logistic(3.9), np.random.default_rng(0).standard_normal(2000)]
)
def test_chaos(series):
    assert zero_one_test(series).value > 0.9


@pytest.mark.parametrize(
    "series",
    [
        logistic(3.55),
        np.cos(np.arange(2000.0)),
        np.cos(np.arange(2000.0)) + np.cos(np.sqrt(3) * np.arange(2000.0)),
    ],
    ids=["cycle", "circle", "torus"],
)
def test_order(series):
    found = zero_one_test(series)
    assert abs(found.value) < 0.1
    assert 0 <= found.spread < 0.1


@pytest.mark.parametrize(
    ("system", "stride"), [(Lorenz63(), 16), (Rossler(), 14)], ids=["Lorenz63", "Rossler"]
)
def test_flows_that_are_sampled_coarsely(system, stride):
    x = observed_orbit(system, num_steps=2000 * stride, transient=1000)[:, 0]
    assert zero_one_test(x[::stride]).value > 0.9
    # Sampled finely, hardly any step of the walk is new.
    assert zero_one_test(x[:2000]).value < 0.9


def test_refused():
    with pytest.raises(
        ConfigError, match=r"^the series must hold at least 200 points for the 0-1 test, got 10$"
    ):
        zero_one_test(np.ones(10))
    with pytest.raises(ConfigError, match=r"^the series must be finite and vary for the 0-1 test$"):
        zero_one_test(np.ones(300))
    with pytest.raises(
        ConfigError, match=r"^the series must have one axis for the 0-1 test, got 500 by 2: take one column"
    ):
        zero_one_test(np.random.default_rng(0).random((500, 2)))


def test_a_column_is_one_axis():
    series = np.random.default_rng(0).random(500)
    assert zero_one_test(series[:, None]) == zero_one_test(series)
