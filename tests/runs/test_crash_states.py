"""Every state that the files of a run pass through, of a stand-in for a training that computes nothing."""

import os
import runpy
import shutil
import subprocess
import sys

import pytest

from rnnchaos.runs import RunFolder, Status, list_runs, remove_husks

# A process that copies its outputs before each operation on a file; with a second argument it goes on with a run.
_SCRIPT = """
import os, shutil, sys
from pathlib import Path
import numpy as np
from rnnchaos.runs import Claim, Kind, RunWriter, Status

outputs, store, copying = Path(sys.argv[1]), Path(sys.argv[2]), False

def before_each(event, arguments):
    global copying
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    changes = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate")
    if not copying and (writes or changes) and any(str(each).startswith(str(outputs)) for each in arguments[:2]):
        copying = True
        state = store / f"{len(os.listdir(store)):03d}"
        shutil.copytree(outputs, state, symlinks=True) if outputs.exists() else state.mkdir()
        copying = False

def train(run, steps):
    for step in range(steps + 1, 7):
        run.history.append({"step": step, "loss": 1 / step})
        if step % 2 == 0:
            run.save_checkpoint(step, {"w": np.full(3, step)})
    run.log("trained")
    run.save_arrays("training", {"loss": np.arange(6.0)})
    run.save_weights({"w": np.full(3, 6)}, metadata={"step": "6"})
    with run.figure("training") as path:
        path.write_bytes(b"a figure")
    run.finish(Status.FINISHED, {"loss": 0.5})

def go_on(path):
    run = RunWriter.reopen(Claim.take(path), version="1")
    with run:
        steps = run.checkpoint_steps()
        if steps:
            run.history.cut(run.load_checkpoint(steps[0]))
        else:
            run.history.start()
        train(run, steps[0] if steps else 0)

if __name__ == "__main__":
    sys.addaudithook(before_each)
    if len(sys.argv) > 3:
        go_on(outputs / "x" / "v0001")
    else:
        with RunWriter.create(outputs, name="x", kind=Kind.TRAIN, config_text="seed: 0\\n", provenance={}) as run:
            train(run, 0)
"""
_SAME = ("config.yaml", "history.jsonl", "summary.json", "weights.safetensors", "arrays/training.npz")
_CHECKPOINTS = ["step_00000004.safetensors", "step_00000006.safetensors"]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The script, the states of a run and those of a resume, and the outputs of the whole run."""
    folder = tmp_path_factory.mktemp("states")
    script = folder / "script.py"
    script.write_text(_SCRIPT)
    for name in ("run", "resume"):
        (folder / name).mkdir()
    whole = folder / "outputs"
    subprocess.run([sys.executable, script, whole, folder / "run"], check=True)
    states = sorted((folder / "run").iterdir())
    middle = next(state for state in states if len(list(state.glob("x/v0001/checkpoints/step*"))) == 2)
    cut = shutil.copytree(middle, folder / "cut", symlinks=True)
    subprocess.run([sys.executable, script, cut, folder / "resume", "resume"], check=True)
    return script, [*states, *sorted((folder / "resume").iterdir())], whole / "x" / "v0001"


def test_every_state_is_finished_or_resumed_to_the_same_bits_or_was_never_begun(recorded, tmp_path):
    script, states, whole = recorded
    assert len(states) > 100
    before, sys.argv = sys.argv, ["", str(tmp_path / "nowhere"), str(tmp_path)]
    source = runpy.run_path(str(script), run_name="stand_in")
    sys.argv = before
    kinds = dict.fromkeys(("finished", "resumed", "never begun"), 0)
    for state in states:
        outputs = shutil.copytree(state, tmp_path / state.parent.name / state.name, symlinks=True)
        statuses = {run.status for run in list_runs(outputs)}
        if statuses <= {Status.UNBEGUN}:
            remove_husks(outputs)
            assert list(outputs.iterdir()) == [], state
            kinds["never begun"] += 1
            continue
        run = outputs / "x" / "v0001"
        assert statuses <= {Status.DEAD, Status.FINISHED}, (state, statuses)
        if statuses == {Status.DEAD}:
            source["go_on"](run)
        kinds["resumed" if statuses == {Status.DEAD} else "finished"] += 1
        RunFolder.open(run).verify()
        for name in _SAME:
            assert (run / name).read_bytes() == (whole / name).read_bytes(), (state, name)
        assert sorted(os.listdir(run / "checkpoints")) == _CHECKPOINTS, state
        hidden = [path for path in outputs.rglob(".*") if not path.name.startswith(".claim-0")]
        assert hidden == [], state
        assert os.readlink(outputs / "x" / "latest") == "v0001", state
    assert min(kinds.values()) > 0, kinds
