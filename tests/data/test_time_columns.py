"""Columns of times and of row numbers never become axes, and their spacing is never lost, without a word."""

from datetime import datetime, timedelta

import numpy as np
import polars
import pytest

from rnnchaos.data import SeriesFile
from rnnchaos.errors import ConfigError

ROWS = 60
VALUES = np.random.default_rng(0).standard_normal((ROWS, 2))


def written(tmp_path, name, column, *, values=VALUES, place=0):
    """A CSV with one more column beside u and v."""
    columns = {"u": values[:, 0], "v": values[:, 1]}
    pairs = list(columns.items())
    pairs.insert(place, (name, column))
    path = tmp_path / "a.csv"
    polars.DataFrame(dict(pairs)).write_csv(path)
    return path


def refusal(path, **settings):
    with pytest.raises(ConfigError) as error:
        SeriesFile(path, **settings).read()
    assert "\n" not in str(error.value)
    return str(error.value).replace(str(path), "a.csv")


EVEN = np.arange(ROWS)


@pytest.mark.parametrize(
    ("name", "column", "typed", "course", "dt"),
    [
        ("", EVEN, "column_0", "rises by 1 in every row", "1"),
        ("Unnamed: 0", EVEN, "0", "rises by 1 in every row", "1"),
        ("index", EVEN + 1, "index", "rises by 1 in every row", "1"),
        ("sample", 5 * EVEN, "sample", "rises by 5 in every row", "5"),
        ("seconds", 0.02 * EVEN, "seconds", "rises by 0.02 in every row", "0.02 seconds"),
        ("time_ms", 20 * EVEN, "time_ms", "rises by 20 in every row", "20 ms"),
        ("Time (s)", 0.02 * EVEN, "0", "rises by 0.02 in every row", "0.02 s"),
        ("year", 1950 + EVEN, "year", "rises by 1 in every row", "1 year"),
        ("t", (EVEN / 30).round(3), "t", "rises by 0.033339 in every row", "0.033339"),  # rounded to ms
        ("backwards", -EVEN, "backwards", "falls by 1 in every row", "1"),
        ("frame", np.delete(np.arange(ROWS + 1), 7), "frame", "rises by 1 but for 1 gap", None),
        ("whatever", EVEN**2.0, "whatever", "rises throughout", None),
        ("stamp", 1.7e9 + 0.25 * EVEN, "stamp", "rises by 0.25 in every row", "0.25"),
        ("year", 1950 + EVEN // 12, "year", "never falls", None),
        ("step", np.sort(EVEN // 2), "step", "never falls", None),
        ("Unnamed: 0", EVEN % 40, "0", "rises by 1 but for 1 gap", None),  # two tables below each other
        ("", np.roll(EVEN, 9), "column_0", "rises by 1 but for 1 gap", None),
        ("id", np.random.default_rng(1).permutation(ROWS), "id", "numbers the rows in another order", None),
        ("date", 20240101 + EVEN, "date", "rises by 1 in every row", "1"),
        ("month", np.random.default_rng(2).integers(1, 13, ROWS), "month", "is named like times", None),
    ],
)
def test_a_column_of_times_is_never_an_axis_by_default(tmp_path, name, column, typed, course, dt):
    path = written(tmp_path, name, column)
    shown = name or "column_0"
    as_dt = "" if dt is None else f" (dt = {dt})"
    left = "columns=[u,v] leaves it out"
    assert refusal(path) == (
        f"time_column must say what column {shown!r} of a.csv is, which {course}, got 'auto'; time_column={typed} "
        f"takes it as times{as_dt}, {left}, time_column=null makes it an axis"
    )
    assert SeriesFile(path, time_column=None).read().values.shape == (ROWS, 3)
    assert SeriesFile(path, columns=("u", "v"), dt=0.5, time_column=None).read().dt == 0.5
    assert SeriesFile(path, columns=(0, "u")).read().values.shape == (ROWS, 2)


@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize(("name", "column"), [("x", EVEN), ("x", EVEN**2), ("count", EVEN // 2)])
def test_wherever_it_stands(tmp_path, place, name, column):
    assert f"what column {name!r} of a.csv is" in refusal(written(tmp_path, name, column, place=place))


@pytest.mark.parametrize("ending", ["csv", "npy", "npz"])
def test_a_first_column_without_a_name(tmp_path, ending):
    path, values = tmp_path / f"a.{ending}", np.column_stack([0.01 * EVEN, VALUES])
    {"csv": lambda: np.savetxt(path, values, delimiter=","), "npy": lambda: np.save(path, values),
     "npz": lambda: np.savez(path, values)}[ending]()  # fmt: skip
    with pytest.raises(
        ConfigError, match=r"what column '(column_0|x0)' of .* is, which rises by 0.01 in every row"
    ):
        SeriesFile(path).read()
    found = SeriesFile(path, time_column=0).read()
    assert found.dt == 0.01
    np.testing.assert_allclose(found.values, VALUES)


def test_data_are_not_taken_for_times(tmp_path):
    orbit = np.cumsum(VALUES, axis=0)
    smooth = np.sin(0.1 * EVEN)
    rising_later = np.where(EVEN < 30, 1.0, EVEN - 29.0)  # beside the first column, a level that never falls
    path = tmp_path / "a.npy"
    np.save(path, np.column_stack([orbit, smooth, rising_later]))
    assert SeriesFile(path).read().values.shape == (ROWS, 4)
    np.save(path, EVEN**2.0)  # a trend alone is what there is to learn
    assert SeriesFile(path).read().values.shape == (ROWS, 1)


def test_a_trend_can_be_chosen(tmp_path):
    path = written(tmp_path, "population", np.exp(0.01 * EVEN))
    assert SeriesFile(path, columns=("population", "u")).read().names == ("population", "u")


def test_a_second_such_column_is_not_forgotten(tmp_path):
    path = tmp_path / "a.csv"
    polars.DataFrame({"index": EVEN, "t": 0.5 * EVEN, "u": VALUES[:, 0]}).write_csv(path)
    assert "what column 'index' of a.csv is" in refusal(path)
    assert refusal(path, time_column="t") == (
        "columns must be given: column 'index' of a.csv rises by 1 in every row, got null; columns=[u] leaves it out"
    )
    assert SeriesFile(path, time_column="t", columns=("u",)).read().dt == 0.5


def test_dt_is_not_silently_1_beside_times(tmp_path):
    path = written(tmp_path, "Time (s)", 0.02 * EVEN)
    assert refusal(path, columns=("u",)) == (
        "dt must be given: column 'Time (s)' of a.csv, which is left out, rises by 0.02 in every row, got null; "
        "time_column=0 takes its spacing (dt = 0.02 s), dt=1 counts in steps"
    )
    for given in ({"dt": 1.0}, {"time_column": "Time (s)"}, {"time_column": None}):
        SeriesFile(path, columns=("u",), **given).read()
    assert SeriesFile(written(tmp_path, "index", EVEN), columns=("u",)).read().dt == 1.0


@pytest.mark.parametrize(
    ("column", "course"),
    [
        (np.delete(np.arange(ROWS + 1), 7), "rises by 1 but for 1 gap"),  # of pandas, once rows were dropped
        (EVEN % 40, "rises by 1 but for 1 gap"),
        (-EVEN, "falls by 1 in every row"),
        (np.random.default_rng(1).permutation(ROWS), "numbers the rows in another order"),
    ],
)
@pytest.mark.parametrize("name", ["time", "Unnamed: 0", "index"])
def test_rows_that_do_not_follow_each_other_are_no_series(tmp_path, name, column, course):
    path = written(tmp_path, name, column)
    for given in ({}, {"dt": 0.1}):
        assert refusal(path, columns=("u",), **given) == (
            f"time_column must say that rows follow each other: column {name!r} of a.csv, which is left out, {course}, "
            "got 'auto'; time_column=null takes the rows as they stand"
        )
    assert SeriesFile(path, columns=("u",), time_column=None).read().dt == 1.0


def test_times_with_gaps_or_backwards(tmp_path):
    path = written(tmp_path, "t", -0.5 * EVEN)
    assert refusal(path, time_column="t") == (
        "a.csv: sampling times must rise, but they fall: turn the rows round, the oldest first"
    )
    path = written(tmp_path, "t", np.delete(np.arange(ROWS + 1), 7))
    found = SeriesFile(path, time_column="t").read()
    assert (found.series.lengths, found.dt, found.told.gaps) == ((7, ROWS - 7), 1.0, 1)


def test_times_in_single_precision_and_times_that_are_missing(tmp_path):
    path = tmp_path / "a.npy"
    times = (3000 + 0.01 * EVEN).astype(np.float32)
    np.save(path, np.column_stack([times, VALUES]).astype(np.float32))
    assert SeriesFile(path, time_column=0).read().dt == pytest.approx(0.01, rel=1e-3)
    np.save(path, np.column_stack([np.where(EVEN == 5, np.nan, EVEN), VALUES]))
    with pytest.raises(ConfigError, match="must rise by the same step, but row 5 has none"):
        SeriesFile(path, time_column=0).read()


def test_dt_that_contradicts_a_count_of_rows(tmp_path):
    path = written(tmp_path, "index", EVEN)
    assert refusal(path, time_column="index", dt=0.1) == (
        "dt must be the time column's spacing 1, got 0.1; a column that counts rows is left out by columns=[…]"
    )


def test_numbers_that_are_names_of_other_columns(tmp_path):
    path = tmp_path / "a.csv"
    polars.DataFrame({"": EVEN, "0": VALUES[:, 0], "1": VALUES[:, 1]}).write_csv(path)
    assert refusal(path, columns=(0, 1)) == (
        "columns must be a name or an index without doubt, got 0; also the name of column 1; quoted it is the name"
    )
    np.testing.assert_array_equal(SeriesFile(path, columns=("0", "1")).read().values, VALUES)


def test_a_transposed_array(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, VALUES.T)
    with pytest.raises(ConfigError) as refused:
        SeriesFile(path).read()
    assert str(refused.value) == (
        f"transpose must be given, since {path} has 60 columns and only 2 rows, got 'auto'; transpose=true takes each "
        "row for an axis, transpose=false each column"
    )
    found = SeriesFile(path, transpose=True).read()
    np.testing.assert_array_equal(found.values, VALUES)
    assert found.names == ("x0", "x1")
    assert SeriesFile(path, transpose=False).read().values.shape == (2, 60)
    np.save(path, VALUES[:, :1].T)
    with pytest.raises(ConfigError, match="has 60 columns and only 1 row, got"):
        SeriesFile(path).read()
    np.testing.assert_array_equal(SeriesFile(path, transpose=True).read().values, VALUES[:, :1])


def test_arrays_beside_each_other(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, t=0.1 * EVEN, x=VALUES)
    found = SeriesFile(path, time_column="t").read()
    assert (found.dt, found.names) == (0.1, ("x0", "x1"))
    structured = np.rec.fromarrays([EVEN, VALUES[:, 0]], names="t,u")
    np.save(tmp_path / "b.npy", structured)
    assert SeriesFile(tmp_path / "b.npy", time_column="t").read().names == ("u",)


def test_parquet_with_dates_and_texts(tmp_path):
    path = tmp_path / "a.parquet"
    start = np.datetime64("2024-05-01", "ms")
    polars.DataFrame(
        {"when": start + 250 * EVEN.astype("timedelta64[ms]"), "u": VALUES[:, 0], "note": ["ok"] * ROWS}
    ).write_parquet(path)
    found = SeriesFile(path, time_column="when", columns=("u",)).read()
    assert found.dt == 0.25


def test_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    np.save(tmp_path / "a.npy", VALUES)
    np.testing.assert_array_equal(SeriesFile("~/a.npy").read().values, VALUES)


def test_times_of_day_that_pass_midnight_are_told(tmp_path):
    for name, form in (("a", "%H:%M"), ("b", "%Y-%m-%d %H:%M")):
        times = [datetime(2025, 1, 1, 20) + timedelta(minutes=15 * row) for row in range(120)]
        lines = [f"{time.strftime(form)},{np.sin(0.3 * row):.5f}" for row, time in enumerate(times)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["when,x", *lines]))
    read = SeriesFile(tmp_path / "a.csv", time_column="when").read()
    assert read.series.lengths == (16, 96, 8)
    (said,) = read.told.said
    assert "column 'when' passes midnight 2 times without a date, which ends a piece" in said
    assert not SeriesFile(tmp_path / "b.csv", time_column="when").read().told.said
