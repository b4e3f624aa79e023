"""Own equations behind the real command: measured, trained on, opened again without their file."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JERK = ROOT / "docs" / "equations" / "jerk.yaml"
SHORT = (
    "diagnostics.figures=false",
    "diagnostics.lyapunov.system_steps=2000",
    "diagnostics.lyapunov.num_orbits=4",
    "diagnostics.lyapunov.checks=false",
)


def command(folder: Path, *words: str) -> tuple[int, dict, str]:
    """Exit code, record and standard error of `rnnchaos …`."""
    result = subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words, "--json"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return result.returncode, json.loads(result.stdout), result.stderr


def test_a_file_is_measured_as_its_parameters_are_changed(tmp_path):
    shutil.copy(JERK, tmp_path / "my jerk.yaml")
    words = ("dataset=equations", "dataset.path=my jerk.yaml", "dataset.parameters.a=2.03", *SHORT)
    code, record, _ = command(tmp_path, "lyapunov", *words)
    assert code == 0
    assert record["run"] == "outputs/lyapunov-my_jerk/v0001"
    assert record["lyapunov"]["sum_per_time_unit"] == pytest.approx(-2.03, abs=1e-5)
    stored = (tmp_path / record["run"] / "config.yaml").read_text()
    assert "z: -a*z + y**2 - x" in stored
    assert "jerk.yaml" not in stored


def test_a_file_is_shown_as_a_system_is(tmp_path):
    shutil.copy(JERK, tmp_path)
    code, record, shown = command(tmp_path, "systems", "jerk.yaml")
    assert code == 0
    assert (record["family"], record["dimension"], record["reference"]) == ("equations", 3, None)
    assert record["equation"].startswith("x' = y, y' = z, z' = -a*z + y**2 - x (Sprott 1997")
    assert "jerk (equations): x' = y" in shown
    assert "parameters.a = 2.017" in shown
    assert "z over x" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dataset.parameters.b=1"], "jerk.yaml: there is no parameters.b (parameters: a)"),
        (["dataset.parameters.a=lots"], "jerk.yaml: parameters.a must be a number, got 'lots'"),
        (["dataset.path=jrek.yaml"], "jrek.yaml: no such file; did you mean jerk.yaml?"),
        (["dataset.path=power.yaml"], "power.yaml: equations.x = 'x^2': a power is written **, at 'x^2'"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(tmp_path, words, said):
    shutil.copy(JERK, tmp_path)
    (tmp_path / "power.yaml").write_text(
        "kind: flow\nequations: {x: x^2}\ninitial_state: {x: 1}\ndt: 0.1\n", encoding="utf-8"
    )
    code, _, error = command(tmp_path, "lyapunov", "dataset=equations", "dataset.path=jerk.yaml", *words)
    assert code == 2
    assert error.startswith(f"rnnchaos: error: {said}")
    assert error.count("\n") == 1
    assert not (tmp_path / "outputs").exists()


@pytest.mark.slow
def test_a_trained_run_opens_again_without_the_file(tmp_path):
    shutil.copy(JERK, tmp_path)
    words = (
        "dataset=equations", "dataset.path=jerk.yaml", "dataset.train_length=2000", "dataset.test_length=2500",
        "dataset.transient=200", "model=lstm", "training.num_steps=20", "training.window=20", "protocol.tau=5",
        "diagnostics.prediction.horizon=50", "diagnostics.gradients.max_lag=50",
    )  # fmt: skip
    code, record, _ = command(tmp_path, "train", *words, *SHORT)
    assert code == 0
    assert record["run"] == "outputs/jerk-lstm-sparse_forcing/v0001"
    (tmp_path / "jerk.yaml").unlink()
    code, again, _ = command(tmp_path, "evaluate", record["run"], "diagnostics.figures=false")
    assert code == 0
    assert again["measured"] == record["run"]
    assert again["metrics"].keys() == record["metrics"].keys()
