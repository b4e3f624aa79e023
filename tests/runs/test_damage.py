"""Folders that are no run, and runs that were altered: one line that names the file."""

import json
import random
import re

import numpy as np
import pytest

from rnnchaos.errors import ConfigError
from rnnchaos.runs import Kind, RunFolder, RunWriter, check_writable


def _error(call, *arguments) -> str:
    with pytest.raises(ConfigError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_that_is_no_run_names_the_nearest(start, tmp_path):
    first, second = start("lorenz"), start("lorenz")
    start("henon").path.rename(tmp_path / "henon" / "kept")
    nearest = f"; did you mean {second.path}?"
    for path, problem in (
        (tmp_path / "lorenz", f"{tmp_path}/lorenz is not a run folder{nearest}"),
        (tmp_path, f"{tmp_path} is not a run folder{nearest}"),
        (tmp_path / "lorenz" / "v0007", f"there is no run folder {tmp_path}/lorenz/v0007{nearest}"),
        (tmp_path / "lorent", f"there is no run folder {tmp_path}/lorent{nearest}"),
        (
            first.path / "config.yaml",
            f"{first.path}/config.yaml is not a run folder; did you mean {first.path}?",
        ),
        (tmp_path / "henon", f"{tmp_path}/henon is not a run folder"),
        (tmp_path / "zzz", f"there is no run folder {tmp_path}/zzz"),
        (tmp_path / "zzz" / "v0001", f"there is no run folder {tmp_path}/zzz/v0001"),
    ):
        assert _error(RunFolder.open, path) == problem


def test_a_relative_folder_stays_relative_in_the_message(start, tmp_path, monkeypatch):
    start("lorenz")
    monkeypatch.chdir(tmp_path.parent)
    outputs = type(tmp_path)(tmp_path.name)
    assert _error(RunFolder.open, outputs / "lorenz").endswith(f"; did you mean {outputs}/lorenz/v0001?")


def test_a_newer_format_is_refused_with_both_versions(finished):
    file = finished.path / "run.json"
    file.write_text(json.dumps({"format": 7, "everything": "else"}))
    (finished.path / "SHA256SUMS").write_text("of another kind\n")
    assert _error(RunFolder.open, finished.path) == (
        f"{finished.path} has run-folder format 7, this version of rnnchaos reads up to 2: "
        "install a newer rnnchaos"
    )


READERS = {
    "config.yaml": lambda run: run.config_text,
    "provenance.json": lambda run: run.provenance,
    "summary.json": lambda run: run.summary,
    "history.jsonl": lambda run: run.read_history(),
    "weights.safetensors": lambda run: run.load_weights(),
    "arrays/spectrum.npz": lambda run: run.load_arrays("spectrum"),
    "checkpoints/step_00000500.safetensors": lambda run: run.load_checkpoint(500),
}


@pytest.mark.parametrize("name", READERS)
def test_an_altered_file_of_a_run_that_has_ended_is_refused(finished, name):
    file = finished.path / name
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)
    expected = f"{file} was altered or damaged: it differs from SHA256SUMS"
    assert _error(READERS[name], finished) == expected
    assert _error(finished.verify) == expected


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_is_gone_is_named(finished, name):
    file = finished.path / name
    file.unlink()
    assert _error(finished.verify) == f"cannot read {file}: No such file or directory"
    if not name.startswith("checkpoints/"):
        assert _error(READERS[name], finished) == f"cannot read {file}: No such file or directory"


def test_an_altered_record_is_refused(finished):
    file = finished.path / "run.json"
    file.write_text(file.read_text().replace("finished", "diverged"))
    assert _error(RunFolder.open, finished.path) == (
        f"{file} is damaged (ValueError: its content does not fit its digest)"
    )


def test_what_a_run_never_wrote_is_named(start, finished):
    running = RunFolder.open(start().path)
    assert _error(running.load_weights) == (
        f"{running.path} has no weights.safetensors (train run, running: the run has not ended yet)"
    )
    assert _error(finished.load_arrays, "spectra") == (
        f"{finished.path} has no arrays/spectra.npz (there are: spectrum.npz)"
    )


