"""The list of runs."""

import json
import os
import shutil

import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.runs import Kind, Status, list_runs


def test_runs_are_listed_newest_first_with_their_headlines(start, tmp_path):
    for name, kind in (("b", Kind.TRAIN), ("a", "lyapunov"), ("b", "evaluate")):
        start(name, kind).finish(Status.FINISHED, {"loss": 0.5, "curve": [1, 2]})
    listed = list_runs(tmp_path)
    assert [(run.path.parent.name, run.path.name) for run in listed] == [
        ("b", "v0002"),
        ("a", "v0001"),
        ("b", "v0001"),
    ]
    assert [run.record.kind for run in listed] == ["evaluate", "lyapunov", "train"]
    assert {run.status for run in listed} == {Status.FINISHED}
    assert listed[0].record.headline == {"loss": 0.5}


def test_only_the_record_is_read(start, tmp_path):
    run = start()
    run.finish(Status.FINISHED, {"loss": 0.5})
    for entry in run.path.iterdir():
        if entry.name != "run.json":
            entry.unlink()
    (listed,) = list_runs(tmp_path)
    assert (listed.status, listed.record.headline) == (Status.FINISHED, {"loss": 0.5})


def test_what_cannot_be_read_is_listed_as_such(start, tmp_path):
    start("good").finish(Status.FAILED, reason="out of memory")
    empty = start("empty")
    empty.log("here once was a run")
    empty.path.joinpath("run.json").unlink()
    start("torn").path.joinpath("run.json").write_text('{"format": 1,')
    newer = start("newer").path / "run.json"
    newer.write_text(json.dumps(json.loads(newer.read_text()) | {"format": 99}))
    (tmp_path / "sweeps" / "2026-01-01").mkdir(parents=True)  # no runs, and not listed
    (tmp_path / "a file").touch()
    listed = {run.path.parent.name: run for run in list_runs(tmp_path)}
    assert {name: run.status for name, run in listed.items()} == {
        "good": "failed",
        "empty": "unreadable",
        "torn": "unreadable",
        "newer": "unreadable",
    }
    assert listed["good"].reason == "out of memory"
    assert listed["empty"].reason == f"cannot read {tmp_path}/empty/v0001/run.json: No such file or directory"
    assert listed["torn"].reason.startswith(f"{tmp_path}/torn/v0001/run.json is damaged (")
    assert "has run-folder format 99" in listed["newer"].reason


def test_a_name_that_may_not_be_read_does_not_stop_the_listing(start, tmp_path, monkeypatch):
    start("good"), start("secret")
    listdir = os.listdir

    def refuse(path):
        if path == tmp_path / "secret":
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", refuse)
    assert {run.path.name: run.status for run in list_runs(tmp_path)} == {
        "v0001": Status.RUNNING,
        "secret": Status.UNREADABLE,
    }


def test_a_moved_run_is_still_a_run(start, tmp_path):
    start("old").finish(Status.FINISHED, {})
    shutil.move(tmp_path / "old", tmp_path / "new")
    (listed,) = list_runs(tmp_path)
    assert (listed.path.parent.name, listed.status) == ("new", Status.FINISHED)


def test_no_outputs_folder_yet(tmp_path):
    assert list_runs(tmp_path / "outputs") == []


def test_outputs_that_is_a_file(tmp_path):
    (tmp_path / "outputs").touch()
    with pytest.raises(ConfigError) as caught:
        list_runs(tmp_path / "outputs")
    assert str(caught.value) == f"cannot list the runs of {tmp_path}/outputs: Not a directory"


def test_a_kind_that_is_not_known_here_is_listed_as_it_is_stored(start, tmp_path):
    start(kind="recurrence").finish(Status.FINISHED, {})
    assert [run.record.kind for run in list_runs(tmp_path)] == ["recurrence"]


def test_a_kind_that_is_no_word_is_no_record(start, tmp_path):
    run = start(kind="[red]\x1b")
    run.finish(Status.FINISHED, {})
    assert [listed.status for listed in list_runs(tmp_path)] == [Status.UNREADABLE]
