"""A sweep that is killed again and again ends like one that is not."""

import contextlib
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
CELLS = "outputs/smoke.sweep/cells/*/*"


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes to kill under /proc")
def test_a_killed_sweep_ends_with_the_same_bits():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--cells", "4", "--kills", "3"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 cells, 4 run folders, 4 rows; ended more than once: 0" in done.stdout
    assert "files that differ: 0" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_sweep_that_is_interrupted_in_a_terminal_saves_its_cells_and_begins_no_others(tmp_path, n_jobs):
    with endless_sweep(tmp_path, n_jobs, cells=4) as sweep:
        os.killpg(sweep.pid, signal.SIGINT)  # as Ctrl-C does
        said, _ = sweep.communicate(timeout=120)
    assert sweep.returncode == 130, said
    assert statuses(tmp_path) == ["interrupted"] * n_jobs
    assert f"{n_jobs} interrupted" in said
    assert "go on with: rnnchaos sweep run" in said


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="finds out under /proc whether processes live"
)
def test_the_processes_of_a_killed_sweep_save_their_cells_and_end(tmp_path):
    with endless_sweep(tmp_path, 2, cells=3) as sweep:
        sweep.kill()
        sweep.wait(timeout=120)
    processes = [Process.from_json(record["process"]) for record in records(tmp_path)]
    wait_for(lambda: not any(process.is_alive() for process in processes))
    assert statuses(tmp_path) == ["interrupted"] * 2


@contextlib.contextmanager
def endless_sweep(folder, n_jobs, *, cells):
    """A sweep in a process group of its own, from when `n_jobs` of its cells are under way."""
    words = [
        "train", "-m", "experiment=smoke", "model=rnn", "protocol.tau=10", "training.num_steps=1000000",
        f"seed=range({cells})", f"hydra.launcher.n_jobs={n_jobs}", "diagnostics.figures=false",
    ]  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as sweep:
        try:
            wait_for(lambda: len({path.parent for path in folder.glob(f"{CELLS}/checkpoints/*")}) == n_jobs)
            yield sweep
        finally:
            sweep.kill()  # where the test has failed


def records(folder):
    return [json.loads(run.read_text()) for run in folder.glob(f"{CELLS}/run.json")]


def statuses(folder):
    return [record["status"] for record in records(folder)]


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.2)
    pytest.fail("waited for two minutes")
