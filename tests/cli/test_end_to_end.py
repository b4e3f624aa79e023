"""The real workflows behind the real command, on the smoke preset."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnchaos import diagnostics

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


def test_a_network_trained_elsewhere_is_measured(tmp_path):
    random = np.random.default_rng(0)
    size = 6
    # Weak weights: one fixed point, at which the exponents are those of the Jacobian.
    weights = {
        "rnn.weight_ih_l0": 0.1 * random.standard_normal((size, 2)),
        "rnn.weight_hh_l0": 0.1 * random.standard_normal((size, size)),
        "fc.weight": random.standard_normal((2, size)),
    }
    np.savez(tmp_path / "model.npz", **weights)
    closed = weights["rnn.weight_hh_l0"] + weights["rnn.weight_ih_l0"] @ weights["fc.weight"]
    expected = np.sort(np.log(np.abs(np.linalg.eigvals(closed))))[::-1]
    short = [
        "diagnostics.figures=false",
        "diagnostics.lyapunov.num_steps=2000",
        "diagnostics.lyapunov.num_orbits=2",
    ]
    words = ["weights=model.npz", "model=rnn", "time_per_step=0.5", *short]
    measured = command(tmp_path, "lyapunov", *words)["lyapunov"]
    np.testing.assert_allclose(measured["exponents_per_step"][0], expected[0], atol=1e-9)
    np.testing.assert_allclose(measured["exponents_per_time_unit"][0], 2 * expected[0], atol=1e-9)
    record = command(tmp_path, "gradients", *words, "diagnostics.gradients.max_lag=100")
    assert record["verdict"] == "bounded"
    np.testing.assert_allclose(record["gradients"]["slope_state_per_step"], expected[0], atol=1e-2)


def test_a_workflow_is_found_again_after_its_first_use():
    # A sweep calls it once per job; a submodule of the same name must not take its place.
    from rnnchaos import trainings

    first = trainings.train
    assert callable(first)
    assert trainings.train is first


@pytest.mark.slow
def test_a_sweep_and_the_measurements_of_its_runs(tmp_path):
    words = ["experiment=smoke", "diagnostics.figures=false"]
    sweep = command(tmp_path, "train", *words, "-m", "seed=0,1")
    assert sweep["counts"] == {"finished": 2}
    folders = [
        str(path.parent.relative_to(tmp_path)) for path in tmp_path.glob("outputs/*.sweep/cells/*/*/run.json")
    ]
    assert len(set(folders)) == 2
    for measurement in diagnostics.names():
        measured = command(tmp_path, measurement, folders[0], "diagnostics.gradients.max_lag=30")
        assert measured["run"] not in folders
        assert command(tmp_path, "runs")["runs"][0]["run"] == measured["run"]  # the newest first
