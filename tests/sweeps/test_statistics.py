"""What trainings that differ in their seeds alone come to."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnchaos.sweeps.standing import Standing
from rnnchaos.sweeps.statistics import Spread, is_over_seeds, spreads
from rnnchaos.sweeps.sweep import Sweep


def finished(**numbers):
    return Standing("finished", None, numbers)


DIVERGED = Standing("diverged", "diverged at step 7", {"steps": 7})
FAILED = Standing("failed", "the disk is full")


def test_the_spread_is_that_of_finished_trainings():
    found = spreads(
        [
            *(finished(d_stsp_paper=value, seed=i) for i, value in enumerate([4.0, 1.0, 2.0, 3.0, 5.0])),
            DIVERGED,
            FAILED,
        ]
    )
    assert found == {"d_stsp_paper": Spread(3.0, 2.0, 4.0, 1.0, 5.0, 5)}


def test_a_number_that_a_training_lacks_is_taken_of_the_others():
    lacking = [finished(lambda_max=None), finished(lambda_max=float("nan")), finished()]
    assert spreads([finished(lambda_max=1.0), *lacking])["lambda_max"] == Spread(1.0, 1.0, 1.0, 1.0, 1.0, 1)


def test_times_in_different_units_have_no_common_median():
    name, unit = "valid_prediction_time", "valid_prediction_time_unit"
    found = spreads(
        [
            finished(**{name: 6.0, f"{name}_smape": 3.0}),  # of an earlier version
            finished(**{name: 8.0, f"{name}_smape": 5.0, unit: "Lyapunov times"}),
            finished(**{name: 30.0, f"{name}_smape": 20.0, unit: "time units"}),
        ]
    )
    assert {name: (spread.median, spread.count) for name, spread in found.items()} == {
        name: (7.0, 2),
        f"{name}_smape": (4.0, 2),
        f"{name}_in_time_units": (30.0, 1),
        f"{name}_smape_in_time_units": (20.0, 1),
    }


@pytest.mark.parametrize("standings", [[DIVERGED], [FAILED], []])
def test_without_a_finished_training_there_is_none(standings):
    assert spreads(standings) == {}


@pytest.mark.parametrize("numbers", [[3.0], [2.0, -1.0], [0.5, 4.0, 1.0], [1e6, -2.0, 3.5, 0.0, 7.0, 7.0]])
def test_quartiles_are_those_of_numpy(numbers):
    spread = Spread.of(numbers)
    np.testing.assert_allclose(
        [spread.lower_quartile, spread.median, spread.upper_quartile],
        np.quantile(numbers, [0.25, 0.5, 0.75]),
        rtol=1e-12,
        atol=1e-9,
    )


@pytest.mark.parametrize(
    ("seeds", "taus", "over_seeds"),
    [((0, 1), (5,), True), ((0, 1), (5, 10), False), ((0,), (5, 10), False), ((0,), (5,), False)],
)
def test_a_sweep_over_seeds_is_known_by_its_cells(tmp_path, cells, seeds, taus, over_seeds):
    assert is_over_seeds(Sweep.create(tmp_path, "demo", cells(seeds, taus), command=[])) == over_seeds


SHORT = (
    "experiment=smoke", "model=rnn", "model.hidden_size=3", "protocol.tau=10", "training.num_steps=10",
    "diagnostics=quick", "diagnostics.figures=false", "ensemble.seeds=2", "seed=4",
)  # fmt: skip


def rnnchaos(folder, *words):
    done = subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words, "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.slow
def test_many_seeds_are_a_sweep_that_goes_on(tmp_path):
    record, said = rnnchaos(tmp_path, "train", *SHORT)
    study = Path("outputs/smoke.sweep")
    assert record["sweep"] == str(study / "v0001")
    assert (record["cells"], record["counts"]) == (2, {"finished": 2})
    assert record["statistics"]["d_stsp_paper"]["count"] == 2
    assert "seed=4: finished" in said
    assert "quartiles" in said
    (lost, kept) = sorted(tmp_path.glob(f"{study}/cells/*/*"))
    before = (kept / "run.json").read_bytes()
    weights = (lost / "weights.safetensors").read_bytes()
    for file in ("run.json", "weights.safetensors"):
        (lost / file).unlink()
    for journal in tmp_path.glob(f"{study}/journal/*"):
        lines = journal.read_text().splitlines(keepends=True)
        journal.write_text("".join(line for line in lines if lost.name not in line))
    again, said = rnnchaos(tmp_path, "resume", str(study))
    assert "2 cells, 1 done" in said
    assert (lost / "weights.safetensors").read_bytes() == weights
    assert (kept / "run.json").read_bytes() == before
    assert again["statistics"]["d_stsp_paper"] == record["statistics"]["d_stsp_paper"]
    assert "2 cells, 2 done" in rnnchaos(tmp_path, "train", *SHORT)[1]
