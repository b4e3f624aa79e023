"""The table of a sweep, and the commands that show it."""

import copy
import io
import json
import subprocess
import sys

import polars as pl
import pytest
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.sweeps import table as tables
from rnnchaos.sweeps.cells import Cell
from rnnchaos.sweeps.identity import cell_id
from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import grouped, in_order, table_of
from rnnchaos.sweeps.worker import train_batch


@pytest.fixture
def half_done(tmp_path, cells, trained):
    """Seeds 0 to 2 with two intervals: one diverged, one failed with its seed, and the last waits."""
    sweep = Sweep.create(tmp_path, "demo", cells(seeds=(0, 1, 2, 7), taus=(5, 10)), command=[])
    for index in range(7):
        train_batch(sweep.path, (index,))
    return sweep


def test_a_row_for_each_cell(half_done):
    table = table_of(half_done)
    assert table.columns[:5] == ["cell", "protocol.tau", "seed", "status", "reason"]
    assert table["cell"].to_list() == half_done.ids
    assert table["protocol.tau"].to_list() == [5, 10] * 4
    assert table["d_stsp_paper"].to_list() == [0.5, 1.0, None, 2.0, 2.5, 3.0, None, None]
    assert table["status"].to_list()[-2:] == ["failed", "waiting"]
    assert table.equals(table_of(half_done, rebuild=True))


def test_groups_have_medians_and_count_what_diverged(half_done):
    groups = grouped(table_of(half_done), ["protocol.tau"])
    assert groups["protocol.tau"].to_list() == [5, 10]
    assert groups["cells"].to_list() == [4, 4]
    assert groups["finished"].to_list() == [2, 3]
    assert groups["diverged"].to_list() == [1, 0]
    assert groups["failed"].to_list() == [1, 0]
    assert groups["d_stsp_paper"].to_list() == [1.5, 2.0]
    assert groups["d_stsp_paper_upper_quartile"].to_list() == [2.0, 2.5]
    assert groups["cpu_seconds"].to_list() == [2.0, 2.0]  # of the finished ones


def test_a_misspelt_column_names_the_nearest(half_done):
    with pytest.raises(
        ConfigError, match=r"the sweep has no column 'protocol.tua'; did you mean protocol.tau"
    ):
        grouped(table_of(half_done), ["protocol.tua"])


@pytest.mark.parametrize(("width", "last"), [(30, "seed"), (34, "status"), (200, "CPU s")])
def test_a_narrow_terminal_shows_the_columns_that_fit(half_done, monkeypatch, width, last):
    shown = io.StringIO()
    monkeypatch.setattr(
        tables,
        "Console",
        lambda **_: Console(file=shown, width=width, force_terminal=True, color_system=None),
    )
    tables.tabulate(half_done, by=[], form="text", rebuild=False)
    header = shown.getvalue().splitlines()[1].split("  ")
    assert [word.strip() for word in header if word.strip()][-1] == last
    assert "…" not in shown.getvalue()


