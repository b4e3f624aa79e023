"""The command lines of README and docs/ that open a run or a sweep are run, on small ones in their places.

So are those that measure a map or show a dataset whose equations are known, as they are.
"""

import re
import shutil
import sys

import pytest
from test_lines_of_pages import RUN, make_files

from rnnchaos.cli import main

SMALL = [
    "experiment=smoke", "name=NAME", "model.hidden_size=4", "training.window=30", "dataset.train_length=800",
    "dataset.validation_length=400", "dataset.test_length=400", "training.num_steps=20", "diagnostics.figures=false",
    "diagnostics.free_run.num_steps=300", "diagnostics.lyapunov.num_steps=100", "diagnostics.prediction.num_starts=5",
    "diagnostics.cycles.num_starts=5", "diagnostics.bifurcation.num_values=3",
]  # fmt: skip


def on_small_ones(words):
    """A line with the names of the small run and the small sweep; None where it does more than open one of them."""
    named = [re.sub(r"^outputs/[^/]+/v\d+$", "outputs/NAME/v0001", word) for word in words]
    named = [re.sub(r"^outputs/.+\.sweep(/v\d+)?$", "outputs/NAME.sweep", word) for word in named]
    opens = [word for word in named if word.startswith("outputs/NAME")]
    others = [word for word in named if word.endswith(".npy")]
    # For ever, on a cluster, or of a training that was cut off.
    elsewhere = words[0] in ("watch", "resume") or any("slurm" in word for word in words)
    return tuple(named) if opens and not others and not elsewhere else None


LINES = sorted({line for line in map(on_small_ones, [each.words for each in RUN]) if line})


MEASURED = [
    line.words
    for line in RUN
    if (line.words[0] == "lyapunov" and {"dataset=henon", "dataset=logistic"} & {*line.words})
    or (line.words[0] == "data" and not any("file" in word for word in line.words))
]


def command(*words):
    """The exit code of a line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["rnnchaos", *words])
        with pytest.raises(SystemExit) as ended:
            main()
    return ended.value.code or 0


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """A folder with the outputs of one training and of a sweep of four."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert command("train", *SMALL, "model=shrnn", "protocol.tau=10") == 0
        assert (
            command("train", "-m", *SMALL, "model=lstm,gru", "protocol.tau=5,10", "hydra.launcher.n_jobs=1")
            == 0
        )
    return folder / "outputs"


@pytest.mark.slow  # trains five networks, and measures one in every way
@pytest.mark.parametrize("words", LINES, ids=[" ".join(words) for words in LINES])
def test_a_line_does_what_it_says(words, outputs, tmp_path, monkeypatch, capsys):
    if "torch" in words:
        pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(outputs, tmp_path / "outputs")
    for word in words:
        make_files(tmp_path, word, ["x", "y", "z"])
    assert command(*words) == 0, capsys.readouterr().err


@pytest.mark.slow  # integrates and measures at full length
@pytest.mark.parametrize("words", MEASURED, ids=[" ".join(words) for words in MEASURED])
def test_what_needs_no_training_does_what_it_says(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert command(*words) == 0, capsys.readouterr().err
