"""Tables written as text, as instruments, spreadsheets and other programs write them."""

import gzip

import numpy as np
import polars
import pytest

from rnnchaos.data import SeriesFile, TextFormat, read_table
from rnnchaos.errors import ConfigError

VALUES = np.random.default_rng(0).uniform(-30, 30, (60, 2)).round(4)
ROWS = [f"{u},{v}" for u, v in VALUES]
POINTS = "\n".join(ROWS)
COMMAS = POINTS.replace(",", ";").replace(".", ",")


def written(tmp_path, text, name="a.csv", encoding="utf-8"):
    path = tmp_path / name
    content = text.encode(encoding)
    path.write_bytes(gzip.compress(content) if name.lower().endswith(".gz") else content)
    return path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"u,v\n{POINTS}\n", ("u", "v")),
        (POINTS, ("column_0", "column_1")),
        (f"u, v\n{POINTS.replace(',', ', ')}\n", ("u", "v")),
        (f'"u","v"\n{POINTS}\n', ("u", "v")),
        (f"u;v\n{POINTS.replace(',', ';')}\n", ("u", "v")),
        (f"u;v\n{COMMAS}\n", ("u", "v")),
        (f"u\tv\n{COMMAS.replace(';', chr(9))}\n", ("u", "v")),
        (f"u v\n{POINTS.replace(',', ' ')}\n", ("u", "v")),
        (f"  u     v\n{POINTS.replace(',', '    ')}\n", ("u", "v")),
        (COMMAS.replace(";", "  "), ("column_0", "column_1")),
        (f"u|v\n{POINTS.replace(',', '|')}", ("u", "v")),
        (f"# made by hand\n# at noon\nu,v\n{POINTS}\n# the end\n", ("u", "v")),
        (f"# u v\n{POINTS.replace(',', ' ')}\n", ("u", "v")),  # numpy.savetxt with a header
        (f"# u,v\n{POINTS}\n", ("u", "v")),
        ("u v\n" + POINTS.replace(",", " ").replace("\n", "  # fine\n"), ("u", "v")),
        (f"# 60 rows of data\n{POINTS}\n", ("column_0", "column_1")),
        (f"sep=;\nu;v\n{POINTS.replace(',', ';')}\n", ("u", "v")),  # a spreadsheet's
        (f"u,v\r\n{POINTS}\r\n\r\n".replace("\n", "\r\n"), ("u", "v")),
        (f"\ufeffu,v\n{POINTS}\n", ("u", "v")),
        (f"u;v;\n{POINTS.replace(',', ';')}".replace("\n", ";\n") + ";", ("u", "v")),
        (f"0,1\n{POINTS}\n", ("0", "1")),  # pandas, of an array
        (f"u,v\n{POINTS}\n".replace("-", "\u2212"), ("u", "v")),  # of a text processor
        (f"mar1,mar2\n{POINTS}\n", ("mar1", "mar2")),
        ("u,v\n" + "\n".join(f'"{u}","{v}"'.replace(".", ",") for u, v in VALUES), ("u", "v")),
    ],
)
def test_dialects_hold_the_same_series(tmp_path, text, names):
    series = SeriesFile(written(tmp_path, text.replace(";;\n", ";\n"))).read()
    np.testing.assert_array_equal(series.values, VALUES)
    assert series.names == names
    assert series.dt == 1.0


@pytest.mark.parametrize("name", ["a.CSV", "a.tsv", "a.txt", "a.DAT", "a.csv.gz", "A.TXT.GZ", "a.b.dat"])
def test_endings(tmp_path, name):
    text = POINTS.replace(",", "\t") if "tsv" in name else POINTS
    np.testing.assert_array_equal(SeriesFile(written(tmp_path, text, name)).read().values, VALUES)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_encodings(tmp_path, encoding):
    path = written(tmp_path, f"größe,höhe\n{POINTS}\n", encoding=encoding)
    given = {"encoding": "latin-1"} if encoding == "latin-1" else {}
    assert SeriesFile(path, **given).read().names == ("größe", "höhe")