@pytest.mark.parametrize("name", ["weights.safetensors", "arrays/spectrum.npz"])
@pytest.mark.parametrize("checksums", [True, False])
def test_a_truncated_file_is_refused(finished, name, checksums):
    file = finished.path / name
    content = file.read_bytes()
    if not checksums:
        (finished.path / "SHA256SUMS").unlink()
    run = RunFolder.open(finished.path)
    for size in (0, 5, len(content) // 2, len(content) - 1):
        file.write_bytes(content[:size])
        assert str(file) in _error(READERS[name], run)


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        (b"\xff" * 8, "header too large"),
        ((10**6).to_bytes(8, "little") + b"{}", "invalid header length"),
        ((2).to_bytes(8, "little") + b"[]", "invalid"),
    ],
    ids=["huge", "longer than the file", "no object"],
)
def test_a_broken_safetensors_header_is_one_line(start, header, cause):
    run = start()
    (run.path / "weights.safetensors").write_bytes(header)
    message = _error(RunFolder.open(run.path).load_weights)
    assert re.fullmatch(rf"{run.path}/weights.safetensors is damaged \(.*{cause}.*\)", message), message


def test_a_pickle_is_never_loaded(start):
    run = start()
    (run.path / "arrays").mkdir()
    np.savez(run.path / "arrays" / "x.npz", a=np.array([print], dtype=object))
    np.save(run.path / "arrays" / "y.npy", np.ones(3))
    (run.path / "arrays" / "y.npy").rename(run.path / "arrays" / "y.npz")
    stored = RunFolder.open(run.path)
    assert "Object arrays cannot be loaded" in _error(stored.load_arrays, "x")
    assert "not a zip file" in _error(stored.load_arrays, "y")


@pytest.mark.parametrize("name", ["run.json", "summary.json", "weights.safetensors", "arrays/spectrum.npz"])
def test_random_damage_without_checksums_is_either_harmless_or_one_line(finished, name):
    (finished.path / "SHA256SUMS").unlink()
    file = finished.path / name
    original = file.read_bytes()
    random_bytes = random.Random(0)
    messages = []
    for _ in range(200):
        content = bytearray(original)
        for _ in range(random_bytes.randrange(1, 4)):
            content[random_bytes.randrange(len(content))] = random_bytes.randrange(256)
        file.write_bytes(content)
        try:
            run = RunFolder.open(finished.path)
            READERS.get(name, lambda run: run.record.observed_status())(run)
        except ConfigError as error:
            messages.append(str(error))
    assert len(messages) > 20  # much of the damage is seen even so
    assert all(str(finished.path) in message and "\n" not in message for message in messages)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "nonsense",
        "[" * 100_000,
        '{"format": "one"}',
        '{"format": 1, "kind": "train"}',
        "\xff\x00",
        "NaN",
    ],
)
def test_a_record_that_is_none_is_one_line(finished, text):
    file = finished.path / "run.json"
    file.write_text(text, encoding="latin-1")
    assert _error(RunFolder.open, finished.path).startswith(f"{file} is damaged (")


@pytest.mark.parametrize("name", ["weights.safetensors", "arrays/spectrum.npz", "config.yaml"])
def test_links_out_of_the_folder_are_not_followed(finished, tmp_path, name):
    file, elsewhere = finished.path / name, tmp_path / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    expected = f"{file} is a link; it is not followed"
    assert _error(finished.verify) == expected
    assert _error(READERS[name], finished) == expected


def test_an_entry_that_is_named_twice_is_refused(start):
    """Some readers see the first of them, others the last: the digest fits both."""
    run = start()
    file = run.path / "run.json"
    file.write_text(file.read_text().replace("{", '{"status": "finished",', 1))
    with pytest.raises(ConfigError, match=r"run\.json is damaged .*names an entry twice"):
        RunFolder.open(run.path)


def test_a_checkpoint_of_a_run_with_another_config_is_refused(start, tmp_path):
    """Its own digest fits."""
    run = start()
    run.save_checkpoint(1, {"w": np.zeros(2)})
    other = RunWriter.create(tmp_path, name="other", kind=Kind.TRAIN, config_text="seed: 1", provenance={})
    other.save_checkpoint(1, {"w": np.ones(2)})
    name = "checkpoints/step_00000001.safetensors"
    (run.path / name).write_bytes((other.path / name).read_bytes())
    with pytest.raises(ConfigError, match="it is of a run with another config"):
        RunFolder.open(run.path).load_checkpoint(1)


def test_a_link_in_place_of_a_name_is_refused_with_a_way_out(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "demo").symlink_to(tmp_path / "real")
    with pytest.raises(ConfigError, match=r"demo is a link; it is not followed: let .* itself be one"):
        check_writable(tmp_path, "demo")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    check_writable(tmp_path / "linked", "demo")
