"""Own units and what the network sees."""

import numpy as np
import pytest

from rnnchaos.data import DataUnits, Preparation, prepare, read_history
from rnnchaos.errors import ConfigError
from rnnchaos.systems import Henon

LENGTHS = {"train_length": 50, "test_length": 20, "validation_length": 20, "transient": 100}


@pytest.mark.parametrize(("delays", "lag"), [(1, 1), (3, 2)])
def test_what_is_seen_comes_back(delays, lag):
    preparation = Preparation(**LENGTHS, embedding_dimension=delays, embedding_lag=lag)
    dataset = prepare(Henon(), preparation)
    units = DataUnits.of(dataset, preparation)
    assert units.axis_names == ("x", "y")
    assert units.rows_for(1) == 1 + (delays - 1) * lag
    observed = units.observed(dataset.test.values)
    seen = units.seen(observed)
    np.testing.assert_allclose(seen, dataset.test.values[(delays - 1) * lag :], atol=1e-12)
    np.testing.assert_allclose(units.observed(seen), observed[(delays - 1) * lag :], atol=1e-12)
    x, y = observed.T
    np.testing.assert_allclose(x[1:], 1 - 1.4 * x[:-1] ** 2 + y[:-1], atol=1e-12)


def read(tmp_path, text, **settings):
    file = tmp_path / "rows.csv"
    file.write_text(text)
    given = {"names": ("x", "y"), "time_column": None, "time_per_step": 0.5} | settings
    return read_history(file, **given)


def test_rows_without_a_header(tmp_path):
    found = read(tmp_path, "1,2\n3,4\n")
    np.testing.assert_array_equal(found.rows, [[1, 2], [3, 4]])
    assert found.time is None


def test_a_time_column_is_known_by_its_name_or_named(tmp_path):
    np.testing.assert_array_equal(read(tmp_path, "time,x,y\n3,1,2\n3.5,3,4\n").time, [3, 3.5])
    np.testing.assert_array_equal(read(tmp_path, "when,x,y\n3,1,2\n", time_column="when").time, [3])
    assert read(tmp_path, "time,x,y\n3,1,2\n9,3,4\n", time_per_step=None).time is None


def test_gaps_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="sampling times must rise by the same step"):
        read(tmp_path, "t,x,y\n0,1,2\n0.5,1,2\n2,1,2\n3,1,2\n")
