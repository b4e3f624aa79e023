"""A training that is cut off and continued ends like one that is not, bit for bit."""

import json

import pytest
from composed import settings
from rich.console import Console

from rnnchaos.errors import ConfigError, TimeUp
from rnnchaos.runs import Claim, Kind, RunFolder, RunWriter, Status
from rnnchaos.trainings import running
from rnnchaos.trainings.recording import Recorder
from rnnchaos.trainings.running import resume, train

QUIET = Console(quiet=True)
SHORT = (
    "experiment=smoke", "model.hidden_size=5", "training.num_steps=60", "training.record_every=5",
    "training.checkpoint_every=10", "diagnostics.figures=false", "dataset.train_length=1000",
)  # fmt: skip
SPARSE = ("model=lstm", "protocol.tau=10")
OTHERS = {
    "adapting": ("model=rnn", "protocol=adaptive_gtf", "training.keep=last"),
    "flossing": ("model=lstm", "protocol=flossing", "protocol.flossing.before=20", "training.window=30"),
    "spectra": ("model=gru", "protocol.tau=10", "diagnostics.spectrum_every=15", "precision=float64"),
    "muon": (
        "model=rnn",
        "protocol.tau=10",
        "optimizer=muon",
        "optimizer.schedule=warmup_cosine",
        "+optimizer.beta=0.9",
    ),
    "delays": (
        "model=rnn",
        "model.embedding_dimension=2",
        "model.embedding_lag=3",
        "protocol.tau=10",
        "optimizer=adam",
    ),
    "best": ("model=shplrnn", "protocol.tau=10", "training.keep=d_stsp", "optimizer=adam"),
}


@pytest.fixture(autouse=True)
def without_measurements(monkeypatch):
    """They come after training, and do not look at how it went."""
    monkeypatch.setattr(running, "measure_after_training", lambda *_: iter(()))


def cut_off(monkeypatch, run_settings, step, error):
    """A training whose process is stopped after the records of `step`; its folder."""
    record = Recorder.record

    def stopping(self, state, records):
        line = record(self, state, records)
        if line["step"] == step:
            raise error
        return line

    with monkeypatch.context() as patched, pytest.raises(error):  # noqa: PT012
        patched.setattr(Recorder, "record", stopping)
        train(run_settings, QUIET)
    return run_settings.outputs / run_settings.name / "v0001"


def compare(cut, whole):
    """Every result of two runs."""
    names = {path.relative_to(whole).as_posix() for path in whole.rglob("*") if path.is_file()}
    results = {name for name in names if name.endswith((".npz", ".jsonl")) or name.startswith("weights")}
    assert len(results) >= 3
    for name in results:
        assert (cut / name).read_bytes() == (whole / name).read_bytes(), name
    ours, theirs = (json.loads((run / "summary.json").read_text()) for run in (cut, whole))
    for summary in (ours, theirs):
        assert summary.pop("cpu_seconds_training") > 0
        assert summary.pop("cpu_seconds") > 0
    assert ours == theirs


def resumed_is_whole(tmp_path, monkeypatch, words, *, steps=(35,)):
    whole = train(settings(*SHORT, *words, f"outputs={tmp_path}", "name=whole"), QUIET).record["run"]
    path = RunFolder.open(tmp_path / "whole" / "v0001").path
    assert str(path) == whole
    for step in steps:
        cut = cut_off(
            monkeypatch,
            settings(*SHORT, *words, f"outputs={tmp_path}", f"name=cut{step}"),
            step,
            KeyboardInterrupt,
        )
        assert resume(cut, QUIET).exit_code == 0
        folder = RunFolder.open(cut)
        folder.verify()
        assert folder.record.status is Status.FINISHED
        assert len(folder.provenance["resumed"]) == 1
        compare(cut, path)


def test_a_resumed_training_ends_like_a_whole_one(tmp_path, monkeypatch):
    resumed_is_whole(tmp_path, monkeypatch, SPARSE)


@pytest.mark.slow
@pytest.mark.parametrize("words", OTHERS.values(), ids=OTHERS)
def test_whatever_changes_in_training_is_part_of_the_checkpoint(tmp_path, monkeypatch, words):
    resumed_is_whole(tmp_path, monkeypatch, words, steps=(5, 35, 60))


def test_a_damaged_checkpoint_is_passed_over(tmp_path, monkeypatch):
    words = (*SHORT, *SPARSE, f"outputs={tmp_path}")
    whole = train(settings(*words, "name=whole"), QUIET).record["run"]
    cut = cut_off(monkeypatch, settings(*words, "name=cut"), 45, TimeUp)
    assert RunFolder.open(cut).record.status is Status.TIMED_OUT
    newest = max(cut.glob("checkpoints/*"))
    newest.write_bytes(newest.read_bytes()[:100])
    resume(cut, QUIET)
    compare(cut, type(cut)(whole))
    log = (cut / "log.txt").read_text()
    assert "step 40 is passed over" in log
    assert "resumed from step 30" in log


def ended(tmp_path, kind, status):
    run = RunWriter.create(tmp_path, name="x", kind=kind, config_text="seed: 0\n", provenance={})
    if status is not None:
        run.finish(status)
    return run.path


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        (Kind.TRAIN, Status.FINISHED, "has nothing to resume: finished"),
        (Kind.TRAIN, Status.DIVERGED, "has nothing to resume: diverged"),
        (Kind.TRAIN, None, "is still running, as process"),
        (Kind.ENSEMBLE, Status.INTERRUPTED, "of rnnchaos 0.1: resume the runs of its members one by one"),
        ("cycles", Status.FAILED, "is no training but a cycles run: run it again"),
    ],
)
def test_what_cannot_be_resumed_is_refused(tmp_path, kind, status, said):
    path = ended(tmp_path, kind, status)
    with pytest.raises(ConfigError, match=said):
        resume(path, QUIET)
    if status is not None:
        assert Claim.take(path) is not None  # nothing was claimed