def test_one_column(tmp_path):
    for text in ("\n".join(str(u) for u in VALUES[:, 0]), "u\n" + "\n".join(str(u) for u in VALUES[:, 0])):
        np.testing.assert_array_equal(SeriesFile(written(tmp_path, text)).read().values, VALUES[:, :1])
    with_commas = "\n".join(f"{u:.2f}".replace(".", ",") for u in abs(VALUES[:, 0]))
    found = SeriesFile(written(tmp_path, f"level\n{with_commas}\n")).read()
    np.testing.assert_allclose(found.values[:, 0], abs(VALUES[:, 0]), atol=0.0051)
    assert found.names == ("level",)


def test_numbers_as_they_are_written(tmp_path):
    text = "u;v\n1.5D-3;TRUE\n+2;false\n-.5;True\n7.;FALSE\n 1e3 ;true\n"
    np.testing.assert_array_equal(
        SeriesFile(written(tmp_path, text)).read().values, [[1.5e-3, 1], [2, 0], [-0.5, 1], [7, 0], [1000, 1]]
    )


def test_settings_of_a_text(tmp_path):
    text = f"Station 4\n12 m\nu:v\n{POINTS.replace(',', ':')}\n% the end\n"
    found = SeriesFile(written(tmp_path, text), separator=":", skip_rows=2, comment_prefix="%").read()
    np.testing.assert_array_equal(found.values, VALUES)
    assert found.names == ("u", "v")
    bare = SeriesFile(written(tmp_path, f"1,2\n{POINTS}"), has_header=True).read()
    np.testing.assert_array_equal(bare.values, VALUES)
    assert bare.names == ("1", "2")


@pytest.mark.parametrize("word", ["", "nan", "NaN", "NA", "n/a", "null", "None", "-", "#N/A"])
def test_words_for_missing_values(tmp_path, word):
    path = written(
        tmp_path, f"u,v,w\n{POINTS}".replace("\n", ",1\n").replace("w,1", "w") + f",1\n3,4,{word}\n5,6,7\n"
    )
    found = SeriesFile(path).read()
    assert (found.series.lengths, found.told.skipped) == ((60,), 1)
    np.testing.assert_array_equal(SeriesFile(path, columns=("u", "v")).read().values[:60], VALUES)


def test_an_empty_line_ends_a_piece(tmp_path):
    blocks = "\n\n\n".join("\n".join(f"{u} {v}" for u, v in VALUES[i : i + 20]) for i in (0, 20, 40))
    for head in ("", "u v\n", "u v\n\n", "# made by hand\n\n"):
        path = written(tmp_path, f"{head}{blocks}\n\n", "a.dat")
        found = SeriesFile(path).read()
        assert found.series.lengths == (20, 20, 20)
        np.testing.assert_array_equal(found.values, VALUES)


def test_null_values(tmp_path):
    path = written(tmp_path, f"u,v\n{POINTS}\n-999.0,off\n5,6\n")
    found = SeriesFile(path, null_values=(-999, "off")).read()
    assert (found.series.lengths, found.told.skipped) == ((60,), 1)


def test_texts_in_columns_that_are_left_out(tmp_path):
    rows = "\n".join(f"{row},ok {i}" for i, row in enumerate(ROWS))
    path = written(tmp_path, f"u,v,status\n{rows}\n")
    np.testing.assert_array_equal(SeriesFile(path, columns=("v", "u")).read().values, VALUES[:, ::-1])
    with pytest.raises(ConfigError) as refused:
        SeriesFile(path).read()
    assert str(refused.value) == (
        f"columns must be given: column 'status' of {path} must hold numbers, but has 'ok 0' in row 0, got null; "
        "columns=[u,v] leaves it out"
    )


def dated(stamps):
    return "when,u,v\n" + "\n".join(f"{stamp},{row}" for stamp, row in zip(stamps, ROWS, strict=True))


