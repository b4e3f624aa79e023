"""Files of the user behind the real command: trained on, gone on from, swept over, measured as weights, or refused."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnchaos.data import orbit
from rnnchaos.systems import Henon

ROOT = Path(__file__).parents[2]
SHORT = (
    "experiment=smoke",
    "dataset=file",
    "dataset.train_length=1500",
    "training.num_steps=10",
    "diagnostics.figures=false",
)


def command(folder: Path, *words: str) -> tuple[int, dict, str]:
    """Exit code, record and standard error of `rnnchaos …`, whose home is `folder`."""
    result = subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words, "--json"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return result.returncode, json.loads(result.stdout), result.stderr


@pytest.fixture(scope="module")
def values():
    return orbit(Henon(), num_steps=3000, transient=100)


def rows(values, separator, *, comma=False, index=None):
    lines = [separator.join(f"{value:.9f}" for value in row) for row in values]
    lines = [line.replace(".", ",") if comma else line for line in lines]
    return "\n".join(
        lines if index is None else [f"{index(i)}{separator}{line}" for i, line in enumerate(lines)]
    )


def written(folder, name, values):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    match path.suffix:
        case ".CSV":
            path.write_text(";x;y\n" + rows(values, ";", comma=True, index=str))
        case ".gz":
            text = "# made by hand\nx y\n" + rows(values, "   ")
            path.write_bytes(gzip.compress(text.encode()))
        case ".tsv":
            clock = rows(
                values, "\t", index=lambda i: f"2024-01-01 {i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}"
            )
            path.write_text(f"when\tx\ty\n{clock}\n")
        case ".npy":
            np.save(path, values.T)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words", "dt"),
    [
        ("größe (1)/it's, a=b.CSV", ["dataset.columns=[x,y]", "dataset.dt=0.5"], 0.5),
        ("~.csv.gz", [], 1.0),
        ("[0] & {1}.tsv", ["dataset.time_column=when"], 1.0),
        ("a b.npy", ["dataset.transpose=true"], 1.0),
    ],
)
def test_a_file_is_trained_on_opened_again_and_gone_on_from(tmp_path, values, name, words, dt):
    path = written(tmp_path, name, values)
    code, record, said = command(tmp_path, "train", *SHORT, f"dataset.path=~/{name}", *words)
    assert code == 0, said
    run = record["run"]
    code, record, said = (
        command(tmp_path, "forecast", run, f"history={path}", "num_steps=2")
        if (path.suffix != ".npy")
        else command(tmp_path, "gradients", run, "diagnostics.gradients.max_lag=20")
    )
    assert code == 0, said
    if path.suffix != ".npy":
        assert record["time_per_step"] == dt
        assert record["axis_names"] == ["x", "y"]
        assert record["history_rows"] == len(values)


@pytest.mark.slow
def test_a_sweep_over_such_files_is_the_same_when_it_is_run_again(tmp_path, values):
    written(tmp_path, "data(1).CSV", values)
    written(tmp_path, "it's [2].CSV", values[1:])
    words = ("train", "-m", *SHORT, "dataset.columns=[x,y]", "dataset.path=~/data(1).CSV,it's [2].CSV")
    code, record, said = command(tmp_path, *words)
    assert (code, record["counts"]) == (0, {"finished": 2}), said
    code, again, said = command(tmp_path, *words)
    assert (code, again["counts"], again["sweep"]) == (0, {"finished": 2}, record["sweep"]), said
    code, resumed, said = command(tmp_path, "resume", record["sweep"])
    assert (code, resumed["counts"]) == (0, {"finished": 2}), said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("train", *SHORT, "dataset.path=data(1).CSV"),
            "dataset.time_column must say what column 'column_0' of data(1).CSV is, which rises by 1 in every row, got "
            "'auto'; dataset.time_column=column_0 takes it as times (dt = 1), dataset.columns=[x,y] leaves it out, "
            "dataset.time_column=null makes it an axis",
        ),
        (
            ("lyapunov", "weights=~/it's.npz", "model=rnn"),
            "it's.npz holds what the network would be measured without: norm.weight; ignore=[norm] if it does not take "
            "part in the steps",
        ),
    ],
)
def test_what_is_refused_leaves_nothing(tmp_path, values, words, message):
    written(tmp_path, "data(1).CSV", values)
    np.savez(tmp_path / "it's.npz", **{"weight_hh_l0": np.eye(3), "norm.weight": np.ones(3)})
    code, _, said = command(tmp_path, *words)
    assert code == 2
    assert said.strip().removeprefix("rnnchaos: error: ").replace(f"{tmp_path}/", "") == message
    assert not (tmp_path / "outputs").exists()
