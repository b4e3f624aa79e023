"""rnnchaos paper, as a user types it, on trainings too short to learn anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
SHORT = [
    "training.num_steps=20", "training.batch_size=2", "dataset.train_length=2000", "dataset.test_length=2000",
    "diagnostics.lyapunov.num_steps=200", "diagnostics.lyapunov.system_steps=2000", "diagnostics.gradients.max_lag=60",
    "diagnostics.prediction.horizon=100", "model.hidden_size=5", "training.window=60",
]  # fmt: skip


def rnnchaos(folder, *words):
    return subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_one_command_makes_the_sweep_the_table_and_the_figure(tmp_path):
    words = ["paper", "lorenz_tau", "model=plrnn,rnn", "protocol.tau=30", "seed=0", *SHORT]
    done = rnnchaos(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "outputs" / "paper-lorenz.sweep" / "v0001" / "paper"
    assert {path.name for path in folder.iterdir()} == {f"lorenz_tau.{kind}" for kind in ("png", "csv", "md")}
    table = pl.read_csv(folder / "lorenz_tau.csv")
    assert table["line"].to_list() == ["PLRNN", "RNN"]
    assert table["x"].to_list() == [30, 30]
    assert set(table["status"]) == {"finished"}
    assert (table["d_stsp_paper"] > 0).all()
    page = (folder / "lorenz_tau.md").read_text(encoding="utf-8")
    assert "*0.893* |" in page
    assert page in done.stdout

    again = rnnchaos(tmp_path, *words, "--json")
    record = json.loads(again.stdout)
    assert record["counts"] == {"finished": 2}
    assert record["figure"].endswith("lorenz_tau.png")
    assert (folder / "lorenz_tau.md").read_text(encoding="utf-8") == page

    drawn = rnnchaos(
        tmp_path, "figures", "outputs/paper-lorenz.sweep", "--only", "lorenz_tau", "--output", "here"
    )
    assert drawn.stdout == "written to here: lorenz_tau.pdf\n", drawn.stderr
    assert (tmp_path / "here" / "lorenz_tau.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.slow
def test_the_gradients_of_three_data_sets(tmp_path):
    done = rnnchaos(tmp_path, "paper", "gradients", "seed=0", *SHORT, "protocol.tau=10")
    assert done.returncode == 0, done.stderr
    (table,) = tmp_path.glob("outputs/*.sweep/v0001/paper/gradients.csv")
    assert pl.read_csv(table)["dataset"].to_list() == ["TwoCycle", "Torus", "Lorenz63"]
    assert "| 2-cycle | 1 |" in done.stdout


def test_wrong_input_is_one_line(tmp_path):
    done = rnnchaos(tmp_path, "paper", "rosler_tau")
    assert done.returncode == 2
    expected = "rnnchaos: error: there is no figure 'rosler_tau'; did you mean rossler_tau?\n"
    assert done.stderr == expected
    assert not list(tmp_path.iterdir())


def test_without_a_name_the_figures_are_listed(tmp_path):
    done = rnnchaos(tmp_path, "paper")
    assert done.returncode == 0
    assert "lorenz_tau" in done.stdout
    assert "eeg_tau" in done.stdout