@pytest.mark.parametrize(
    ("stamps", "dt"),
    [
        ([f"2024-05-{1 + i // 24:02}T{i % 24:02}:00:00" for i in range(60)], 3600),
        ([f"2024-05-{1 + i // 24:02} {i % 24:02}:00" for i in range(60)], 3600),
        ([f"2024-05-{1 + i // 24:02} {i % 24:02}:00:00.000" for i in range(60)], 3600),
        ([f"2024-05-{1 + i // 24:02}T{i % 24:02}:00:00Z" for i in range(60)], 3600),
        ([f"2024-05-{1 + i // 24:02} {i % 24:02}:00:00+02:00" for i in range(60)], 3600),
        ([f"{1 + i // 24:02}.05.2024 {i % 24:02}:00" for i in range(60)], 3600),
        ([f"05/{1 + i // 24:02}/2024 {i % 24:02}:00" for i in range(60)], 3600),
        (
            [f"2024-{2 + i // 29:02}-{1 + i % 29:02}" for i in range(29)]
            + [f"2024-03-{i:02}" for i in range(1, 32)],
            86400,
        ),
        ([f"{1 + i % 29:02}/02/2024" for i in range(29)] + [f"{i:02}/03/2024" for i in range(1, 32)], 86400),
        ([f"{1 + i // 24}-May-2024 {i % 24:02}:00" for i in range(60)], 3600),
        ([f"{1 + i // 24:02}MAY24 {i % 24:02}:00" for i in range(60)], 3600),
        ([f'"Sept. {1 + i // 24}, 2024 {i % 24:02}:00:00"' for i in range(60)], 3600),
        ([f"Wed, {1 + i // 24} January 2024 {i % 24:02}:00".replace(",", "") for i in range(60)], 3600),
        ([f"2024\u201105\u2011{1 + i // 24:02} {i % 24:02}:00" for i in range(60)], 3600),
        ([f"12:{i:02}:30" for i in range(60)], 60),
        ([f"00:00:{i:02}.250" for i in range(60)], 1),
    ],
)
def test_dates_and_times_of_day_are_times_in_seconds(tmp_path, stamps, dt):
    path = written(tmp_path, dated(stamps))
    found = SeriesFile(path, time_column="when").read()
    np.testing.assert_array_equal(found.values, VALUES)
    assert found.dt == dt
    with pytest.raises(ConfigError, match=rf"what column 'when' of .* rises by {dt} .*\(dt = {dt} s\)"):
        SeriesFile(path).read()


CUT = "separator must cut every line of {path} into as many cells; ',' cuts most into 2 and line "


@pytest.mark.parametrize(
    ("text", "settings", "message"),
    [
        ("u,v\n1,2\n3,4,5\n6,7\n", {}, CUT + "3 into 3, got ','"),
        ("u,v\n1,2\n3,4\n6", {}, CUT + "4 into 1, got ','"),
        (
            "Station 4\nu,v\n1,2\n3,4\n",
            {},
            CUT + "1 into 1, got ','; skip_rows=1 leaves out what is before",
        ),
        (
            "u;v\n1,234;5\n2,345;6\n",
            {},
            "columns must be given: column 'u' of {path} must hold numbers, but has '1,234' in row 0; "
            "decimal_comma=true or false decides what its comma is, got null; columns=[v] leaves it out",
        ),
        ("", {}, "{path}: holds no line with a row"),
        ("u,v\n", {}, "{path}: holds no line with a row below 'u,v'"),
        (
            "u;v\n1.5;2\n1,5;3\n",
            {},
            "columns must be given: column 'u' of {path} must hold numbers, but has '1,5' in row 1, got null; "
            "columns=[v] leaves it out",
        ),
        (
            "u,v\n1,2\n3,4\n",
            {"separator": "ab"},
            "separator must be one character, or tab, semicolon, comma, bar, blank, blanks, got 'ab'",
        ),
        (
            "u,v\n1,2\n3,4\n",
            {"encoding": "utf-9"},
            "encoding must be the name of an encoding, such as latin-1, got 'utf-9'",
        ),
    ],
)
def test_what_is_no_table(tmp_path, text, settings, message):
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as refused:
        SeriesFile(path, **settings).read()
    assert str(refused.value) == message.format(path=path)


def test_a_line_of_units_below_the_names_is_no_row(tmp_path):
    for units in ("V,mA", "(V),[mA]", "volts,-"):
        series = SeriesFile(written(tmp_path, f"u,v\n{units}\n{POINTS}\n")).read()
        np.testing.assert_array_equal(series.values, VALUES)
        assert series.names == ("u", "v")
    timed = "\n".join(f"{i},{u},{v}" for i, (u, v) in enumerate(VALUES))
    series = SeriesFile(written(tmp_path, f"time,u,v\ns,V,mA\n{timed}\n"), time_column="time").read()
    np.testing.assert_array_equal(series.values, VALUES)


