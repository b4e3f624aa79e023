"""What goes into a run folder comes out again, and every run ends with a status."""

import fnmatch
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.runs import Kind, RunFolder, RunWriter, Status, layout


def test_a_finished_run_reads_back(finished):
    assert finished.config_text == "seed: 0\n"
    assert finished.read_history() == [{"step": 10, "loss": 0.5}, {"step": 20, "loss": 0.25}]
    np.testing.assert_array_equal(finished.load_arrays("spectrum")["exponents"], [0.9056, 0.0, -14.5723])
    np.testing.assert_array_equal(finished.load_weights()["w"], [[0, 1, 2], [3, 4, 5]])
    assert finished.load_checkpoint(500).step == 500
    assert finished.summary == {"loss": 0.25, "exponents": [0.9056, 0.0, -14.5723]}
    record = finished.record
    assert (record.kind, record.name, record.version) == (Kind.TRAIN, "demo", 1)
    assert (record.status, record.reason, record.parent) == (Status.FINISHED, None, None)
    assert record.headline == {"loss": 0.25}  # the list of exponents is no headline
    assert record.started <= record.ended
    assert finished.provenance["seed"] == 0
    assert finished.provenance["ended"] == record.times_to_json()["ended"]
    finished.verify()


def test_the_files_are_the_documented_ones(finished):
    page = Path(__file__).parents[2] / "docs" / "run-folder.md"
    table = page.read_text().partition("## Files")[2].partition("\n## ")[0].partition("\n### ")[0]
    documented = re.findall(r"^\| `(\S+)` \|", table, re.MULTILINE)
    written = [str(path.relative_to(finished.path)) for path in finished.path.rglob("*") if path.is_file()]
    assert len(written) == len(documented)
    for pattern in documented:
        assert fnmatch.filter(written, pattern), pattern


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_accepts_the_checksums(finished):
    check = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=finished.path, capture_output=True, text=True, check=True
    )
    assert check.stdout.count(": OK\n") == 11


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3).T,  # not contiguous
        np.arange(6.0)[::-2],
        np.array(3, np.float32),
        np.zeros((0, 3)),
        np.array([1, 2**32 - 1], np.uint32),  # a random key
        np.array([True, False]),
        np.array([np.nan, -np.inf, 1e-310]),
    ],
    ids=["transposed", "reversed", "scalar", "empty", "uint32", "bool", "not finite"],
)
def test_tensors_keep_their_bits(start, array):
    with start() as run:
        run.save_weights({"a": array}, metadata={})
        run.save_arrays("group", {"a": array})
    stored = RunFolder.open(run.path)
    for loaded in (stored.load_weights()["a"], stored.load_arrays("group")["a"]):
        assert loaded.dtype == array.dtype
        assert loaded.shape == array.shape
        assert loaded.tobytes() == array.tobytes()


def test_weights_carry_metadata(finished):
    with safe_open(finished.path / "weights.safetensors", framework="numpy") as file:
        assert file.metadata().keys() == {"cell", "sha256"}
        assert file.metadata()["cell"] == "RNN"


def test_arrays_of_objects_are_refused(start):
    with start() as run, pytest.raises(ValueError, match="Object arrays cannot be saved"):
        run.save_arrays("group", {"a": np.array([{}])})
    assert not (run.path / "arrays").exists()


def test_the_last_two_checkpoints_are_kept(start):
    with start() as run:
        for step in (100, 200, 99999999, 100000000):
            run.save_checkpoint(step, {"w": np.array([step])})
    names = sorted(path.name for path in (run.path / "checkpoints").iterdir())
    assert names == ["step_100000000.safetensors", "step_99999999.safetensors"]
    checkpoint = RunFolder.open(run.path).load_checkpoint(100000000)
    assert (checkpoint.step, checkpoint.tensors["w"].item()) == (100000000, 100000000)


def test_a_run_without_history_or_checkpoint(start):
    with start() as run:
        pass
    stored = RunFolder.open(run.path)
    assert stored.record.status is Status.FINISHED
    assert stored.read_history() == []
    assert layout.checkpoint_steps(run.path) == []


def test_json_is_strict(start):
    with start() as run:
        run.history.append({"step": 1, "loss": float("nan"), "norm": float("inf")})
        run.finish(
            Status.DIVERGED,
            {
                "loss": np.float32("nan"),
                "deep": {"exponents": np.array([1.5, -np.inf])},
                "count": np.int64(3),
            },
        )

    def refuse(token: str) -> None:
        raise AssertionError(token)

    for name in ("run.json", "summary.json", "provenance.json", "history.jsonl"):
        json.loads((run.path / name).read_text(), parse_constant=refuse)
    stored = RunFolder.open(run.path)
    assert stored.read_history() == [{"step": 1, "loss": None, "norm": None}]
    assert stored.summary == {"loss": None, "deep": {"exponents": [1.5, None]}, "count": 3}
    assert stored.record.headline == {"loss": None, "count": 3}


