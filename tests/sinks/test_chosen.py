"""logging=… is of the command, and changes nothing of what is trained."""

import json
import os
import sys

import pytest
from composed import composed, settings
from rich.console import Console
from test_telling import Kept

from rnnchaos.cli.logging_words import choose_logging
from rnnchaos.errors import ConfigError, TimeUp
from rnnchaos.settings import checks, stored
from rnnchaos.settings.sinks import VARIABLE, hand_on, sinks_of
from rnnchaos.sinks import TensorBoard
from rnnchaos.sweeps.planning import Planned, cell_of
from rnnchaos.trainings import running
from rnnchaos.trainings.recording import Recorder
from rnnchaos.trainings.running import resume, train

QUIET = Console(quiet=True)
SHORT = (
    "experiment=smoke", "model=lstm", "model.hidden_size=3", "protocol.tau=10", "training.num_steps=40",
    "training.record_every=10", "training.checkpoint_every=20", "dataset.train_length=500",
    "diagnostics.figures=false",
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_environment(monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr(running, "measure_after_training", lambda *_: iter(()))


def test_it_is_no_part_of_what_is_stored_or_compared():
    plain, logged = settings(*SHORT), settings(*SHORT, "logging=tensorboard", "logging.folder=here")
    assert logged.logging.target == "rnnchaos.sinks.TensorBoard"
    assert stored.to_yaml(plain) == stored.to_yaml(logged)
    assert "logging" not in stored.to_yaml(logged)
    cells = [cell_of(Planned((), composed(*SHORT, word))) for word in ("logging=none", "logging=tensorboard")]
    assert cells[0] == cells[1]


def test_it_reaches_what_is_started(tmp_path):
    hand_on([composed("logging=tensorboard", f"logging.folder={tmp_path}")["logging"]] * 2)
    (sink,) = sinks_of(None)
    assert (type(sink), sink.folder) == (TensorBoard, tmp_path)
    assert sinks_of(settings("logging=none").logging) == []
    hand_on([composed()["logging"]])
    assert sinks_of(None) == []


def test_cells_cannot_differ_in_it():
    nodes = [composed(f"logging={name}")["logging"] for name in ("none", "tensorboard")]
    with pytest.raises(
        ConfigError, match=r"^logging must be the same for all cells: it makes no other training$"
    ):
        hand_on(nodes)


def test_words_of_commands_that_go_on():
    assert choose_logging(["hydra/launcher=local", "logging=tensorboard", "logging.folder=x"]) == [
        "hydra/launcher=local"
    ]
    assert json.loads(os.environ[VARIABLE]) == {"_target_": "rnnchaos.sinks.TensorBoard", "folder": "x"}
    assert choose_logging([]) == []
    assert VARIABLE in os.environ
    choose_logging(["logging=none"])
    assert VARIABLE not in os.environ


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("logging=tensorbord", "did you mean tensorboard"),
        ("logging.foldr=x", "logging.foldr is not a setting"),
        (
            "logging._target_=os.system",
            "logging._target_ must be a logging class of rnnchaos.sinks, got 'os.system'",
        ),
    ],
)
def test_bad_words(word, message):
    with pytest.raises(ConfigError, match=message):
        settings("logging=tensorboard", word)


def test_what_is_missing_is_said_before_anything_is_written(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ConfigError, match="needs the tensorboardX package"):
        checks.check(settings("logging=tensorboard"))
    with pytest.raises(ConfigError, match="needs the tensorboardX package"):
        hand_on([composed("logging=tensorboard")["logging"]])


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in (".npz", ".yaml") or path.name in ("history.jsonl", "weights.safetensors")
    }


class Quitting(Kept):
    def record(self, step, values):
        raise SystemExit("I quit")


def test_a_training_is_the_same_with_and_without_sinks(tmp_path, capsys):
    own = settings(*SHORT, f"outputs={tmp_path}")
    folders = [tmp_path / "smoke" / f"v000{n}" for n in (1, 2)]
    kept = Kept()
    for sinks in ((), (kept, Quitting())):
        train(own, QUIET, sinks)
    assert files(folders[0]) == files(folders[1])
    begun, *records, (status, results) = kept.told
    assert (begun.name, begun.folder, begun.step) == ("smoke/v0002", folders[1], 0)
    assert begun.config["protocol.tau"] == 10
    lines = [json.loads(line) for line in (folders[1] / "history.jsonl").read_text().splitlines()]
    assert [step for step, _ in records] == [line.pop("step") for line in lines] == [10, 20, 30, 40]
    assert [values for _, values in records] == lines
    assert (status, results["steps"]) == ("finished", 40)
    assert "logging by Quitting is off: SystemExit: I quit" in (folders[1] / "log.txt").read_text()


def test_a_run_that_is_gone_on_with_tells_from_where(tmp_path, monkeypatch):
    kept = [Kept(), Kept()]
    record = Recorder.record

    def stopping(self, state, records):
        line = record(self, state, records)
        if line["step"] == 30:
            raise TimeUp
        return line

    with monkeypatch.context() as patched, pytest.raises(TimeUp):  # noqa: PT012
        patched.setattr(Recorder, "record", stopping)
        train(settings(*SHORT, f"outputs={tmp_path}"), QUIET, kept[:1])
    assert kept[0].told[-1] == ("timed out", {})
    monkeypatch.setattr(running, "sinks_of", lambda logging: kept[1:])
    resume(tmp_path / "smoke" / "v0001", QUIET)
    begun, *records, (status, _) = kept[1].told
    assert (begun.name, begun.step, status) == ("smoke/v0001", 20, "finished")
    assert [step for step, _ in records] == [30, 40]
