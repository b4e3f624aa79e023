"""Orbits from off the attractor behind the real command: trained on, said, recorded, resumed, refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from test_files import SHORT, command

from rnnchaos.data import orbit
from rnnchaos.systems import Henon

SYSTEM = (
    "experiment=smoke",
    "dataset=henon",
    "dataset.train_length=1500",
    "training.num_steps=10",
    "training.window=20",
    "diagnostics.figures=false",
)
OFF = ("dataset.off_attractor_orbits=40", "dataset.off_attractor_steps=30")


def summary(folder: Path, record: dict) -> dict:
    return json.loads((folder / record["run"] / "summary.json").read_text())


@pytest.mark.slow
def test_of_known_equations(tmp_path):
    code, without, said = command(tmp_path, "train", *SYSTEM, "protocol.tau=5", "name=without")
    assert code == 0, said
    assert "off the attractor" not in said
    code, beside, said = command(tmp_path, "train", *SYSTEM, "protocol.tau=5", *OFF, "name=beside")
    assert code == 0, said
    line = next(line for line in said.splitlines() if line.startswith("off the attractor: "))
    assert " pieces of 30 steps, " in line
    assert " others went too far or to infinity and are left out; " in line
    assert line.endswith(" % of the training windows")
    left, right = summary(tmp_path, without), summary(tmp_path, beside)
    assert (left["used_equations"], right["used_equations"]) == (False, True)
    # What the truth is, and what a perfect network would score, have not seen them.
    for key in ("lambda_max_true", "tau_pred_steps", "tau_steps", "window_steps"):
        assert left[key] == right[key]
    for name, metric in left["metrics"].items():
        assert [metric[key] for key in ("floor", "ceiling")] == [
            right["metrics"][name][key] for key in ("floor", "ceiling")
        ]
    code, record, said = command(tmp_path, "data", *SYSTEM, *OFF)
    assert code == 0, said
    assert set(record["off_attractor_lengths"]) == {30}


@pytest.mark.slow
def test_of_a_recording(tmp_path):
    values = orbit(Henon(), num_steps=3000, transient=100)
    np.save(tmp_path / "on.npy", values)
    np.save(tmp_path / "far.npy", np.stack([values[first : first + 40] for first in range(5)]))
    data = (*SHORT, "dataset.path=on.npy", "training.window=20")
    beside = (*data, "dataset.off_attractor_path=far.npy", "dataset.off_attractor_share=0.25")
    code, record, said = command(tmp_path, "train", *beside)
    assert code == 0, said
    assert "off the attractor: 5 pieces of 40 steps, 200 steps in all; 25 % of the training windows" in said
    assert summary(tmp_path, record)["used_equations"] is False
    code, record, _ = command(tmp_path, "train", *beside, "training.window=40", "name=long")
    assert (code, record["error"]) == (
        2,
        "dataset.off_attractor_path must hold a piece of more than the window of 40 steps (training.window), got "
        "'far.npy'; the longest has 40",
    )
    assert not (tmp_path / "outputs/long").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("training.window=30",),
            "dataset.off_attractor_steps must be more than the window of 30 steps (training.window), got 30",
        ),
        (
            ("dataset=file", "dataset.path=a.npy"),
            "dataset.off_attractor_orbits must be 0 for SeriesFile, got 40; dataset.off_attractor_path names files of "
            "trials that start off the attractor",
        ),
        (
            ("dataset=dysts", "dataset.system=Lorenz"),
            "dataset.off_attractor_orbits must be 0 for DystsSeries, got 40; its states cannot be set; the same flow "
            "in a YAML of its own (dataset=equations) can start anywhere",
        ),
        (
            ("dataset.off_atractor_share=.5",),
            "dataset.off_atractor_share is not a setting; did you mean dataset.off_attractor_share?",
        ),
    ],
)
def test_refused_with_nothing_written(rnnchaos, words, message):
    result = rnnchaos("train", *SYSTEM, *OFF, *words)
    assert (result.exit_code, result.out, result.err) == (2, "", f"rnnchaos: error: {message}\n")
    assert not Path("outputs").exists()


@pytest.mark.slow
def test_a_spread_that_none_survives_is_refused_with_nothing_written(tmp_path):
    code, record, _ = command(tmp_path, "train", *SYSTEM, *OFF, "dataset.off_attractor_spread=100")
    assert (code, record["error"]) == (
        2,
        "dataset.off_attractor_spread must be smaller: each of the 40 orbits from off the attractor goes too far or "
        "to infinity, got 100.0",
    )
    assert not (tmp_path / "outputs").exists()
