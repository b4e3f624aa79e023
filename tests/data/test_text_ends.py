"""First and last lines of a text that are no rows: numbers of channels, units, means and sums; and rows that are."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.data.series_file import SeriesFile
from rnnchaos.errors import ConfigError
from rnnchaos.systems import Henon, Lorenz63


@pytest.fixture(scope="module")
def lorenz():
    return observed_orbit(Lorenz63(), num_steps=500, transient=300)


@pytest.fixture
def file(tmp_path):
    def written(rows, *, names="x,y,z", second=None, last=(), fmt="%.6f"):
        lines = [names] * (names is not None) + [second] * (second is not None)
        lines += [",".join(fmt % value for value in row) for row in rows] + [*last]
        path = tmp_path / "a.csv"
        path.write_text("\n".join(lines) + "\n")
        return path

    return written


def row_of(values, fmt="%.6f"):
    return ",".join(fmt % value for value in values)


@pytest.mark.parametrize("second", ["1,2,3", "0,1,2"])
def test_numbers_of_columns_below_the_names_are_no_row(file, lorenz, second):
    path = file(lorenz, second=second)
    with pytest.raises(
        ConfigError, match=r"^has_header must be given: .*below the names .*skip_rows=2 leaves it"
    ):
        SeriesFile(path).read()
    assert len(SeriesFile(path, skip_rows=2).read().values) == len(lorenz)
    assert len(SeriesFile(path, has_header=True).read().values) == len(lorenz) + 1


def test_codes_of_channels_far_from_the_series_are_no_row(file, lorenz):
    with pytest.raises(ConfigError, match=r"^has_header must be given: .*'11,12,13', is far from all others"):
        SeriesFile(file(lorenz / 1000, second="11,12,13")).read()


def test_the_line_to_skip_is_that_of_the_file(file, lorenz):
    path = file(lorenz, second="1,2,3")
    path.write_text(f"# a recording\n\n{path.read_text()}")
    with pytest.raises(ConfigError, match="skip_rows=4 leaves it"):
        SeriesFile(path).read()
    assert len(SeriesFile(path, skip_rows=4).read().values) == len(lorenz)


def test_whole_numbers_off_the_way_are_told(file, lorenz):
    (said,) = SeriesFile(file(lorenz, second="5,5,5")).read().told.said
    assert "'5,5,5', has whole numbers above others with decimals" in said
    assert "skip_rows=2" in said


def test_a_first_row_of_whole_numbers_is_a_row(file):
    for start in ([1.0, 2.0, 3.0], [0.0, 1.0, 2.0]):
        orbit = [np.array(start)]
        for _ in range(3_000):
            x, y, z = orbit[-1]
            orbit.append(orbit[-1] + 0.002 * np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z]))
        read = SeriesFile(file(orbit[::10], fmt="%.6g")).read()
        assert len(read.values) == 301
        assert not read.told.said


@pytest.mark.parametrize("statistic", [np.mean, np.median, np.sum, lambda x, axis: np.std(x, axis, ddof=1)])
@pytest.mark.parametrize(
    ("system", "names", "fmt"), [(Lorenz63(), "x,y,z", "%.2f"), (Henon(), "x,y", "%.6f")]
)
def test_a_last_line_of_statistics_is_no_row(file, statistic, system, names, fmt):
    series = np.round(observed_orbit(system, num_steps=500, transient=50), 6)
    path = file(series, names=names, last=[row_of(statistic(series, axis=0), fmt)])
    with pytest.raises(ConfigError, match=r"^null_values must be given: the last line"):
        SeriesFile(path).read()
    assert len(SeriesFile(path, null_values=("na",)).read().values) == len(series) + 1


def test_means_above_deviations_and_beside_a_word_are_no_rows(file, lorenz):
    series = np.round(lorenz, 6)
    labelled = [
        f"{t:.2f},{row_of(row)}" for t, row in zip(0.02 * np.arange(len(series)), series, strict=True)
    ]
    for last in (
        [f"mean,{row_of(series.mean(0))}"],
        [f",{row_of(series.mean(0))}", f",{row_of(series.std(0, ddof=1))}"],
    ):
        path = file([], names="t,x,y,z", last=[*labelled, *last])
        with pytest.raises(ConfigError, match=r"^null_values must be given: the last line"):
            SeriesFile(path, columns=("x", "y", "z"), time_column=None).read()


def test_a_mean_that_may_be_chance_is_told(file, lorenz):
    henon = np.round(observed_orbit(Henon(), num_steps=500, transient=50), 6)
    for series, names, fmt in ((np.round(lorenz[:, :1], 6), "x", "%.6f"), (henon, "x,y", "%.2f")):
        path = file(series, names=names, last=[row_of(series.mean(0), fmt)])
        (said,) = SeriesFile(path).read().told.said
        assert "has the mean of those above" in said


def test_a_series_that_ends_at_its_mean_is_one(file):
    t = np.arange(401)
    for period in (4, 100):
        waves = np.stack([np.sin(2 * np.pi * k * t / period) for k in (1, 2)], axis=1)
        read = SeriesFile(file(waves + np.array([5, 3]), names="x,y", fmt="%.4f")).read()
        assert len(read.values) == 401
        assert not read.told.said


def test_separators_at_the_ends_of_rows_alone_do_not_shift_the_names(file, lorenz):
    path = file([], last=[f"{row_of(row)}," for row in lorenz])
    read = SeriesFile(path, columns=("x", "z")).read()
    np.testing.assert_allclose(read.values, lorenz[:, [0, 2]], atol=1e-6)


def test_names_of_rows_beside_an_empty_column_stay(file, lorenz):
    rows = [f"{number},{row_of(row[:2])}," for number, row in enumerate(lorenz, start=1)]
    read = SeriesFile(file([], last=rows), columns=("x", "y")).read()
    np.testing.assert_allclose(read.values, lorenz[:, :2], atol=1e-6)


def test_a_spike_in_the_first_counts_of_a_converter_is_a_row(file, lorenz):
    counts = np.concatenate([[[30_000]], np.round(20 * lorenz[:, :1])])
    assert len(SeriesFile(file(counts, names="x", fmt="%d")).read().values) == len(lorenz) + 1