def test_two_lines_of_units_as_data_loggers_have_them_are_no_rows(tmp_path):
    rows = "\n".join(f'"2024-03-01 12:{i:02}:00",{i},{u},{v}' for i, (u, v) in enumerate(VALUES))
    names = '"TIMESTAMP","RECORD","u","v"\n"TS","RN","Deg C","%"\n"","","Avg","Smp"\n'
    path = written(tmp_path, f'"TOA5","CR1000","12345"\n{names}{rows}\n')
    series = SeriesFile(path, skip_rows=1, columns=("u", "v"), time_column="TIMESTAMP").read()
    np.testing.assert_array_equal(series.values, VALUES)
    assert (series.names, series.dt) == (("u", "v"), 60)


def test_words_in_the_first_row_beside_numbers_are_no_units(tmp_path):
    path = written(tmp_path, f"u,v\nbroken,1.0\n{POINTS}\n")
    with pytest.raises(ConfigError, match=r"column 'u' of .* must hold numbers, but has 'broken' in row 0"):
        SeriesFile(path).read()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_text_of_two_bytes_a_letter_without_a_mark_is_told(tmp_path, encoding):
    path = written(tmp_path, f"u,v\n{POINTS}\n", encoding=encoding)
    with pytest.raises(ConfigError) as refused:
        SeriesFile(path).read()
    assert str(refused.value) == f"encoding must be that of {path}, got 'utf-8'; encoding={encoding} may be"
    np.testing.assert_array_equal(SeriesFile(path, encoding=encoding).read().values, VALUES)


def test_another_encoding_is_named(tmp_path):
    path = written(tmp_path, f"größe,höhe\n{POINTS}\n", encoding="latin-1")
    with pytest.raises(ConfigError) as refused:
        SeriesFile(path).read()
    assert str(refused.value) == (
        f"encoding must be that of {path}, got 'utf-8'; line 1 is not; latin-1 reads any bytes"
    )


@pytest.mark.parametrize(("decides", "expected"), [(True, 1.234), (False, 1234.0)])
def test_a_comma_that_may_be_either_is_decided(tmp_path, decides, expected):
    path = written(tmp_path, "u;v\n1,234;5\n2,345;6\n")
    assert SeriesFile(path, decimal_comma=decides).read().values[0, 0] == expected


@pytest.mark.parametrize(
    "form", ["1.234,5", "1,234.5", "1'234.5", "1’234,5", "1 234,5", "1\N{NO-BREAK SPACE}234.5"]
)
@pytest.mark.parametrize("beside", ["", "flow;"])
def test_marks_between_thousands(tmp_path, form, beside):
    """One number with decimals tells what stands between thousands, in a file of one column as in others."""
    apart, decimal = form[1], form[-2]
    values = [1234.5, -2172.25, 843.1, 12345678.0, 0.25, 7.0]
    lines = [f"{value:,.2f}".replace(",", "_").replace(".", decimal).replace("_", apart) for value in values]
    rows = "\n".join((f"{index % 3};" if beside else "") + line for index, line in enumerate(lines * 20))
    read = SeriesFile(written(tmp_path, f"{beside}x\n{rows}\n"), dt=1.0).read()
    assert read.values[:6, -1].tolist() == values
    assert read.names[-1] == "x"


@pytest.mark.parametrize(("shown", "thousands"), [("0,5", "1.234"), ("2.345,75", "1.234"), ("0.5", "1,234")])
def test_one_column_tells_the_decimal_sign_of_the_others(tmp_path, shown, thousands):
    """1.234 alone may be one and a bit; beside decimal commas it is a thousand and a bit."""
    rows = "\n".join(f"{shown};{thousands}" if i % 2 else f"{i % 3};{i % 5}" for i in range(60))
    read = SeriesFile(written(tmp_path, f"u;v\n{rows}\n"), dt=1.0).read()
    assert read.values[1].tolist() == [2345.75 if "345" in shown else 0.5, 1234.0]


