"""A run folder has one owner at a time, and a dead owner is found out."""

import dataclasses
import json
import os
import time

import pytest
from together import all_at_once

from rnnchaos.errors import LostClaimError
from rnnchaos.runs import Checkpoint, Claim, Kind, RunFolder, RunWriter, Status
from rnnchaos.runs.claim import STALE, deaths, owner_lives
from rnnchaos.runs.process import Process


def be_owned_by(folder, process):
    """Let the newest claim of a folder be that of another process."""
    file = max(folder.glob(".claim-*"))
    file.write_text(json.dumps({"process": process._asdict(), "token": "other"}))
    return file


def test_a_claimed_folder_cannot_be_claimed_again_until_it_is_released(tmp_path):
    first = Claim.take(tmp_path)
    assert first is not None
    assert owner_lives(tmp_path)
    assert Claim.take(tmp_path) is None
    first.release()
    assert not owner_lives(tmp_path)
    assert Claim.take(tmp_path) is not None
    assert not first.is_held()


def test_a_dead_owner_is_taken_over_and_counted(tmp_path):
    first = Claim.take(tmp_path)
    assert first is not None
    be_owned_by(tmp_path, Process.current()._replace(start_ticks=1))
    second = Claim.take(tmp_path)
    assert second is not None
    assert second.is_held()
    assert not first.is_held()
    assert deaths(tmp_path) == 1


def test_an_owner_on_another_machine_lives_as_long_as_its_heart_beats(tmp_path):
    assert Claim.take(tmp_path) is not None
    file = be_owned_by(tmp_path, Process.current()._replace(host="elsewhere"))
    assert Claim.take(tmp_path) is None
    long_ago = time.time() - STALE - 1
    os.utime(file, (long_ago, long_ago))
    assert Claim.take(tmp_path) is not None


def takes(folder):
    claim = Claim.take(folder)
    return claim is not None


def test_of_many_processes_one_gets_the_claim(tmp_path):
    assert sum(all_at_once(takes, [(tmp_path,)] * 16)) == 1
    assert [entry for entry in os.listdir(tmp_path) if entry.endswith("-claim")] == []


def number_of_new_run(outputs):
    with writer(outputs) as run:
        return run.path.name


@pytest.mark.slow
def test_runs_that_start_in_the_same_second_get_a_folder_each(tmp_path):
    names = all_at_once(number_of_new_run, [(tmp_path,)] * 24)
    assert sorted(names) == [f"v{number:04d}" for number in range(1, 25)]
    for name in names:
        assert RunFolder.open(tmp_path / "x" / name).record.status is Status.FINISHED


def test_a_writer_that_was_taken_over_ends_nothing(tmp_path):
    with pytest.raises(LostClaimError, match="was taken over by another process"), writer(tmp_path) as run:  # noqa: PT012
        be_owned_by(run.path, Process.current()._replace(start_ticks=1))
        assert Claim.take(run.path) is not None
        run.save_checkpoint(1, {})
    assert RunFolder.open(run.path).record.status is Status.RUNNING


def test_a_run_is_reopened_in_its_folder(tmp_path):
    with pytest.raises(ZeroDivisionError), writer(tmp_path) as run:  # noqa: PT012
        run.history.append({"step": 10, "loss": 0.5})
        run.history.append({"step": 20, "loss": 0.25})
        raise ZeroDivisionError
    before = RunFolder.open(run.path).record
    claim = Claim.take(run.path)
    assert claim is not None
    with RunWriter.reopen(claim, version="9.9") as again:
        assert again.history.cut(Checkpoint(10, {}, None)) == [{"step": 10, "loss": 0.5}]
        again.history.append({"step": 20, "loss": 0.125})
    folder = RunFolder.open(run.path)
    folder.verify()
    assert folder.record == dataclasses.replace(
        before, status=Status.FINISHED, reason=None, ended=folder.record.ended
    )
    assert [line["loss"] for line in folder.read_history()] == [0.5, 0.125]
    assert [attempt["rnnchaos"] for attempt in folder.provenance["resumed"]] == ["9.9"]


def writer(outputs):
    return RunWriter.create(outputs, name="x", kind=Kind.TRAIN, config_text="seed: 0\n", provenance={})


def test_a_machine_of_the_same_name_that_was_started_at_another_time_has_a_heartbeat(tmp_path):
    assert Claim.take(tmp_path) is not None
    file = be_owned_by(tmp_path, Process.current()._replace(boot="another"))
    assert Claim.take(tmp_path) is None
    long_ago = time.time() - STALE - 1
    os.utime(file, (long_ago, long_ago))
    assert Claim.take(tmp_path) is not None


def test_a_heartbeat_from_the_future_is_made_one_of_now(tmp_path, caplog):
    assert Claim.take(tmp_path) is not None
    file = be_owned_by(tmp_path, Process.current()._replace(host="elsewhere"))
    os.utime(file, (2**32, 2**32))
    assert Claim.take(tmp_path) is None
    assert abs(file.stat().st_mtime - time.time()) < 60  # from now on it grows old
    assert f"{file} was touched" in caplog.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 80,
        b"[]",
        b"7",
        b'{"process": []}',
        b"[" * 99_999,
        b"\xff",
        b'{"process": {"pid": 1e999}}',
    ],
    ids=range(8),
)
def test_a_damaged_claim_counts_as_long_as_it_is_fresh(tmp_path, content):
    assert Claim.take(tmp_path) is not None
    file = max(tmp_path.glob(".claim-*"))
    file.write_bytes(content)
    assert Claim.take(tmp_path) is None
    assert deaths(tmp_path) == 0
    long_ago = time.time() - STALE - 1
    os.utime(file, (long_ago, long_ago))
    assert deaths(tmp_path) == 1
    assert Claim.take(tmp_path) is not None
