"""rnnchaos forecast: the user's own rows in, rows in the same units out."""

import csv
import dataclasses
import json
import os
import signal
import sys

import numpy as np
import pytest
from rich.console import Console

import rnnchaos
from rnnchaos.cli import main
from rnnchaos.cli.completion import FORECAST, candidates
from rnnchaos.dates import iso_dates
from rnnchaos.errors import ConfigError
from rnnchaos.measurements import forecast_run
from rnnchaos.settings.forecast import ForecastSettings


@pytest.fixture
def go_on(run, tmp_path):
    """Forecasts from a file with this text."""

    def go_on(text, *words, name="last week.csv"):
        history = tmp_path / name
        history.write_text(text)
        outcome = forecast_run(run.path, [f"history={history}", *words], Console(quiet=True))
        return rnnchaos.load(outcome.record["run"])

    return go_on


def test_rows_with_their_times_become_rows_with_their_times(run, go_on):
    found = go_on("t,x,y\n7,0.1,0.2\n8,0.3,0.1\n", "num_steps=3")
    assert found.path.parent.name == "smoke.forecast"
    assert found.folder.record.kind == "forecast"
    assert found.folder.record.parent == str(run.path)
    expected = run.forecast([0.3, 0.1], 3)
    stored = found.arrays("forecast")
    np.testing.assert_array_equal(stored["forecast"], expected)
    np.testing.assert_array_equal(stored["time"], [9, 10, 11])
    np.testing.assert_array_equal(stored["history"], [[0.1, 0.2], [0.3, 0.1]])
    with (found.path / "forecast.csv").open() as file:
        names, *rows = csv.reader(file)
    assert names == ["time", "x", "y"]
    np.testing.assert_array_equal(np.array(rows, dtype=float), np.column_stack([stored["time"], expected]))
    assert {key: found.summary[key] for key in ("num_steps", "finite_steps", "from_time", "to_time")} == {
        "num_steps": 3, "finite_steps": 3, "from_time": 9.0, "to_time": 11.0,
    }  # fmt: skip


def test_without_times_they_are_counted_from_the_last_row(go_on):
    stored = go_on("0.1,0.2\n0.3,0.1\n", "num_steps=2").arrays("forecast")
    np.testing.assert_array_equal(stored["history_time"], [-1, 0])
    np.testing.assert_array_equal(stored["time"], [1, 2])


def test_columns_are_found_by_name_in_any_order(run, go_on):
    stored = go_on("y,weather,x\n0.1,5,0.3\n", "num_steps=2").arrays("forecast")
    np.testing.assert_array_equal(stored["forecast"], run.forecast([0.3, 0.1], 2))


def test_a_figure_is_drawn(go_on):
    found = go_on("0.3,0.1\n", "num_steps=20", "diagnostics.figures=true")
    assert (found.path / "figures" / "forecast.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("t,x,y\n0,1,1\n2,1,1\n", [], "{file}: rows must be 1 time units apart, as those that the network was "
         "trained on, got 2 in column 't'"),
        ("a,b,c\n1,2,3\n", [], "{file}: must have the 2 columns x, y of the run, got a, b, c"),
        ("x,y\n1,2\n1,NaN\n", [], "{file}: history must be finite, got nan in row -1 of y"),
        ("1,2\n", ["num_steps=0"], "num_steps must be at least 1 step, got 0"),
        ("1,2\n", ["num_step=3"], "num_step is not a setting; did you mean num_steps?"),
        ("1,2\n", ["num_steps"], "cannot read 'num_steps': an override is written setting=value"),
        ("1,2\n", ["history=nowhere.csv"], "history must be a file that exists, got 'nowhere.csv'"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(go_on, run, tmp_path, text, words, message):
    before = set(run.path.parents[1].iterdir())
    with pytest.raises(ConfigError) as error:
        go_on(text, *words)
    assert str(error.value) == message.format(file=tmp_path / "last week.csv")
    assert set(run.path.parents[1].iterdir()) == before


def test_the_command(run, tmp_path, monkeypatch, capsys):
    history = tmp_path / "rows.npy"
    np.save(history, run.dataset.test[:3])
    words = [
        "forecast",
        str(run.path),
        f"history={history}",
        "num_steps=7",
        "diagnostics.figures=false",
        "--json",
    ]
    for name, value in os.environ.items():
        monkeypatch.setenv(name, value)  # the command sets some; they are put back after the test
    monkeypatch.setattr(sys, "argv", ["rnnchaos", *words])
    handlers = {number: signal.getsignal(number) for number in signal.Signals}
    with pytest.raises(SystemExit) as ended:
        main()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, handlers[number])
    assert not ended.value.code
    out, err = capsys.readouterr()
    assert json.loads(out)["num_steps"] == 7
    assert "written to" in err


def test_its_settings_are_completed():
    fields = [f"{field.name}=" for field in dataclasses.fields(ForecastSettings)]
    assert candidates("rnnchaos forecast outputs/x/v0001 ") == fields == list(FORECAST)
    assert candidates("rnnchaos forecast outputs/x/v0001 num") == ["num_steps="]


def test_without_a_history(run):
    with pytest.raises(ConfigError, match=r"history must be given, as in history=last_week\.csv"):
        forecast_run(run.path, [], Console(quiet=True))


@pytest.mark.parametrize(
    ("stamps", "expected", "calendar"),
    [
        (["2026-03-01 23:59:58", "2026-03-01 23:59:59"], ["2026-03-02T00:00:00", "2026-03-02T00:00:01"], "local"),
        (["2026-03-01 01:00:00+02:00", "2026-03-01 01:00:01+02:00"],
         ["2026-02-28T23:00:02Z", "2026-02-28T23:00:03Z"], "UTC"),
        (["23:59:58", "23:59:59"], ["86400.0", "86401.0"], ""),
    ],
)  # fmt: skip
def test_dates_go_on_as_dates(go_on, stamps, expected, calendar):
    text = "when,x,y\n" + "".join(f"{stamp},0.{i},0.2\n" for i, stamp in enumerate(stamps, start=1))
    found = go_on(text, "num_steps=2", "diagnostics.figures=true")
    with (found.path / "forecast.csv").open() as file:
        assert [row["time"] for row in csv.DictReader(file)] == expected
    assert str(found.arrays("forecast")["calendar"]) == calendar
    dates = (found.summary.get("from_date"), found.summary.get("to_date"))
    assert dates == (tuple(expected) if calendar else (None, None))
    assert (found.path / "figures" / "forecast.png").stat().st_size > 10_000


def test_whole_days_have_no_time_of_day():
    assert iso_dates(np.array([0.0, 86_400.0]), "UTC") == ["1970-01-01", "1970-01-02"]
    assert iso_dates(np.array([0.0, 0.5]), "local") == ["1970-01-01T00:00:00.000", "1970-01-01T00:00:00.500"]
