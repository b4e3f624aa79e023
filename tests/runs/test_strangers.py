"""Folders from anyone: `scripts/check_strangers.py` has the attacks on whole commands, and these are of its kinds."""

import os

import numpy as np
import pytest

from rnnchaos import yamltext
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.runs import Claim, RunFolder, RunWriter, Status, atomic, list_runs, opening, remove_husks
from rnnchaos.runs.tensors import from_npz, to_npz


@pytest.fixture
def outside(tmp_path):
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "kept").write_text("kept")
    yield folder
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"kept": "kept"}


@pytest.fixture
def killed(start):
    """A run with a checkpoint whose process is gone, and which nobody claims."""
    run = start()
    run.history.append({"step": 5})
    run.save_checkpoint(5, {"w": np.zeros(2)})
    run.log("begun")
    run._claim.release()
    return run.path


@pytest.mark.parametrize("name", ["checkpoints", "figures", "arrays", "log.txt", "history.jsonl"])
def test_nothing_is_written_or_removed_behind_a_link(killed, outside, name):
    target = outside / "kept" if "." in name else outside
    if (killed / name).exists():
        (killed / name).rename(killed / "before")
    (killed / name).symlink_to(target)
    with pytest.raises(ConfigError, match=f"{name} is a link; it is not followed"):
        RunFolder.open(killed)
    for begin in (
        lambda claim: RunWriter.reopen(claim, version="1"),
        lambda claim: RunWriter.create_at(claim, name="a", kind="train", config_text="a: 1", provenance={}),
    ):
        claim = Claim.take(killed)
        with pytest.raises(ConfigError, match=f"{name} is a link; it is not followed"):
            begin(claim)
        claim.release()


def test_temporary_files_are_new_and_growing_ones_no_links(killed, outside):
    file = killed / "table.parquet"
    (killed / f".{os.getpid()}-table.parquet").symlink_to(outside / "kept")
    atomic.write(file, "mine")
    assert (file.read_text(), file.is_symlink()) == ("mine", False)
    (killed / "more").symlink_to(outside / "kept")
    with pytest.raises(ConfigError, match="is a link"):
        atomic.append(killed / "more", "mine")
    os.link(outside / "kept", killed / "same")
    atomic.append(killed / "same", " and more")
    assert (killed / "same").read_text() == "kept and more"


@pytest.mark.parametrize("name", ["run.json", "config.yaml", "provenance.json", "SHA256SUMS"])
def test_what_never_ends_is_not_read(finished, name):
    file = finished.path / name
    before = file.read_bytes()

    def refused(message):
        with pytest.raises(ConfigError, match=message):
            RunFolder.open(finished.path).verify()
        assert len(list_runs(finished.path.parents[1])) == 1

    file.unlink()
    os.mkfifo(file)
    refused("is no regular file|is not a run folder")
    file.unlink()
    file.symlink_to("/dev/zero")
    refused("is a link|is not a run folder")
    file.unlink()
    file.write_bytes(before)
    os.truncate(file, 2**42)
    refused("bytes, at most")


def test_names_that_lead_out(finished, outside):
    for name in (f"../../outside/{'kept'}", str(outside / "kept")):
        sums = finished.path / "SHA256SUMS"
        before = sums.read_text()
        sums.write_text(f"{before}{'0' * 64}  {name}\n")
        with pytest.raises(ConfigError, match="leads out of"):
            RunFolder.open(finished.path).verify()
        sums.write_text(before)
    (finished.path.parent / "latest").unlink()
    (finished.path.parent / "latest").symlink_to(outside)
    with pytest.raises(ConfigError, match="to no version beside it"):
        RunFolder.open(finished.path.parent / "latest")


def test_husks_behind_links_stay(tmp_path, finished):
    elsewhere = tmp_path / "elsewhere" / "v0001"
    elsewhere.mkdir(parents=True)
    (finished.path.parent / "v0002").symlink_to(elsewhere)
    (finished.path.parent / "v0003").symlink_to("nowhere")
    assert remove_husks(tmp_path / "demo") == []
    assert [run.status for run in list_runs(tmp_path) if run.path.name == "v0003"] == [Status.UNREADABLE]
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [x]\nb: [*a, *a]", "references"),
        ("a: " + "[" * 10_000, "nested too deep"),
        ("a: " + "1" * 5000, "digits"),
        ("a: 1\n<<: {b: 2}", "merges"),
        ("a: 1\nb: {c: 1, c: 2}", "names an entry twice"),
        ("a: !!python/object/apply:os.getcwd []", "is not YAML"),
    ],
)
def test_yaml_takes_no_longer_than_its_text(text, said):
    with pytest.raises(ConfigError, match=said):
        yamltext.load(text)


def test_arrays_are_no_larger_than_they_say(monkeypatch):
    array = to_npz({"a": np.zeros(1000)})
    assert from_npz(array)["a"].shape == (1000,)
    monkeypatch.setattr(opening, "MOST_ARRAYS", 4000)
    with pytest.raises(ValueError, match="unpacked it has more than"):
        from_npz(array)


def test_a_full_disk_stays_one_line(tmp_path):
    with pytest.raises(RunError, match="cannot write"):
        atomic.append(tmp_path / "nowhere" / "file", "text")
