"""Series that go where the training series has never been."""

import numpy as np
import pytest

from rnnchaos.data import Preparation, out_of_range, prepare
from rnnchaos.data.dataset import Dataset
from rnnchaos.data.scaling import Scaling
from rnnchaos.pieces import Pieces
from rnnchaos.systems import Lorenz63

TIME = np.arange(6000.0)


def dataset(values):
    parts = [Pieces.of(part[:, None]) for part in np.split(values, 3)]
    train, validation, test = parts
    return Dataset(train, test, test, validation, Scaling(np.zeros(1), np.ones(1)), 1.0, ("angle",), True)


@pytest.mark.parametrize(
    ("values", "share"),
    [
        (0.01 * TIME, "100"),  # a pendulum that turns over
        (np.cos(TIME) - 4 * (TIME > 5000), "50"),  # a sensor that was moved
    ],
)
def test_a_series_that_leaves_its_range_is_told(values, share):
    (line,) = out_of_range(dataset(values), 1)
    assert line == (
        f"odd: angle is outside the range of the training series in {share} % of the test series, where a network has "
        "learned nothing: instead of a trend take its steps, instead of an angle that is not wrapped its cosine and "
        "sine"
    )


@pytest.mark.parametrize(
    "values",
    [
        np.cos(TIME),
        np.random.default_rng(0).standard_normal(6000),
        np.ones(6000) + 1e-14 * TIME,  # rounding
    ],
)
def test_others_are_not(values):
    assert out_of_range(dataset(values), 1) == []


def test_chaos_is_not():
    prepared = prepare(Lorenz63(), Preparation(train_length=1000, test_length=1000))
    assert out_of_range(prepared, 3) == []