def test_an_exception_marks_the_run_failed(start):
    with pytest.raises(KeyError), start() as run:
        raise KeyError("no\nsuch key")
    record = RunFolder.open(run.path).record
    assert record.status is Status.FAILED
    assert record.reason == r"KeyError: 'no\nsuch key'"
    log = (run.path / "log.txt").read_text()
    assert "Traceback (most recent call last)" in log
    assert "test_run_folder.py" in log


def test_an_error_of_the_package_is_its_own_reason(start):
    with pytest.raises(RunError), start() as run:
        raise RunError("out of\nmemory")
    assert RunFolder.open(run.path).record.reason == "out of memory"


def test_ctrl_c_marks_the_run_interrupted(start):
    with pytest.raises(KeyboardInterrupt), start() as run:  # noqa: PT012
        run.history.append({"step": 1, "loss": 1.0})
        raise KeyboardInterrupt
    stored = RunFolder.open(run.path)
    assert stored.record.status is Status.INTERRUPTED
    assert stored.record.reason == "the run was stopped by the user"
    assert len(stored.read_history()) == 1
    stored.verify()


def test_an_error_after_the_end_changes_nothing(start):
    with pytest.raises(RuntimeError), start() as run:  # noqa: PT012
        run.finish(Status.DIVERGED, {"loss": 1.0}, reason="the loss was nan at step 7")
        raise RuntimeError("while printing")
    record = RunFolder.open(run.path).record
    assert (record.status, record.reason) == (Status.DIVERGED, "the loss was nan at step 7")


def test_nothing_is_written_after_the_end(start):
    run = start()
    run.finish(Status.FINISHED, {})
    for write in (
        lambda: run.log("late"),
        lambda: run.history.append({"step": 1}),
        lambda: run.save_weights({}, metadata={}),
        lambda: run.finish(Status.FAILED),
    ):
        with pytest.raises(ValueError, match="has ended"):
            write()
    RunFolder.open(run.path).verify()


@pytest.mark.parametrize("status", [Status.RUNNING, Status.DEAD, Status.UNREADABLE])
def test_a_run_cannot_end_unended(start, status):
    with pytest.raises(ValueError, match=f"a run cannot end as {status}"):
        start().finish(status)


def test_each_status_has_its_exit_code_and_sentence():
    codes = {status.value: status.exit_code for status in Status}
    assert codes == {
        "finished": 0,
        "diverged": 3,
        "escaped": 4,
        "failed": 1,
        "interrupted": 130,
        "timed out": 124,
        "running": 1,
        "dead": 1,
        "unreadable": 1,
        "never begun": 1,
    }
    assert all(status.message for status in Status)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("", "run"),
        ("a/b", "a-b"),
        ("../up", "up"),
        ("a..b", "a.b"),
        (".hidden", "hidden"),
        ("-flag", "flag"),
        ("two words", "two-words"),
        ("line\nbreak", "line-break"),
        ("a\\b\x00", "a-b"),
    ],
)
def test_a_bad_name_is_refused_with_a_better_one(tmp_path, name, nearest):
    with pytest.raises(ConfigError) as caught:
        RunWriter.create(tmp_path, name=name, kind=Kind.TRAIN, config_text="", provenance={})
    assert str(caught.value) == (
        "name must be letters, digits and _ - . + = , without .. and without - or . at its start, "
        f"got {name!r} (for example: {nearest})"
    )
    assert list(tmp_path.iterdir()) == []
    RunWriter.create(tmp_path, name=nearest, kind=Kind.TRAIN, config_text="", provenance={})


def test_a_name_of_300_bytes_is_refused(start):
    with pytest.raises(ConfigError, match=re.escape("name must be at most 200 bytes long, got 300")):
        start("ü" * 150)


@pytest.mark.parametrize(
    "name", ["a", "lorenz63-lstm-sparse_forcing", "rho=38,tau=1.5", "Rössler_λ", "x" * 200]
)
def test_a_good_name_names_the_folder(start, tmp_path, name):
    assert start(name).path == tmp_path / name / "v0001"


def test_a_measurement_names_its_parent(tmp_path, finished):
    measurement = RunWriter.create(
        tmp_path,
        name="demo",
        kind="lyapunov",
        config_text="",
        provenance={},
        parent=finished.path,
    )
    measurement.finish(Status.FINISHED, {})
    assert RunFolder.open(measurement.path).record.parent == str(finished.path)


def test_importing_the_room_imports_no_jax():
    code = "import sys, rnnchaos.runs; sys.exit('jax' in sys.modules or 'hydra' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
