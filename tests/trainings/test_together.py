"""Trainings in one program end as they would alone, also where they were cut off."""

import dataclasses
import json

import numpy as np
import pytest
from composed import settings
from rich.console import Console

from rnnchaos.runs import Claim, RunFolder, Status
from rnnchaos.trainings import running
from rnnchaos.trainings.recording import Recorder
from rnnchaos.trainings.running import train, train_at

QUIET = Console(quiet=True)
SHORT = (
    "experiment=smoke", "model=lstm", "model.hidden_size=5", "protocol.tau=10", "training.num_steps=40",
    "training.record_every=5", "training.checkpoint_every=10", "diagnostics.figures=false",
    "dataset.train_length=1000", "precision=float64",
)  # fmt: skip
SEEDS = (0, 1, 2)


@pytest.fixture(autouse=True)
def without_measurements(monkeypatch):
    """They come after training, and are those of single trainings."""
    monkeypatch.setattr(running, "measure_after_training", lambda *_: iter(()))


def claimed(tmp_path):
    folders = [tmp_path / f"cell{seed}" for seed in SEEDS]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    claims = [Claim.take(folder) for folder in folders]
    assert None not in claims
    return folders, claims


def seeded(tmp_path):
    one = settings(*SHORT, f"outputs={tmp_path}")
    return [dataclasses.replace(one, seed=seed) for seed in SEEDS]


def assert_as_alone(folders, tmp_path):
    for folder, own in zip(folders, seeded(tmp_path), strict=True):
        run = RunFolder.open(folder)
        run.verify()
        assert run.record.status is Status.FINISHED
        alone = RunFolder.open(tmp_path / train(own, QUIET).record["run"])
        for name, weight in alone.load_weights().items():
            # float64, 40 steps: rounding of products taken together, 1e-16 a step, grown a little by the training.
            np.testing.assert_allclose(run.load_weights()[name], weight, rtol=1e-9, atol=1e-12)
        assert [line["step"] for line in run.read_history()] == list(range(5, 45, 5))
        assert run.summary["seed"] == own.seed
        assert run.summary["cpu_seconds"] > 0


def test_each_ends_as_alone(tmp_path):
    folders, claims = claimed(tmp_path)
    train_at(claims, seeded(tmp_path), QUIET)
    assert_as_alone(folders, tmp_path)
    seconds = [RunFolder.open(folder).summary["cpu_seconds_training"] for folder in folders]
    assert max(seconds) < 1.5 * min(seconds)  # each has its share


def test_cut_off_at_different_steps_they_go_on(tmp_path, monkeypatch):
    folders, claims = claimed(tmp_path)
    record = Recorder.record

    def stopping(self, state, records):
        line = record(self, state, records)
        if line["step"] == 25 and self.experiment.settings.seed == 1:
            raise KeyboardInterrupt
        return line

    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "record", stopping)
        with pytest.raises(KeyboardInterrupt):
            train_at(claims, seeded(tmp_path), QUIET)
    assert {RunFolder.open(folder).record.status for folder in folders} == {Status.INTERRUPTED}
    # One of them is as if it had been stopped earlier.
    (folders[2] / "checkpoints" / max(p.name for p in (folders[2] / "checkpoints").iterdir())).unlink()
    sums = folders[2] / "SHA256SUMS"
    sums.write_text("".join(line for line in sums.read_text().splitlines(True) if "00000020" not in line))
    folders, claims = claimed(tmp_path)
    train_at(claims, seeded(tmp_path), QUIET)
    for folder in folders:
        assert len(json.loads((folder / "provenance.json").read_text())["resumed"]) == 1
    assert_as_alone(folders, tmp_path)


def test_a_failed_measurement_is_that_of_its_run_alone(tmp_path, monkeypatch):
    folders, claims = claimed(tmp_path)

    def failing(network, *_):
        if network.seed == 1:
            raise ZeroDivisionError("one")
        return iter(())

    monkeypatch.setattr(running, "measure_after_training", failing)
    with pytest.raises(ZeroDivisionError, match="one"):  # once the others are done
        train_at(claims, seeded(tmp_path), QUIET)
    records = [RunFolder.open(folder).record for folder in folders]
    assert [record.status for record in records] == [Status.FINISHED, Status.FAILED, Status.FINISHED]
    assert records[1].reason == "ZeroDivisionError: one"
