"""A sweep that is killed again and again ends like one that is not."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rnnchaos.runs.process import Process

SCRIPT = Path(__file__).parents[2] / "scripts" / "check_sweep_survives.py"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes to kill under /proc")
def test_a_killed_sweep_ends_with_the_same_bits():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--cells", "6", "--kills", "3"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 cells, 6 run folders, 6 rows; ended more than once: 0" in done.stdout
    assert "files that differ: 0" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_sweep_that_is_interrupted_in_a_terminal_saves_its_cells_and_begins_no_others(tmp_path, n_jobs):
    words = [
        "train", "-m", "experiment=smoke", "model=rnn", "protocol.tau=10", "training.num_steps=1000000",
        "seed=range(4)", f"hydra.launcher.n_jobs={n_jobs}", "diagnostics.figures=false",
    ]  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as sweep:
        for _ in range(600):
            saved = {path.parent for path in tmp_path.glob("outputs/smoke.sweep/cells/*/*/checkpoints/*")}
            if len(saved) >= n_jobs:  # that many cells are under way
                break
            time.sleep(0.2)
        os.killpg(sweep.pid, signal.SIGINT)  # as Ctrl-C does
        said, _ = sweep.communicate(timeout=120)
    assert sweep.returncode == 130, said
    runs = list(tmp_path.glob("outputs/smoke.sweep/cells/*/*/run.json"))
    assert {json.loads(run.read_text())["status"] for run in runs} == {"interrupted"}
    assert len(runs) == n_jobs
    assert f"{n_jobs} interrupted" in said
    assert "go on with: rnnchaos sweep run" in said


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="finds out under /proc whether processes live"
)
def test_the_processes_of_a_killed_sweep_save_their_cells_and_end(tmp_path):
    words = [
        "train", "-m", "experiment=smoke", "model=rnn", "protocol.tau=10", "training.num_steps=1000000",
        "seed=range(3)", "hydra.launcher.n_jobs=2", "diagnostics.figures=false",
    ]  # fmt: skip
    command = [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as sweep:
        saved = "outputs/smoke.sweep/cells/*/*/checkpoints/*"
        _wait_for(lambda: len({path.parent for path in tmp_path.glob(saved)}) == 2)
        sweep.kill()
    runs = list(tmp_path.glob("outputs/smoke.sweep/cells/*/*/run.json"))
    processes = [Process.from_json(json.loads(run.read_text())["process"]) for run in runs]
    _wait_for(lambda: not any(process.is_alive() for process in processes))
    assert len(runs) == 2
    assert {json.loads(run.read_text())["status"] for run in runs} == {"interrupted"}


def _wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.2)
    pytest.fail("waited for two minutes")
