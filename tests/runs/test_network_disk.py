"""What network file systems do beside what disks do: stale handles, lost answers, names that are seen late.

No NFS is mounted: the calls that a run folder is written by are made to answer as those of an NFS client may.
"""

import errno
import os
import random
from pathlib import Path

import pytest

from rnnchaos.errors import LostClaimError, RunError
from rnnchaos.runs import Claim, Kind, RunFolder, RunWriter, Status
from rnnchaos.runs.atomic import write

CALLS = ("open", "replace", "link", "listdir", "scandir", "unlink", "mkdir")
MAKES = ("replace", "link", "mkdir")


class Network:
    """Calls of `os` that fail one time of so many: by a stale handle before the call, or after it as a repeat."""

    def __init__(self, monkeypatch, *, one_of, lost):
        self.faults, self._one_of, self._lost, self._random = 0, one_of, lost, random.Random(one_of)
        for name in MAKES if lost else CALLS:
            monkeypatch.setattr(os, name, self._faulty(name, getattr(os, name)))

    def _faulty(self, name, call):
        def wrapper(*args, **kwargs):
            if self._random.randrange(self._one_of):
                return call(*args, **kwargs)
            self.faults += 1
            if not self._lost:
                raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(args[0]))
            call(*args, **kwargs)  # done by the server, whose answer is lost; the repeat finds it done
            kind = FileNotFoundError if name == "replace" else FileExistsError
            raise kind(errno.ENOENT if name == "replace" else errno.EEXIST, "repeated", str(args[0]))

        return wrapper


def whole_run(outputs):
    claim = Claim.take(outputs)
    assert claim is not None
    with RunWriter.create_at(claim, name="x", kind=Kind.TRAIN, config_text="a: 1", provenance={}) as run:
        for step in range(20):
            run.history.append({"step": step})
            run.save_checkpoint(step, {})
    return RunFolder.open(outputs)


@pytest.mark.parametrize(("one_of", "lost"), [(10, False), (20, False), (2, True), (3, True), (7, True)])
def test_a_run_is_written_and_read_whatever_the_network_answers(one_of, lost, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        network = Network(patch, one_of=one_of, lost=lost)
        run = whole_run(tmp_path)
        assert run.record.status is Status.FINISHED
        assert len(run.read_history()) == 20
    assert network.faults > 3
    assert [
        path.name for path in tmp_path.iterdir() if path.name.startswith(".") and "claim-" not in path.name
    ] == []


def test_a_move_that_was_not_made_is_not_taken_for_one(tmp_path, monkeypatch):
    write(tmp_path / "a", "old")

    def gone(temporary, path):
        os.unlink(temporary)
        raise FileNotFoundError(errno.ENOENT, "gone")

    monkeypatch.setattr(os, "replace", gone)
    with pytest.raises(RunError, match="cannot write"):
        write(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"


def test_a_disk_that_does_not_answer_is_no_other_owner(tmp_path, monkeypatch):
    """A claim is lost to another process alone: the run ends as failed, and can be resumed."""
    claim = Claim.take(tmp_path)
    assert claim is not None
    run = RunWriter.create_at(claim, name="x", kind=Kind.TRAIN, config_text="a: 1", provenance={})
    with monkeypatch.context() as patch:

        def unanswered(path):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        patch.setattr(os, "listdir", unanswered)
        with pytest.raises(RunError, match=r"cannot look into .*: Input/output error") as raised:
            run.save_checkpoint(1, {})
        assert not isinstance(raised.value, LostClaimError)
    run.save_checkpoint(1, {})
    run.finish(Status.FINISHED)


def test_a_claim_that_is_seen_late_is_not_made_twice(tmp_path, monkeypatch):
    """A client may show a folder as it was a minute ago; the server does not let a name be taken twice."""
    before = os.listdir(tmp_path)
    first = Claim.take(tmp_path)
    assert first is not None
    with monkeypatch.context() as patch:
        patch.setattr(os, "listdir", lambda path: list(before))
        assert Claim.take(tmp_path) is None
    first.release()
    held = os.listdir(tmp_path)
    second = Claim.take(tmp_path)
    with monkeypatch.context() as patch:  # the second claim is not seen, the first has been given up
        patch.setattr(os, "listdir", lambda path: list(held))
        assert Claim.take(tmp_path) is None
    assert second is not None
    assert second.is_held()
    assert Path(tmp_path / ".claim-0002").exists()
