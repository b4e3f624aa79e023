"""Penalties from the command line: a training with all that data and equations can say, and what is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnchaos.runs import RunFolder

ROOT = Path(__file__).parents[2]
MATCHING = "protocol.jacobian_matching"


def train(folder, *words):
    return subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", "train", *words, "--json"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.slow
@pytest.mark.parametrize("source", ["data", "equations"])
def test_a_training_with_both(tmp_path, source):
    result = train(
        tmp_path, "experiment=smoke", "diagnostics.figures=false", "training.num_steps=20",
        f"{MATCHING}.strength=0.1", f"{MATCHING}.source={source}", f"{MATCHING}.steps=3",
        "protocol.invariant_measure.strength=0.1",
    )  # fmt: skip
    record = json.loads(result.stdout)
    assert record["exit_code"] in (0, 4), result.stderr  # 20 steps may end on a network that escapes
    assert record["used_equations"] is (source == "equations")
    assert f"with Jacobian matching ({source}), with a loss on the invariant measure" in " ".join(
        result.stderr.split()
    )
    run = RunFolder.open(tmp_path / record["run"])
    traces = run.load_arrays("training")
    assert (traces["jacobian_matching"] > 0).all()
    assert [step for step in range(20) if traces["invariant_measure"][step] > 0] == [0, 5, 10, 15]


@pytest.mark.parametrize(
    ("words", "told"),
    [(["dataset=mackey_glass", f"{MATCHING}.source=equations"],
      "protocol.jacobian_matching.source must be data for a dataset that does not show the state itself, got "
      "'equations'"),
     (["dataset.path=noise.npy", "dataset=file", f"{MATCHING}.source=equations"],
      "protocol.jacobian_matching.source must be data for a dataset whose equations are not known, got 'equations'"),
     (["dataset.path=noise.npy", "dataset=file", "protocol.tau=5"],
      "protocol.jacobian_matching.source must be equations, or strength 0, for a training series with good linear "
      "fits at 0.0% of its points, got 'data'; noise, few points or many dimensions hide its derivatives"),
     ([f"{MATCHING}.perturbation=0.1"],
      "protocol.jacobian_matching.perturbation must be 0 with source=data, which knows nothing beside the data, got "
      "0.1"),
     ([f"{MATCHING}.source=equation"], "protocol.jacobian_matching.source must be \"data\" or \"equations\", got")],
)  # fmt: skip
def test_what_is_refused(tmp_path, words, told):
    np.save(tmp_path / "noise.npy", np.random.default_rng(0).standard_normal((500, 2)).cumsum(axis=0))
    result = train(tmp_path, f"{MATCHING}.strength=1", *words)
    assert result.returncode == 2
    assert told in " ".join(result.stderr.split()), result.stderr
    assert not (tmp_path / "outputs").exists()
