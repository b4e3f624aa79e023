"""Wherever a process dies, the folder is finished, can be resumed, or is an empty husk that is named and removed."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.runs import Claim, Kind, RunFolder, RunWriter, Status, list_runs, remove_husks
from rnnchaos.runs.litter import tidy

_DEAD = """
import os, sys
from pathlib import Path
from rnnchaos.runs import Kind, RunWriter, Status, writer

def die(*_, **__):
    os._exit(9)

where = sys.argv[2]
if where == "claim":
    writer.claim_new.__globals__["Claim"].take = die
elif where == "config":
    writer.write = die
elif where == "record":
    writer.RunWriter._write_record = die
with RunWriter.create(Path(sys.argv[1]), name="x", kind=Kind.TRAIN, config_text="seed: 0\\n", provenance={}) as run:
    run.history.append({"step": 1})
    if where == "end":
        writer.RunWriter._write_record = die
    run.finish(Status.FINISHED, {})
"""


def died(outputs, where):
    done = subprocess.run([sys.executable, "-c", _DEAD, str(outputs), where], check=False)
    assert done.returncode == 9
    return outputs / "x" / "v0001"


@pytest.mark.parametrize("where", ["claim", "config", "record"])
def test_a_run_that_was_never_begun_is_named_and_removed(tmp_path, where):
    path = died(tmp_path, where)
    (listed,) = list_runs(tmp_path)
    assert (listed.path, listed.status) == (path, Status.UNBEGUN)
    assert "rnnchaos runs --clean removes it" in listed.reason
    assert remove_husks(tmp_path) == [path]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_somebody_is_about_to_use_is_not_removed(tmp_path):
    path = tmp_path / "x" / "v0001"
    path.mkdir(parents=True)
    claim = Claim.take(path)
    (listed,) = list_runs(tmp_path)
    assert (listed.status, listed.reason) == (Status.RUNNING, "it has just begun")
    assert remove_husks(tmp_path) == []
    claim.release()
    (path / "log.txt").touch()  # not written before there is a record: somebody's own
    assert list_runs(tmp_path)[0].status is Status.UNREADABLE
    assert remove_husks(tmp_path) == []


def test_the_end_of_a_run_is_atomic(tmp_path):
    path = died(tmp_path, "end")
    assert (path / "SHA256SUMS").exists()
    folder = RunFolder.open(path)
    assert folder.record.observed_status() is Status.DEAD
    (path / ".123-run.json").write_text("half of it")
    (path / "figures").mkdir()
    (path / "figures" / ".123-x.png").touch()
    (path / ".0123456789abcdef-claim").touch()
    claim = Claim.take(path)
    assert claim is not None
    with RunWriter.reopen(claim, version="1"):
        assert not (path / "SHA256SUMS").exists()
    RunFolder.open(path).verify()
    assert sorted(name for name in os.listdir(path) if name.startswith(".")) == [".claim-0001", ".claim-0002"]
    assert list((path / "figures").iterdir()) == []
    assert os.readlink(path.parent / "latest") == "v0001"


def test_temporaries_are_not_looked_for_behind_links(tmp_path):
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir(), folder.mkdir()
    (outside / ".12-mine").touch()
    (folder / "checkpoints").symlink_to(outside)
    tidy(folder)
    assert (outside / ".12-mine").exists()


def test_a_disk_that_fills_up_at_the_end_leaves_no_checksums_of_it(start, monkeypatch):
    run = start()

    write_record, calls = RunWriter._write_record, []

    def once(self, record):
        calls.append(record)
        if len(calls) <= 2:
            raise RunError("full")
        write_record(self, record)

    with pytest.raises(RunError, match="full"), run:  # noqa: PT012
        monkeypatch.setattr(RunWriter, "_write_record", once)
        run.finish(Status.FINISHED, {})
    monkeypatch.undo()
    assert not (run.path / "SHA256SUMS").exists()
    assert RunFolder.open(run.path).record.status is Status.FAILED


def test_files_of_a_run_that_was_killed_are_guarded(start, tmp_path):
    run = start()
    run.history.append({"step": 5, "loss": 1.0})
    run.save_checkpoint(5, {"w": np.arange(4.0)})
    run.history.append({"step": 6, "loss": 2.0})
    folder = RunFolder.open(run.path)
    assert folder.load_checkpoint(5).history == b'{"step": 5, "loss": 1.0}\n'
    for name in ("config.yaml", "run.json", "provenance.json", "checkpoints/step_00000005.safetensors"):
        file = run.path / name
        whole = file.read_bytes()
        for place in range(0, len(whole), max(1, len(whole) // 40)):
            for bit in (0, 4):
                damaged = bytearray(whole)
                damaged[place] ^= 1 << bit
                file.write_bytes(damaged)
                assert is_seen_or_harmless(run.path), (name, place, bit)
        file.write_bytes(whole)


def is_seen_or_harmless(path):
    try:
        folder = RunFolder.open(path)
        said = (folder.config_text, folder.load_checkpoint(5).tensors["w"].tolist(), folder.provenance)
        record = folder.record
    except ConfigError as error:
        return str(path) in str(error)
    provenance = {key: value for key, value in said[2].items() if key in ("seed", "host")}
    return (said[0], said[1], provenance, record.name, record.version) == (
        "seed: 0\n", [0.0, 1.0, 2.0, 3.0], {"seed": 0, "host": "here"}, "demo", 1,
    )  # fmt: skip


def test_damaged_history_is_taken_from_the_checkpoint(start, caplog):
    run = start()
    run.history.append({"step": 5, "loss": 1.0})
    run.save_checkpoint(5, {})
    run.finish(Status.INTERRUPTED)
    file = run.path / "history.jsonl"
    file.write_bytes(b"\xff" + file.read_bytes()[1:])
    claim = Claim.take(run.path)
    assert claim is not None
    again = RunWriter.reopen(claim, version="1")
    assert again.history.cut(again.load_checkpoint(5)) == [{"step": 5, "loss": 1.0}]
    assert json.loads(file.read_text())["loss"] == 1.0
    assert caplog.messages == [f"{file} is damaged: the copy in the checkpoint of step 5 takes its place"]


@pytest.mark.parametrize("content", [None, ""])
def test_that_checksums_of_a_finished_run_are_gone_is_said(finished, caplog, content):
    file = finished.path / "SHA256SUMS"
    file.unlink() if content is None else file.write_text(content)
    assert RunFolder.open(finished.path).config_text == "seed: 0\n"
    assert caplog.messages == [
        f"{finished.path} has no SHA256SUMS any more: whether its files are as the run left them cannot be told"
    ]


def test_a_line_of_the_checksums_that_is_gone_is_seen(finished):
    file = finished.path / "SHA256SUMS"
    file.write_text(
        "".join(line for line in file.read_text().splitlines(keepends=True) if "weights" not in line)
    )
    with pytest.raises(
        ConfigError, match=r"weights.safetensors was added after the run, or its line in SHA256SUMS"
    ):
        RunFolder.open(finished.path).load_weights()


def test_what_an_earlier_version_wrote_opens(start):
    run = start(kind=Kind.TRAIN)
    for name in ("run.json", "provenance.json"):
        file = run.path / name
        values = json.loads(file.read_text())
        file.write_text(json.dumps({key: value for key, value in values.items() if "sha256" not in key}))
    folder = RunFolder.open(run.path)
    assert (folder.record.config_sha256, folder.provenance["seed"], folder.config_text) == (
        None,
        0,
        "seed: 0\n",
    )
