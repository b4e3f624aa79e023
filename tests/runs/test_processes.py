"""Many processes at once, and processes that are killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rnnchaos.runs import RunFolder, Status, layout, list_runs
from rnnchaos.runs.process import Process

# In a process of its own: the test's process has the threads of JAX, which do not survive a fork.
_RACE = """
import multiprocessing, sys
from pathlib import Path
from rnnchaos.runs import Kind, RunWriter, Status

def work(barrier):
    barrier.wait()
    run = RunWriter.create(Path(sys.argv[1]), name="race", kind=Kind.TRAIN, config_text="", provenance={})
    run.finish(Status.FINISHED, {"version": run.record.version})

context = multiprocessing.get_context("fork")
barrier = context.Barrier(64)
workers = [context.Process(target=work, args=(barrier,)) for _ in range(64)]
for worker in workers: worker.start()
for worker in workers: worker.join()
sys.exit(any(worker.exitcode for worker in workers))
"""

_ENDLESS = """
import sys, time
from pathlib import Path
import numpy as np
from rnnchaos.runs import Kind, RunWriter

run = RunWriter.create(Path(sys.argv[1]), name="endless", kind=Kind.TRAIN, config_text="", provenance={})
print("started", flush=True)
step = 0
while True:
    step += 1
    run.history.append({"step": step})
    run.save_checkpoint(step, {"w": np.full(50_000, float(step))})
"""


def test_64_runs_started_at_once_get_64_folders(tmp_path):
    subprocess.run([sys.executable, "-c", _RACE, str(tmp_path)], check=True)
    names = sorted(path.name for path in (tmp_path / "race").iterdir())
    assert names == ["latest", *(f"v{version:04d}" for version in range(1, 65))]
    assert os.readlink(tmp_path / "race" / "latest") == "v0064"
    for name in names:
        run = RunFolder.open(tmp_path / "race" / name)
        run.verify()
        assert run.summary == {"version": run.record.version}


def test_versions_grow_beyond_four_digits(start, tmp_path):
    (tmp_path / "demo" / "v9999").mkdir(parents=True)
    assert [start().path.name, start().path.name] == ["v10000", "v10001"]
    assert os.readlink(tmp_path / "demo" / "latest") == "v10001"


def test_a_lost_race_tries_the_next_number_without_another_look(start, tmp_path, monkeypatch):
    for version in (1, 2, 3):
        (tmp_path / "demo" / f"v{version:04d}").mkdir(parents=True)
    looks = []
    monkeypatch.setattr(layout, "newest_version", lambda parent: looks.append(parent))  # sees none of them
    folder, version = layout.make_version_folder(tmp_path, "demo")
    assert (folder.name, version, len(looks)) == ("v0004", 4, 1)


def test_a_slow_process_does_not_put_an_older_version_back(start, tmp_path, monkeypatch):
    replace = os.replace

    def be_overtaken(source: Path, target: Path) -> None:
        if target.name == "latest" and not (tmp_path / "demo" / "v0002").exists():
            (tmp_path / "demo" / "v0002").mkdir()
            target.symlink_to("v0002")  # by another process, just before this one's own link
        replace(source, target)

    monkeypatch.setattr(os, "replace", be_overtaken)
    assert start().path.name == "v0001"
    assert os.readlink(tmp_path / "demo" / "latest") == "v0002"


def test_latest_can_do_without_symbolic_links(start, tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError("no symbolic links here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    start(), start()
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == ["v0001", "v0002"]
    assert RunFolder.open(tmp_path / "demo" / "latest").path == tmp_path / "demo" / "v0002"


def test_a_killed_run_is_listed_as_dead_and_its_checkpoint_is_whole(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "started\n"
    (alive,) = list_runs(tmp_path)
    assert alive.status is Status.RUNNING
    while len(list(alive.path.glob("checkpoints/step_*"))) < 2:  # until it is in the middle of its work
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    os.waitid(
        os.P_PID, process.pid, os.WEXITED | os.WNOWAIT
    )  # a zombie, as its parent has not asked for it yet
    (zombie,) = list_runs(tmp_path)
    process.communicate()
    (dead,) = list_runs(tmp_path)
    assert (zombie.status, dead.status) == (Status.DEAD, Status.DEAD)
    assert dead.reason == "the process of the run is gone, and the run had not ended"
    assert dead.record.status is Status.RUNNING

    run = RunFolder.open(dead.path)
    checkpoint = run.load_checkpoint(layout.checkpoint_steps(run.path)[-1])
    assert (checkpoint.tensors["w"] == checkpoint.step).all()
    assert [entry["step"] for entry in run.read_history()][: checkpoint.step] == list(
        range(1, checkpoint.step + 1)
    )


def test_a_half_written_last_line_of_a_running_run_is_left_out(start):
    run = start()
    run.history.append({"step": 1})
    with (run.path / "history.jsonl").open("a") as file:
        file.write('{"step": 2, "lo')
    assert RunFolder.open(run.path).read_history() == [{"step": 1}]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_whether_a_process_lives():
    here = Process.current()
    assert here.is_alive() is True
    assert here._replace(start_ticks=here.start_ticks - 1).is_alive() is False  # its number was given again
    assert here._replace(pid=2**22 + 1).is_alive() is False  # above the highest number that Linux gives
    assert here._replace(boot="before the restart").is_alive() is None  # or on another machine of this name
    assert here._replace(host=socket.gethostname() + "-2").is_alive() is None
    assert here._replace(namespace="another container").is_alive() is None
    assert here._replace(start_ticks=None).is_alive() is True
    assert here._replace(start_ticks=None, pid=2**22 + 1).is_alive() is False