def test_columns_that_show_both_decimal_signs_tell_nothing_of_others(tmp_path):
    rows = "\n".join(f"{i % 7},5;{i % 5}.5;1.234" if i % 2 else f"{i % 3};{i % 5};2" for i in range(60))
    read = SeriesFile(written(tmp_path, f"u;v;w\n{rows}\n"), dt=1.0).read()
    assert read.values[1].tolist() == [1.5, 1.5, 1.234]


def test_rows_that_r_counts_are_not_thousands(tmp_path):
    rows = "\n".join(f"{index} {300 + index % 7}.5" for index in range(1, 60))
    read = SeriesFile(written(tmp_path, f"x\n{rows}\n"), columns=("x",), dt=1.0).read()
    assert read.values[:2, 0].tolist() == [301.5, 302.5]


def test_two_named_columns_of_whole_numbers_are_no_decimal_comma(tmp_path):
    """7,07 under two names is 7 and 7; in a column without a name it is seven and a bit."""
    lines = "\n".join(f"{i},{i % 60:02d}" for i in range(2, 62))
    path = written(tmp_path, f"lag,level\n{lines}\n")
    assert SeriesFile(path, columns=("level",), dt=1.0).read().values[:3, 0].tolist() == [2, 3, 4]
    bare = SeriesFile(written(tmp_path, lines, name="bare.csv"), columns=(0,), dt=1.0).read()
    assert bare.values[5, 0] == pytest.approx(7.07)


def test_text_in_a_parquet_file_is_read_as_a_text_is(tmp_path):
    path = tmp_path / "a.parquet"
    words = ["missing" if i == 1 else f"{i % 7},5" for i in range(60)]
    polars.DataFrame({"x": words}).write_parquet(path)
    format = {"null_values": ("missing",), "decimal_comma": True}
    table = read_table(path, TextFormat(**format))
    assert np.isnan(table.values[1, 0])
    assert table.values[2, 0] == 2.5


@pytest.mark.parametrize("last", ["1e5,2e5", "-4e3,9e3"])
def test_sums_below_a_table_are_no_row(tmp_path, last):
    path = written(tmp_path, f"u,v\n{POINTS}\n{last}\n")
    with pytest.raises(
        ConfigError, match=rf"^null_values must be given: the last line of .*, '{last}', is far"
    ):
        SeriesFile(path).read()
    assert len(SeriesFile(path, null_values=("na",)).read().values) == len(VALUES) + 1


def test_sums_below_a_table_with_row_numbers_are_no_row(tmp_path):
    rows = "\n".join(f"{index},{row}" for index, row in enumerate(ROWS))
    with pytest.raises(ConfigError, match=r"^null_values must be given: the last line"):
        SeriesFile(written(tmp_path, f",u,v\n{rows}\n,1e5,2e5\n")).read()


def test_an_orbit_that_escapes_is_a_series(tmp_path):
    x = [0.3, 0.9, 0.35, 0.8, 0.4, 0.7, 0.45, 1.3]
    for _ in range(5):
        x.append(x[-1] ** 2 * 3)
    assert x[-1] > 1e12
    read = SeriesFile(written(tmp_path, "\n".join(f"{each!r}" for each in x))).read()
    np.testing.assert_array_equal(read.values[:, 0], x)


def test_a_header_of_years_has_to_be_said(tmp_path):
    path = written(tmp_path, f"2019,2020\n{POINTS}\n")
    with pytest.raises(
        ConfigError, match=r"^has_header must be given: the first line of .*, '2019,2020', is far"
    ):
        SeriesFile(path).read()
    assert SeriesFile(path, has_header=True).read().names == ("2019", "2020")
    assert len(SeriesFile(path, has_header=False).read().values) == len(VALUES) + 1


def test_times_alone_are_no_series(tmp_path):
    np.save(tmp_path / "a.npy", np.arange("2024-01-01", "2024-02-01", dtype="datetime64[D]"))
    with pytest.raises(ConfigError, match="must hold a series, got nothing but times"):
        SeriesFile(tmp_path / "a.npy").read()
