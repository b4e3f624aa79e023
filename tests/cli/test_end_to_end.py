"""The real workflows behind the real command, on the smoke preset."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def command(folder: Path, *words: str) -> dict:
    code = "from rnnchaos.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, *words, "--json"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    record = json.loads(result.stdout)
    assert result.returncode == record["exit_code"] == 0, result.stderr
    return record


def test_a_workflow_is_found_again_after_its_first_use():
    # A sweep calls it once per job; a submodule of the same name must not take its place.
    from rnnchaos import experiments

    first = experiments.train
    assert callable(first)
    assert experiments.train is first


@pytest.mark.slow
def test_a_sweep_and_the_measurements_of_its_runs(tmp_path):
    words = ["experiment=smoke", "diagnostics.figures=false"]
    jobs = command(tmp_path, "train", *words, "-m", "seed=0,1")["jobs"]
    folders = [job["run"] for job in jobs]
    assert len(set(folders)) == 2
    for measurement in ("lyapunov", "gradients", "evaluate"):
        measured = command(tmp_path, measurement, folders[0], "diagnostics.gradients.max_lag=30")
        assert measured["run"] not in folders
    assert {run["run"] for run in command(tmp_path, "runs")["runs"]} > set(folders)
