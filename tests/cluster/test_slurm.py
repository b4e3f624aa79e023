"""Sweeps on a real Slurm: `scripts/slurm_lab.sh up` starts one. RNNCHAOS_CLUSTER=1 turns the skips into failures."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rnnchaos.sweeps.slurm.submissions import states_of_jobs, submissions
from rnnchaos.sweeps.sweep import Sweep

CONFIGS = Path(__file__).parent / "configs"
CELLS = ("plain", "other", "diverging", "raising", "cancelled", "long")
LIMIT = 900.0
"""Seconds after which something hangs."""


def slurm_answers():
    try:
        subprocess.run(["sinfo", "--noheader"], capture_output=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("RNNCHAOS_CLUSTER") != "1" and not slurm_answers(),
        reason="no Slurm answers; scripts/slurm_lab.sh starts one",
    ),
]


def rnnchaos(*words, cwd, **environment):
    command = [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, env=os.environ | environment
    )


def wait_until(true, what):
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < LIMIT, f"{what} has not come within {LIMIT:.0f} s"
        time.sleep(1.0)


def counts(sweep, cwd):
    return json.loads(rnnchaos("sweep", "status", str(sweep), "--json", cwd=cwd).stdout)["counts"]


def status_by_cell(sweep, cwd):
    rows = json.loads(rnnchaos("sweep", "table", str(sweep), "--json", cwd=cwd).stdout)["rows"]
    return {name: row["status"] for name, row in zip(CELLS, rows, strict=True)}


def scheduler(job):
    """State, exit code and number of restarts of a job, by Slurm."""
    done = subprocess.run(
        ["scontrol", "--oneliner", "show", "job", job], capture_output=True, text=True, check=True
    )
    fields = dict(word.split("=", 1) for word in done.stdout.split() if "=" in word)
    return fields["JobState"], fields["ExitCode"], int(fields["Restarts"])


def release_requeued(jobs):
    """A job that was requeued has to wait for two minutes, unless somebody lets it go."""
    for job in jobs:
        if states_of_jobs().get(job) == "PENDING":
            subprocess.run(
                ["scontrol", "update", f"jobid={job}", "starttime=now"], check=False, capture_output=True
            )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("cluster")
    np.savetxt(path / "series.csv", np.sin(np.arange(4000.0))[:, None] + [0.0, 1.0], delimiter=",")
    return path


MODEL = ("model=lstm", "protocol.tau=10", "diagnostics.figures=false", "training.record_every=500")


@pytest.fixture(scope="module")
def environment(folder):
    """What the presets of the cells ask for: lengths by the speed of this machine."""

    def seconds(num_steps):
        began = time.monotonic()
        words = ("train", "experiment=smoke", *MODEL, f"training.num_steps={num_steps}", "outputs=speed")
        assert rnnchaos(*words, cwd=folder).returncode == 0
        return time.monotonic() - began

    seconds(500)  # compiles
    steps_per_second = 20_000 / max(1.0, seconds(20_500) - seconds(500))
    return {
        "RNNCHAOS_TEST_SERIES": str(folder / "series.csv"),
        # The signal comes after 30 to 60 s of the two minutes: it shall come once or twice.
        "RNNCHAOS_TEST_LONG": str(int(100 * steps_per_second)),
        "RNNCHAOS_TEST_CANCELLED": str(int(40 * steps_per_second)),
    }


def launch(folder, environment, *words):
    return rnnchaos(
        "train",
        "-m",
        *MODEL,
        "hydra/launcher=slurm",
        "hydra.launcher.poll_s=1",
        *words,
        cwd=folder,
        **environment,
    )


def test_six_cells_end_as_slurm_says_and_the_missing_ones_are_completed(folder, environment):
    series = folder / "series.csv"
    six = ["--config-dir", str(CONFIGS), f"experiment={','.join(CELLS)}", "--detach", "--json"]
    held = [
        "hydra.launcher.timeout_min=2",
        "hydra.launcher.signal_delay_s=60",
        "+hydra.launcher.additional_parameters.hold=true",
    ]
    submitted = launch(folder, environment, *six, *held)
    assert submitted.returncode == 0, submitted.stderr
    record = json.loads(submitted.stdout)
    sweep, jobs = Sweep.open(folder / record["sweep"]), dict(zip(CELLS, record["jobs"], strict=True))
    assert counts(sweep.path, folder) == {"queued": 6}
    again = launch(folder, environment, *six)
    assert json.loads(again.stdout)["jobs"] == record["jobs"], again.stderr  # none is submitted twice
    assert len(submissions(sweep)) == 1

    text = series.read_text()
    series.unlink()
    array = record["jobs"][0].partition("_")[0]
    subprocess.run(["scontrol", "release", array], check=True)
    cancelled = sweep.folder(sweep.ids[CELLS.index("cancelled")])

    def has_saved():
        release_requeued(jobs.values())
        return any(cancelled.glob("checkpoints/*"))

    wait_until(has_saved, "the checkpoint of the cell to be cancelled")
    subprocess.run(["scancel", jobs["cancelled"]], check=True)

    def all_ended():
        release_requeued(jobs.values())
        return not set(states_of_jobs()) & set(jobs.values())

    wait_until(all_ended, "the end of all jobs")
    expected = {
        "plain": "finished", "other": "finished", "diverging": "diverged", "raising": "failed",
        "cancelled": "interrupted", "long": "finished",
    }  # fmt: skip
    assert status_by_cell(sweep.path, folder) == expected
    by_slurm = {name: scheduler(job) for name, job in jobs.items()}
    states = {name: state for name, (state, _, _) in by_slurm.items()}
    # A job that was cancelled and then ended by itself is CANCELLED; a diverged cell is a result.
    assert states == {
        "plain": "COMPLETED", "other": "COMPLETED", "diverging": "COMPLETED", "raising": "FAILED",
        "cancelled": "CANCELLED", "long": "COMPLETED",
    }  # fmt: skip
    assert by_slurm["raising"][1] == "1:0"
    restarts = {name: restarts for name, (_, _, restarts) in by_slurm.items()}
    assert restarts.pop("long") >= 1
    assert set(restarts.values()) == {0}
    long = sweep.folder(sweep.ids[CELLS.index("long")])
    assert len(json.loads((long / "provenance.json").read_text())["resumed"]) >= 1

    series.write_text(text)
    done = [
        cell
        for name, cell in zip(CELLS, sweep.ids, strict=True)
        if expected[name] in ("finished", "diverged")
    ]
    ends = {cell: (sweep.folder(cell) / "run.json").stat().st_mtime_ns for cell in done}
    # Without words the jobs would be asked for as before, and be held again.
    words = ["hydra/launcher=slurm", "hydra.launcher.poll_s=1", "--retry-failed", "--json"]
    on = rnnchaos("sweep", "run", str(sweep.path), *words, cwd=folder)
    assert on.returncode == 0, on.stderr
    assert json.loads(on.stdout)["counts"] == {"finished": 5, "diverged": 1}
    assert "submitted 2 cells as job" in on.stderr
    for cell, end in ends.items():
        assert (sweep.folder(cell) / "run.json").stat().st_mtime_ns == end
    assert len(json.loads((cancelled / "provenance.json").read_text())["resumed"]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("hydra.launcher.partition=dbug",),
            "hydra.launcher.partition=dbug: no such partition; did you mean debug",
        ),
        (("hydra.launcher.timeout_min=0",), "hydra.launcher.timeout_min must be at least 1 minute, got 0"),
        (
            ("hydra.launcher.cpus_per_task=many",),
            "hydra.launcher.cpus_per_task must be a whole number, got 'many'",
        ),
        (
            ("hydra.launcher.signal_delay_s=7200",),
            "hydra.launcher.signal_delay_s must be below the limit of a job",
        ),
    ],
)
def test_what_slurm_cannot_give_is_one_line(folder, tmp_path, words, said):
    done = launch(folder, {}, "experiment=smoke", "seed=0,1", f"outputs={tmp_path / 'none'}", *words)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"rnnchaos: error: {said}")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "none").exists()
