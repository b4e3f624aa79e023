"""Rows to go on from: of the files that a series may come in, and never with a row number for an axis."""

import numpy as np
import pytest

from rnnchaos.data import TextFormat, read_history
from rnnchaos.errors import ConfigError

VALUES = np.random.default_rng(0).standard_normal((60, 2)).round(6)


def read(tmp_path, text, names=("x", "y"), name="rows.csv", **settings):
    path = tmp_path / name
    path.write_text(text)
    return read_history(path, **({"names": names, "time_column": None, "time_per_step": 1.0} | settings))


def rows(separator=",", index=None):
    lines = [separator.join(map(str, row)) for row in VALUES]
    return "\n".join(
        lines if index is None else [f"{index(i)}{separator}{line}" for i, line in enumerate(lines)]
    )


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (rows(), None),
        ("a,b\n" + rows(), None),
        (rows(" "), None),
        (",a,b\n" + rows(index=str), None),
        ("Unnamed: 0,a,b\n" + rows(index=str), None),
        (rows(index=lambda i: i + 1), None),
        ("Time (s);a;b\n" + rows(";", index=lambda i: i + 5), 5.0 + np.arange(60)),
        ("when,a,b\n" + rows(index=lambda i: f"1970-01-01 00:00:{i:02}"), np.arange(60)),
    ],
)
def test_two_axes_of_other_names(tmp_path, text, time):
    found = read(tmp_path, text)
    np.testing.assert_array_equal(found.rows, VALUES)
    assert (found.time is None) == (time is None)
    if time is not None:
        np.testing.assert_array_equal(found.time, time)


def test_a_row_number_is_no_third_axis(tmp_path):
    with pytest.raises(ConfigError, match=r"must have the 3 columns x, y, z of the run, got index, a, b$"):
        read(tmp_path, "index,a,b\n" + rows(index=str), names=("x", "y", "z"))
    named = read(tmp_path, "index,a,b\n" + rows(index=str), names=("index", "a", "b"))
    np.testing.assert_array_equal(named.rows[:, 0], np.arange(60))


def test_rows_that_do_not_follow_each_other(tmp_path):
    with pytest.raises(
        ConfigError, match="rows must follow each other, but column 'Unnamed: 0' rises by 1 but for 1 gap"
    ):
        read(tmp_path, "Unnamed: 0,x,y\n" + rows(index=lambda i: i + (i > 50)))


def test_a_short_orbit_that_rises_is_one(tmp_path):
    text = "\n".join(f"{i**1.5:.3f},{i % 3}" for i in range(20))
    assert read(tmp_path, text).rows.shape == (20, 2)


def test_the_text_is_read_as_it_is_said(tmp_path):
    found = read(
        tmp_path, "x:y:note\n" + rows(":").replace("\n", ":ok\n") + ":ok", format=TextFormat(separator=":")
    )
    np.testing.assert_array_equal(found.rows, VALUES)
    with pytest.raises(ConfigError, match=r"column 'b' must hold numbers, but has 'off' in row 1$"):
        read(tmp_path, "a,b\n1,2\n3,off\n")


def test_what_is_set_goes_before_what_the_run_has():
    of_run = TextFormat(separator=";", decimal_comma=True)
    given = TextFormat(separator="|").over(of_run, {"separator"})
    assert given == TextFormat(separator="|", decimal_comma=True)
    assert TextFormat(skip_rows=0).over(TextFormat(skip_rows=3), {"skip_rows"}).skip_rows == 0


def test_a_place_of_times_is_none_where_data_stand(tmp_path):
    """The run's file began with times; one without them begins with what is measured."""
    names = ("x", "y")
    text = f"x,y\n{rows(',')}"
    found = read(tmp_path, text, names=names, time_column=0)
    np.testing.assert_array_equal(found.rows, VALUES)
    assert found.time is None


def test_inputs_to_come_are_rows_without_data(tmp_path):
    text = "x,y,s\n" + "\n".join(["1,2,10", "3,4,11", ",,12", ",,13"])
    history, later = read(tmp_path, text, input_names=("s",)).parted()
    np.testing.assert_array_equal(history.rows, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(history.inputs, [[10], [11]])
    np.testing.assert_array_equal(later, [[12], [13]])


def test_inputs_need_not_be_in_the_file_and_other_columns_do_not_matter(tmp_path):
    history, later = read(tmp_path, "x,y\n1,2\n3,4", input_names=("s",)).parted()
    assert history.inputs is None
    assert later is None
    np.testing.assert_array_equal(history.rows, [[1, 2], [3, 4]])
    found = read(tmp_path, "s,more,y,x\n10,0,2,1\n11,0,4,3", input_names=("s",))
    np.testing.assert_array_equal(found.rows, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(found.inputs, [[10], [11]])
    assert found.parted()[1] is None


def test_what_is_written_for_a_missing_value_is_no_row_to_go_on_from(tmp_path):
    text = rows() + "\n-999,0.5\n"
    with pytest.raises(ConfigError, match=r"row 60 of column 'column_0' is -999, far from all others"):
        read(tmp_path, text)
    assert np.isnan(read(tmp_path, text, format=TextFormat(null_values=(-999,))).rows[-1, 0])
    assert read(tmp_path, text, format=TextFormat(null_values=("na",))).rows[-1, 0] == -999


def test_rows_from_which_a_run_in_steps_goes_on_do_not_fall_in_time(tmp_path):
    for index in (lambda i: 60 - i, lambda i: i + 50 * (i > 30)):
        text = "time,x,y\n" + rows(index=index)
        with pytest.raises(ConfigError, match="rows must follow each other, but column 'time'"):
            read(tmp_path, text, time_per_step=None)
        assert len(read(tmp_path, text, time_per_step=None, follow=True).rows) == 60


def test_a_file_with_some_of_the_names_is_not_read_in_order(tmp_path):
    with pytest.raises(
        ConfigError, match="must have the columns x, y of the run, or none of these names, got no x"
    ):
        read(tmp_path, "y,z\n" + rows())


@pytest.mark.parametrize("form", ["{:02}.01.25 10:30", "01/{:02}/25 10:30:00", "25-01-{:02}T10:30"])
def test_years_of_two_digits_are_of_this_century(tmp_path, form):
    text = "date,x,y\n" + "\n".join(f"{form.format(day)},{day % 7}.5,{day**2 % 11}.5" for day in range(1, 29))
    found = read(tmp_path, text, time_per_step=86_400.0)
    assert found.time[0] == 1_735_727_400  # 2025-01-01T10:30