def rnnchaos(*words):
    command = [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_commands(half_done):
    status = rnnchaos("sweep", "status", str(half_done.study), "--json")
    assert status.returncode == 1
    record = json.loads(status.stdout)
    assert record["counts"] == {"finished": 5, "diverged": 1, "failed": 1, "waiting": 1}
    assert [failure["reason"] for failure in record["failures"]] == ["ZeroDivisionError: seven"]
    assert f"go on with: rnnchaos sweep run {half_done.path} --retry-failed" in status.stderr
    assert "failed: seed=7 protocol.tau=5: ZeroDivisionError: seven; see " in status.stderr
    table = rnnchaos("sweep", "table", str(half_done.path), "--csv")
    assert table.returncode == 0, table.stderr
    assert len(table.stdout.splitlines()) == 9
    assert pl.read_parquet(half_done.path / "table.parquet").height == 8
    wrong = rnnchaos("sweep", "table", str(half_done.path), "--by", "model")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("rnnchaos: error: the sweep has no column 'model'")


def test_a_figure_of_what_finished_that_counts_the_rest(half_done):
    drawn = rnnchaos("sweep", "plot", str(half_done.path), "--hue", "seed", "--log-y", "--json")
    assert drawn.returncode == 0, drawn.stderr
    record = json.loads(drawn.stdout)
    assert (record["x"], record["y"]) == ("protocol.tau", "d_stsp_paper")
    figure = half_done.path / "figures" / "d_stsp_paper-against-protocol.tau-by-seed.png"
    assert figure.read_bytes().startswith(b"\x89PNG")
    wrong = rnnchaos("sweep", "plot", str(half_done.path), "--x", "status")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "status must be a column of numbers to be drawn" in wrong.stderr


def test_times_in_time_units_have_a_column_of_their_own(tmp_path, cells, monkeypatch):
    sweep = Sweep.create(tmp_path, "demo", cells(seeds=(0, 1), taus=(5, 10)), command=[])
    times = [(8.0, "Lyapunov times"), (30.0, "time units"), (6.0, "Lyapunov times"), (40.0, "time units")]
    standings = [
        Standing("finished", None, {"valid_prediction_time": time, "valid_prediction_time_unit": unit})
        for time, unit in times
    ]
    monkeypatch.setattr(tables, "standings", lambda sweep, rebuild: standings)
    table = table_of(sweep)
    assert "valid_prediction_time_unit" not in table.columns
    assert table["valid_prediction_time"].to_list() == [8.0, None, 6.0, None]
    assert table["valid_prediction_time_in_time_units"].to_list() == [None, 30.0, None, 40.0]
    (group,) = grouped(table, ["status"]).to_dicts()
    assert (group["valid_prediction_time"], group["valid_prediction_time_in_time_units"]) == (7.0, 35.0)


def test_settings_that_differ_in_their_kind_alone_are_settings_of_their_own(tmp_path, cells):
    (one,) = cells(seeds=(0,), taus=(5,))
    made = []
    for value in (1, 1.0, True, [1], [1.0]):
        config = copy.deepcopy(one.config)
        config["dataset"]["noise"] = value
        made.append(Cell(cell_id(config), (), config))
    sweep = Sweep.open(Sweep.create(tmp_path, "demo", made, command=[]).path)
    for index, cell in enumerate(made):
        kept = sweep.cell(index)
        kept.check()
        assert json.dumps(kept.config["dataset"]["noise"]) == json.dumps(cell.config["dataset"]["noise"])


def test_medians_are_of_results_and_say_of_how_many(tmp_path, cells, monkeypatch, capsys):
    sweep = Sweep.create(tmp_path, "demo", cells(seeds=(0, 1, 2), taus=(5, 10)), command=[])
    numbers = [1.0, 4.0, None, 5.0, 3.0, None]
    standings = [Standing("finished", None, {"d_stsp_paper": each, "lambda_max": 0.5}) for each in numbers]
    monkeypatch.setattr(tables, "standings", lambda sweep, rebuild: standings)
    table = table_of(sweep)
    groups = grouped(table, ["protocol.tau"])
    assert groups["d_stsp_paper"].to_list() == [2.0, 4.5]
    assert groups["d_stsp_paper_count"].to_list() == [2, 2]
    assert "lambda_max_count" not in groups.columns
    by_seed = grouped(table, ["seed"])
    assert "protocol.tau" not in by_seed.columns
    assert (tables.mixed(table, ["seed"]), tables.mixed(table, ["protocol.tau"])) == (["protocol.tau"], [])
    tables.tabulate(sweep, by=["seed"], form="text", rebuild=False)
    said = " ".join(capsys.readouterr().out.split())
    assert "rows are of trainings that differ in protocol.tau, too: --by tells them apart" in said
    assert (
        "d_stsp_paper is of fewer trainings than finished, as the others have no number: 1 of 2, 1 of 2"
        in said
    )


def test_numbers_beside_a_word_stand_by_their_size():
    table = pl.DataFrame({"protocol.tau": ["10", "auto", "5", None, "5"], "seed": [0, 0, 1, 0, 0]})
    ordered = in_order(table, ["protocol.tau", "seed"])
    assert ordered.rows() == [("5", 0), ("5", 1), ("10", 0), (None, 0), ("auto", 0)]
    numbers = pl.DataFrame({"protocol.tau": [10, None, 5]})
    assert in_order(numbers, ["protocol.tau"])["protocol.tau"].to_list() == [None, 5, 10]
