"""rnnchaos data: what was understood of a dataset, and bad recordings in one line, before anything is written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars
import pytest

ROOT = Path(__file__).parents[2]
TRIALS = np.cumsum(np.random.default_rng(0).standard_normal((12, 50, 2)), axis=1)


def frame(**columns):
    rows = {"trial": np.repeat(np.arange(12), 50), "t": np.tile(0.02 * np.arange(50), 12)}
    long = TRIALS.reshape(-1, 2)
    return polars.DataFrame(rows | {"x": long[:, 0], "y": long[:, 1], "s": np.sin(np.arange(600))} | columns)


@pytest.fixture
def data(rnnchaos):
    """`rnnchaos data dataset=file …` and its lines before the picture."""

    def run(*words):
        result = rnnchaos("data", "dataset=file", *words)
        assert result.exit_code == 0, result.err
        assert Path("outputs/data-file/v0001/figures/data.png").is_file()
        return result.out.partition(" of the first ")[0].splitlines()[:-1]

    return run


def test_trials_of_a_table(data):
    frame().write_csv("trials.csv")
    words = ["dataset.time_column=t", "dataset.trial_column=trial", "dataset.inputs=[s]"]
    assert data("dataset.path=trials.csv", *words, "dataset.noise=0.05") == [
        "series: 12 pieces of 50 steps, 600 steps in all, from trials.csv, 2 channels x, y, 1 input s",
        "time: 0.02 time units per step",
        "split: by pieces, the first 9 to train on, 1 for validation, the last 2 as test",
        "parts: training 9 pieces of 50 steps, 450 steps in all; validation 1 piece of 50 steps; test 2 pieces of 50 "
        "steps, 100 steps in all",
        "scaling: each channel and input to mean 0 and standard deviation 1 of the training series, noise of 0.05 "
        "standard deviations added to the training series",
        "embedding: none",
    ]


def test_at_most_eight_lines_whatever_there_is_to_say(data):
    for index, part in enumerate(frame().partition_by("trial", include_key=False)):
        gone = {0: [7], 1: [20, 21, 22], 2: [0, 2]}.get(index, [])
        part.filter(~polars.int_range(50).is_in(gone)).write_parquet(f"session_{index}.parquet")
    lines = data(
        "dataset.path=session_*.parquet",
        "dataset.time_column=t",
        "dataset.columns=[x]",
        "dataset.bridge=1",
        "dataset.embedding_dimension=2",
        "dataset.embedding_lag=3",
        "training.window=40",
    )
    assert len(lines) == 8
    assert lines[0] == "series: 13 pieces of 20 … 50 steps, 596 steps in all, from 12 files, 1 channel x"
    assert lines[2] == (
        "gaps: 1 gap within trials or files, each the end of a piece, 2 rows filled in by linear interpolation"
    )
    assert lines[4].endswith(", after embedding, which takes 3 steps of each piece")
    assert lines[6] == "embedding: 2 delays of each channel, 3 steps apart: 2 dimensions"
    assert lines[7] == (
        "2 pieces of 10 to train on, 41 steps, are not longer than the window of 40 steps, and left out of training"
    )


def test_a_whole_series(data):
    np.save("a.npy", TRIALS)
    lines = data("dataset.path=a.npy", "dataset.whole=true", "dataset.scaling=global")
    assert lines[2] == "split: none, the whole series is trained on, chosen by and judged on"
    assert lines[4] == "scaling: all channels by one mean and standard deviation of the training series"


def test_a_system_too(rnnchaos):
    words = [
        "dataset.train_length=500",
        "dataset.test_length=300",
        "dataset.axes=[0]",
        "dataset.transient=100",
    ]
    result = rnnchaos("data", "dataset=henon", *words, "--json")
    record = result.record()
    assert record["understood"][0].startswith("series: an orbit of ")
    assert (record["train_lengths"], record["test_lengths"], record["dimension"]) == ([500], [300], 1)
    assert Path(record["run"]).name == "v0001"


def make(tmp_path, name):
    path = tmp_path / name
    match name:
        case "twice.csv":
            frame(t=np.minimum(0.02 * np.arange(600), 11)).drop("trial").write_csv(path)
        case "uneven.csv":
            jitter = np.random.default_rng(0).uniform(-0.002, 0.002, 600)
            frame(t=0.02 * np.arange(600) + jitter).drop("trial").write_csv(path)
        case "constant.csv":
            frame(x=np.ones(600)).write_csv(path)
        case "widths.npz":
            np.savez(path, a=TRIALS[0], b=TRIALS[1][:, :1])
        case "lengths.npz":
            np.savez(path, x=TRIALS[0], stimulus=np.zeros(49))
        case "short.npy":
            np.save(path, TRIALS[:, :3])


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("twice.csv", ["time_column=t"], "sampling times must rise, but rows 550 and 551 have the same time 11 "),
        ("uneven.csv", ["time_column=t"], "dataset.resample must be given: times of uneven.csv rise by 0.0"),
        ("constant.csv", ["time_column=t", "trial_column=trial"], "axis 0 (x) of the series is constant at 1"),
        ("constant.csv", ["time_column=t", "trial_column=x", "columns=[y]"],
         "dataset.trial_column must tell trials of constant.csv apart, got 'x'"),
        ("constant.csv", ["time_column=t", "trial_column=trial", "columns=[y]", "inputs=[y]"],
         "dataset.inputs must name no column that columns has, too, got 'y'"),
        ("widths.npz", [], "dataset.variable must be given, as pieces need the same columns: in widths.npz a has 2"),
        ("lengths.npz", ["inputs=[stimulus]"], "dataset.variable must say which array of lengths.npz is the series"),
        ("short.npy", ["embedding_dimension=4"], "short.npy: its 12 pieces, at most 3 rows long, are all shorter"),
    ],
)  # fmt: skip
def test_bad_recordings_are_one_line(rnnchaos, tmp_path, name, words, message):
    make(tmp_path, name)
    result = rnnchaos("data", "dataset=file", f"dataset.path={name}", *(f"dataset.{word}" for word in words))
    assert result.exit_code == 2
    assert message in result.err
    assert result.err.count("\n") == 1
    assert not Path("outputs").exists()


@pytest.mark.slow
def test_a_training_begins_with_what_was_understood(tmp_path):
    frame().write_csv(tmp_path / "trials.csv")
    frame()[:200].write_csv(tmp_path / "test.csv")
    words = [
        *("experiment=smoke", "dataset=file", "dataset.path=trials.csv", "dataset.columns=[x,y]"),
        *(
            "dataset.trial_column=trial",
            "dataset.time_column=t",
            "dataset.train_length=null",
            "dataset.test_length=null",
        ),
        *(
            "model=gru",
            "training.num_steps=10",
            "training.window=20",
            "protocol.tau=5",
            "diagnostics.figures=false",
        ),
        *("diagnostics.prediction.horizon=20", "dataset.test_path=test.csv"),
    ]
    result = subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", "train", *words, "--json"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    said = result.stderr.splitlines()
    assert said[0] == "series: 12 pieces of 50 steps, 600 steps in all, from trials.csv, 2 channels x, y"
    assert said[2].endswith("a file of its own as test")
    log = (tmp_path / json.loads(result.stdout)["run"] / "log.txt").read_text()
    assert said[0] in log


def test_what_a_training_refuses_is_said_with_the_picture(data):
    """Sixty rows in all: a test series of twelve is too short for the n-step error."""
    np.save("short.npy", TRIALS.reshape(-1, 2)[:60])
    said = [line for line in data("dataset.path=short.npy") if line.startswith("a training refuses this: ")]
    must = "diagnostics.prediction.n must be at most half of the test series' 12 steps"
    assert [line.removeprefix("a training refuses this: ").startswith(must) for line in said] == [True]
