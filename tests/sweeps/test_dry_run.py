"""A sweep that is only looked at: what it would train, and how long that would take."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from rnnchaos import trainings
from rnnchaos.sweeps import estimate
from rnnchaos.sweeps.standing import Standing

PRESET = """\
# @package _global_
defaults:
  - smoke

dataset:
  train_length: 1000
model:
  hidden_size: 4
hydra:
  sweeper:
    params:
      seed: range(3)
      protocol.tau: 5,10
"""


def test_a_preset_brings_its_sweep_and_the_command_line_has_the_last_word(tmp_path):
    folder = tmp_path / "own" / "experiment"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(PRESET)
    words = ["--config-dir", "own", "experiment=mine", "seed=7,8", "--estimate", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", "train", *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    found = {tuple(sorted(cell["overrides"])) for cell in record["cells"]}
    assert found == {(f"protocol.tau={tau}", f"seed={seed}") for tau in (5, 10) for seed in (7, 8)}
    assert {cell["status"] for cell in record["cells"]} == {"waiting"}
    assert record["cpu_seconds_left"] > 0
    assert "of CPU time, by short trainings" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own"]  # nothing was written


def test_what_is_left_by_those_that_are_done():
    taken = [Standing("finished", None, {"cpu_seconds": seconds}) for seconds in (10.0, 20.0, 90.0)]
    assert (
        estimate.by_those_done([*taken, Standing("waiting"), Standing("failed", "no"), Standing("running")])
        == 60.0
    )
    assert estimate.by_those_done([Standing("waiting")]) is None


def test_one_cell_of_each_kind_is_tried(cells, monkeypatch):
    tried = []
    monkeypatch.setitem(
        vars(trainings), "cpu_seconds_by_trial", lambda settings: tried.append(settings.seed) or 7.0
    )
    made = cells(seeds=range(5), taus=(5, 10))
    assert estimate.by_trial(made, Console(quiet=True)) == pytest.approx(70.0)
    assert tried == [2]  # one kind, and of it the one in the middle


@pytest.mark.parametrize(
    ("seconds", "words"), [(12.4, "12 s"), (89.0, "89 s"), (150.0, "2.5 min"), (9000.0, "2.5 h")]
)
def test_times_in_words(seconds, words):
    assert estimate.said(seconds) == words
