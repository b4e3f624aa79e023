"""Disks that are full, read-only or not there: one line, and what was written before stays whole."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnnchaos.errors import RunError
from rnnchaos.runs import Kind, RunFolder, RunWriter, Status, atomic, layout

# A limit on the size of files stops a write in the middle, as a full disk does, and needs no rights.
_LIMITED = """
import resource, sys
from pathlib import Path
import numpy as np
from rnnchaos.runs import Kind, RunWriter, Status

with RunWriter.create(Path(sys.argv[1]), name="x", kind=Kind.TRAIN, config_text="", provenance={}) as run:
    run.save_weights({"w": np.ones(100)}, metadata={})
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
    try:
        run.save_weights({"w": np.ones(100_000)}, metadata={})
    except Exception as error:
        print(error)
        raise SystemExit
"""


def test_a_write_that_stops_in_the_middle_leaves_the_old_file(tmp_path):
    script = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    path = tmp_path / "x" / "v0001"
    assert script.stdout == (
        f"cannot write {path}/weights.safetensors: File too large; "
        "raise the limit on the size of files (ulimit -f)\n"
    )
    run = RunFolder.open(path)
    np.testing.assert_array_equal(run.load_weights()["w"], np.ones(100))
    assert run.record.status is Status.FAILED
    assert [name for name in os.listdir(path) if name.startswith(".") and "claim" not in name] == []
    run.verify()


@contextlib.contextmanager
def _small_disk(folder: Path, size: str):
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if (
        os.geteuid() != 0
        or shutil.which("mount") is None
        or subprocess.run(mount, capture_output=True).returncode
    ):
        pytest.skip("only root can mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(tmp_path):
    outputs = tmp_path / "outputs"
    with _small_disk(outputs, "256k"):

        def start() -> RunWriter:
            return RunWriter.create(outputs, name="x", kind=Kind.TRAIN, config_text="", provenance={})

        with start() as first:
            first.save_weights({"w": np.ones(10)}, metadata={})
        with pytest.raises(RunError) as caught, start() as second:  # noqa: PT012
            second.save_checkpoint(1, {"w": np.ones(10)})
            second.save_checkpoint(2, {"w": np.ones(10**6)})
        assert str(caught.value) == (
            f"cannot write {second.path}/checkpoints/step_00000002.safetensors: No space left on device; "
            "free some space, or choose a folder on another disk with outputs=FOLDER"
        )
        RunFolder.open(first.path).verify()
        stored = RunFolder.open(second.path)
        assert stored.load_checkpoint(layout.checkpoint_steps(second.path)[-1]).step == 1
        assert stored.record.status is Status.FAILED
        assert stored.record.reason == str(caught.value)

        (outputs / "filler").write_bytes(bytes(os.statvfs(outputs).f_bavail * os.statvfs(outputs).f_bsize))
        with pytest.raises(RunError, match="No space left on device"):
            start()
        assert sorted(os.listdir(outputs / "x")) == ["latest", "v0001", "v0002"]  # no run that never was
        RunFolder.open(first.path).verify()


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "free some space, or choose a folder on another disk with outputs=FOLDER"),
        (errno.EDQUOT, "free some space, or choose a folder on another disk with outputs=FOLDER"),
        (errno.EACCES, "choose a folder that you may write to with outputs=FOLDER"),
        (errno.EROFS, "choose a folder that you may write to with outputs=FOLDER"),
        (errno.EIO, "choose another folder with outputs=FOLDER"),
    ],
)
def test_a_disk_that_refuses_is_one_line(start, monkeypatch, number, advice):
    run = start()

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(atomic.os, "replace", refuse)
    with pytest.raises(RunError) as caught:
        run.save_weights({"w": np.ones(3)}, metadata={})
    assert (
        str(caught.value) == f"cannot write {run.path}/weights.safetensors: {os.strerror(number)}; {advice}"
    )
    assert sorted(os.listdir(run.path)) == [".claim-0001", "config.yaml", "provenance.json", "run.json"]


def test_outputs_that_is_a_file(start, tmp_path):
    (tmp_path / "demo").write_text("in the way")
    with pytest.raises(RunError) as caught:
        start()
    assert str(caught.value) == (
        f"cannot write {tmp_path}/demo: File exists; "
        "a file stands where a folder belongs: move it, or choose another folder with outputs=FOLDER"
    )


def test_a_run_folder_that_was_removed_meanwhile(start):
    run = start()
    shutil.rmtree(run.path)
    with pytest.raises(
        RunError, match=r"cannot write .*/log.txt: No such file or directory; its folder was moved"
    ):
        run.log("hello?")


def test_a_failure_to_record_a_failure_does_not_hide_it(start, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ZeroDivisionError), start() as run:  # noqa: PT012
        monkeypatch.setattr(atomic.os, "replace", refuse)
        1 / 0  # noqa: B018
    assert RunFolder.open(run.path).record.status is Status.RUNNING


def test_a_figure_that_fails_leaves_no_file(start):
    run = start()
    with pytest.raises(ZeroDivisionError), run.figure("orbit") as path:  # noqa: PT012
        path.write_bytes(b"half a fig")
        1 / 0  # noqa: B018
    assert list((run.path / "figures").iterdir()) == []
    assert path.suffix == ".png"
