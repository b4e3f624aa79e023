"""Measured series: every format, and one clear line for everything that can be wrong with a file."""

import re

import numpy as np
import polars
import pytest

from rnnchaos.data import SeriesFile
from rnnchaos.errors import ConfigError

VALUES = np.random.default_rng(0).standard_normal((40, 2))
FRAME = polars.DataFrame({"time": 0.5 * np.arange(40), "u": VALUES[:, 0], "v": VALUES[:, 1]})


def write(folder, name):
    path = folder / name
    match path.suffix:
        case ".npy":
            np.save(path, VALUES)
        case ".npz":
            np.savez(path, u=VALUES[:, 0], v=VALUES[:, 1])
        case ".csv":
            FRAME.write_csv(path)
        case ".parquet":
            FRAME.write_parquet(path)
    return str(path)


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.csv", "a.parquet"])
def test_formats_hold_the_same_series(tmp_path, name):
    timed = name.endswith(("csv", "parquet"))
    series = SeriesFile(write(tmp_path, name), time_column="time" if timed else None).read()
    np.testing.assert_array_equal(series.values, VALUES)
    assert series.dt == (0.5 if timed else 1.0)
    assert len(series.names) == 2


def test_columns_are_chosen_by_name_or_index(tmp_path):
    path = write(tmp_path, "a.csv")
    np.testing.assert_array_equal(SeriesFile(path, columns=("v", 1), dt=0.1).read().values, VALUES[:, ::-1])


def test_a_csv_without_a_header(tmp_path):
    path = tmp_path / "a.csv"
    np.savetxt(path, VALUES, delimiter=",", fmt="%.17g")
    np.testing.assert_array_equal(SeriesFile(str(path)).read().values, VALUES)


def refused(match, path, **settings):
    with pytest.raises(ConfigError, match=match) as error:
        SeriesFile(str(path), **settings).read()
    assert "\n" not in str(error.value)


def test_missing_file_names_the_nearest(tmp_path):
    write(tmp_path, "series.csv")
    refused(
        r"path must be a file that exists, got '.*/serie.csv'; did you mean '.*/series.csv'\?$",
        tmp_path / "serie.csv",
    )


def test_unknown_ending(tmp_path):
    refused(
        r"^path must be a .npy, .npz, .mat, .h5, .hdf5, .nc, .parquet, .csv, .tsv, .txt or .dat file, the last four "
        r"also as .gz, got '.*series.xlsx'$",
        tmp_path / "series.xlsx",
    )


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.parquet"])
def test_truncated_file(tmp_path, name):
    path = tmp_path / name
    write(tmp_path, name)
    path.write_bytes(path.read_bytes()[:60])
    refused(f"not a readable {path.suffix} file", path)


def test_pickled_objects_are_refused(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    refused(
        "not a readable .npy file: it holds Python objects, which are never unpickled; give arrays",
        path,
    )


def test_text_in_a_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("u,v\n1,2\n3,off\n")
    refused(
        r"column 'v' of .*a.csv must hold numbers, but has 'off' in row 1, got null; columns=\[u\] leaves it out$",
        path,
    )
    np.testing.assert_array_equal(SeriesFile(path, columns=("u",)).read().values, [[1], [3]])


def test_missing_values_end_a_piece(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("u,v\n1,2\n2,3\n3,\n4,1\n5,9\n")
    found = SeriesFile(path).read()
    assert found.series.lengths == (2, 2)
    np.testing.assert_array_equal(found.values, [[1, 2], [2, 3], [4, 1], [5, 9]])
    path.write_text("u,v\n1,2\n3,\n5,6\n7,\n")
    refused(
        r"^bridge must leave two rows that follow each other in .*a.csv, got 0; between gaps and trials each of its 4 "
        "rows stands alone$",
        path,
    )
    path.write_text("u,v\n1,\n3,\n5,\n")
    refused(r"a.csv: column 'v' holds no value$", path)


def test_infinite_values(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("u,v\n1,2\n3,4\n5,inf\n")
    refused(
        r"row 2 of column 'v' is not finite \(1 such values\); null_values=\[inf\] takes them for missing$",
        path,
    )
    assert SeriesFile(path, null_values=("inf",)).read().series.lengths == (2,)


def test_gap_in_the_times(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("t,u\n0,1\n1,2\n2,0\n4,3\n5,1\n")
    found = SeriesFile(path, time_column="t").read()
    assert (found.series.lengths, found.dt) == ((3, 2), 1.0)


def test_times_are_not_taken_for_data(tmp_path):
    refused(
        r"^time_column must say what column 'time' of .*a.csv is, which rises by 0.5 in every row, got 'auto'; "
        r"time_column=time takes it as times \(dt = 0.5\), columns=\[u,v\] leaves it out, "
        r"time_column=null makes it an axis$",
        write(tmp_path, "a.csv"),
    )
    as_axis = SeriesFile(write(tmp_path, "a.csv"), time_column=None).read()
    assert as_axis.names == ("time", "u", "v")


def test_dt_that_contradicts_the_times(tmp_path):
    refused("^dt must be the time column's spacing 0.5, got 0.1$", write(tmp_path, "a.csv"),
            time_column="time", dt=0.1)  # fmt: skip


def test_unknown_column_names_the_nearest(tmp_path):
    refused(
        r"^columns must name a column of the file, got 'w'; did you mean '.'\?$",
        write(tmp_path, "a.csv"),
        columns=("w",),
    )


def test_dt_must_be_positive():
    with pytest.raises(ConfigError, match=r"^dt must be greater than 0 time units, got 0.0$"):
        SeriesFile("a.csv", dt=0.0)


@pytest.mark.parametrize("filler", [-999, 9999, -99.99, 1e20])
@pytest.mark.parametrize("ending", ["npy", "csv"])
def test_what_is_written_for_missing_values_is_no_measurement(tmp_path, filler, ending):
    path, values = tmp_path / f"a.{ending}", VALUES.copy()
    values[7, 1] = filler
    np.save(path, values) if ending == "npy" else np.savetxt(path, values, delimiter=",")
    name = "x1" if ending == "npy" else "column_1"
    shown = re.escape(f"{filler:g}")
    refused(
        rf"^null_values must be given: row 7 of column '{name}' of .*a.{ending} is {shown}, far from all others, "
        rf"as what is written for a missing value, got \[\]; null_values=\[{shown}\] takes it for one, "
        r"null_values=\[na\] for a number$",
        path,
    )
    assert SeriesFile(path, null_values=(filler,)).read().series.lengths == (7, 32)
    np.testing.assert_array_equal(SeriesFile(path, null_values=("na",)).read().values, values)


def test_large_numbers_among_their_like_are_data(tmp_path):
    values = 400 * VALUES.round(1)
    np.save(tmp_path / "a.npy", values - values.min(0) - 999)
    SeriesFile(tmp_path / "a.npy").read()


def test_a_sensor_that_hung_is_told(tmp_path):
    values = np.random.default_rng(1).standard_normal((400, 2))
    rounded = np.round(np.sin(0.01 * np.arange(400)), 1)
    for column, expected in (
        (values[:, 0], None),
        (rounded, None),
        (np.where(np.arange(400) % 2, 1.0, 0.0), None),
    ):
        np.save(tmp_path / "a.npy", column)
        assert SeriesFile(str(tmp_path / "a.npy")).read().told.standstill is expected
    values[100:150] = values[100]
    np.save(tmp_path / "a.npy", values)
    assert SeriesFile(str(tmp_path / "a.npy")).read().told.standstill == (100, 50)
