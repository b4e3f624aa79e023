"""What every diagnostic promises: it measures, is stored and drawn, and its command says what it takes."""

import json
import pickle
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from composed import settings
from rich.console import Console

import rnnchaos
from rnnchaos import diagnostics, measurements, plugins, trainings
from rnnchaos.cli import main
from rnnchaos.diagnostics import AbstractDiagnostic, Findings, after_training, registry
from rnnchaos.diagnostics.cycles import Cycles
from rnnchaos.diagnostics.findings import draw
from rnnchaos.diagnostics.judge import Judge
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.metrics import metrics_from_outside
from rnnchaos.runs import RunFolder
from rnnchaos.settings import stored

ALL = diagnostics.at_hand()
NAMED = pytest.mark.parametrize("diagnostic", ALL, ids=lambda each: each.name)
# Small enough for a test.
SMALL = ["experiment=smoke", "model=plrnn", "model.hidden_size=4", "diagnostics.bifurcation.num_values=3",
         "diagnostics.bifurcation.weight=cell.bias", "diagnostics.bifurcation.change=shift",
         "diagnostics.lyapunov.num_steps=100", "diagnostics.gradients.max_lag=20",
         "diagnostics.cycles.max_period=1", "dataset.train_length=600", "dataset.test_length=400"]  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of a small run."""
    folder = tmp_path_factory.mktemp("outputs")
    outcome = trainings.train(settings(*SMALL, f"outputs={folder}"), Console(quiet=True))
    return Path(outcome.record["run"])


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """`command("cycles", "--help")` gives the exit code and what was said."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["rnnchaos", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run


def test_no_metric_from_outside_has_the_name_of_another_number(trained, monkeypatch):
    for name in RunFolder.open(trained).summary:
        offered = {name: SimpleNamespace(origin="mine.py")}
        monkeypatch.setattr(plugins, "choices", lambda group, offered=offered: offered)
        with pytest.raises(ConfigError, match=f"^the metric {name} of mine.py is one of rnnchaos already"):
            metrics_from_outside()


@NAMED
def test_a_run_is_measured_stored_and_drawn(diagnostic, trained):
    outcome = measurements.measure_run(diagnostic, trained, [], Console(quiet=True))
    assert outcome.exit_code == 0
    run = RunFolder.open(Path(outcome.record["run"]))
    assert run.record.kind == diagnostic.name
    assert run.record.parent == str(trained)
    assert json.loads((run.path / "summary.json").read_text())["cpu_seconds"] > 0
    assert diagnostic.group_name() in run.config_text
    figures = list((run.path / "figures").glob("*"))
    assert figures or diagnostic is Judge  # which has a sentence in place of one
    assert all(file.stat().st_size > 0 for file in figures)
    assert list((run.path / "arrays").iterdir())


@NAMED
def test_its_command_has_help(diagnostic, command):
    exit_code, out, err = command(diagnostic.name, "--help")
    assert (exit_code, err) == (0, "")
    assert diagnostic.summary() in out
    assert all(f"  {name}=" in out for name in diagnostic.defaults())


@NAMED
def test_its_command_refuses_a_setting_that_does_not_fit(diagnostic, command, trained):
    name = next(name for name, value in diagnostic.defaults().items() if isinstance(value, int | float))
    setting = f"diagnostics.{diagnostic.group_name()}.{name}"
    exit_code, out, err = command(diagnostic.name, str(trained), f"{setting}=nonsense")
    assert (exit_code, out) == (2, "")
    said = rf"rnnchaos: error: {setting} must be a (whole )?number, got 'nonsense'\n"
    assert re.fullmatch(said, err)


def test_what_a_training_measures_is_in_its_summary(trained):
    summary = RunFolder.open(trained).summary
    assert not [name for name in summary if name.endswith("_failed")]
    assert {"metrics", "lyapunov", "gradients"} <= set(summary)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RunError("no such luck"), "no such luck"),
        (MemoryError("of 8 TB"), "ran out of memory: of 8 TB"),
        (
            RuntimeError("RESOURCE_EXHAUSTED: Out of\nmemory"),
            "ran out of memory: RESOURCE_EXHAUSTED: Out of memory",
        ),
        (ZeroDivisionError("by nothing"), "ZeroDivisionError: by nothing"),
    ],
)
def test_one_that_fails_after_training_does_not_lose_the_others(error, said, monkeypatch):
    class Failing(AbstractDiagnostic):
        name = "failing"

        def of_run(self, network):
            raise error

        after_training = of_run

    class Counting(Failing):
        name = "counting"

        def after_training(self, network):
            return Findings({"counted": 1})

    logged = []
    monkeypatch.setattr(registry, "_listed", {"failing": Failing, "cycles": Cycles, "counting": Counting})
    run = SimpleNamespace(log=logged.append)
    found = list(diagnostics.measure_after_training(None, run, Console(quiet=True)))
    assert [each.summary for each in found] == [{"failing_failed": said}, {"counted": 1}]
    assert list(map(str, found[0].shown)) == [f"failing: {said}"]
    assert logged[0] == f"failing: {said}"


def from_plugin(found, monkeypatch):
    """What comes of the findings of a plugin's diagnostic, after one of this package that has found `mean`."""

    class Own(AbstractDiagnostic):
        name = "own"

        def after_training(self, network):
            return Findings({"mean": 1.0}, {"series": {"x": np.zeros(1)}})

    class Other(AbstractDiagnostic):
        name = "other"

        def after_training(self, network):
            return found

    monkeypatch.setattr(registry, "_listed", {"own": Own})
    monkeypatch.setattr(after_training, "diagnostics", lambda: iter([Own, Other]))
    run, quiet = SimpleNamespace(log=lambda line: None), Console(quiet=True)
    first, second = diagnostics.measure_after_training(None, run, quiet, known=["seed"])
    assert first.summary == {"mean": 1.0}
    return second


def test_a_plugin_replaces_nothing_that_others_have_found(monkeypatch):
    numbers = {"mean": 5.0, "seed": 99, "escape_step": 7, "own_mean": 2.0}
    arrays = {"series": {"y": np.ones(1)}, "training": {"y": np.ones(1)}, "own": {"y": np.ones(1)}}
    found = from_plugin(Findings(numbers, arrays), monkeypatch)
    assert (found.summary, list(found.arrays)) == ({"own_mean": 2.0}, ["own"])
    assert str(found.shown[-1]) == (
        "other: left out is what has the name of something that others have found: mean, seed, escape_step, series, "
        "training; name it otherwise"
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"x": 1.0}, "after_training must give Findings or None, got dict"),
        (Findings({"x": 1j}), "TypeError: Object of type complex is not JSON serializable"),
        (
            Findings({}, {"a/b": {"x": np.zeros(1)}}),
            "the name of arrays must be letters, digits and _ - . + = , without",
        ),
    ],
)
def test_findings_of_a_plugin_that_cannot_be_stored_are_its_failure(found, said, monkeypatch):
    failed = from_plugin(found, monkeypatch).summary["other_failed"]
    assert failed.startswith(said)


def test_a_figure_that_cannot_be_drawn_loses_no_run(tmp_path, caplog):
    def no_figure():
        raise ValueError("no\nfigure")

    logged = []
    run = SimpleNamespace(figure=lambda name: nullcontext(tmp_path / name), log=logged.append)
    draw({"mine": no_figure}, run, True)
    assert caplog.messages == ["the figure mine cannot be drawn: ValueError: no figure"]
    assert "ValueError: no\nfigure" in logged[0]


def test_settings_go_to_other_processes_and_into_files():
    changed = diagnostics.settings_of(
        **{each.group_name(): each.settings() for each in ALL if each.settings is not None}, figures=False
    )
    assert pickle.loads(pickle.dumps(changed)) == changed
    assert changed != diagnostics.settings_of()


def recipe():
    """The diagnostic of docs/adding.md."""
    page = (Path(rnnchaos.__file__).parents[1] / "docs" / "adding.md").read_text("utf-8")
    (text,) = re.findall(r"^```python\n# rnnchaos/diagnostics/recurrence.py\n(.*?)^```", page, re.S | re.M)
    defined = {"__name__": "recurrence"}
    exec(text, defined)
    return defined["Recurrence"]


@pytest.fixture
def registered(monkeypatch):
    """The recipe in the list: the one line that it takes."""
    monkeypatch.setattr(registry, "_listed", dict(registry._listed))
    found = recipe()
    diagnostics.register(found)
    return found


def test_a_diagnostic_is_one_class_and_one_line(registered, trained):
    words = ["diagnostics.recurrence.num_steps=100", "diagnostics.recurrence.radius=0.5"]
    outcome = measurements.measure_run(registered, trained, words, Console(quiet=True))
    assert 0 < outcome.record["recurrence_of_data"] < 1
    run = RunFolder.open(Path(outcome.record["run"]))
    assert run.record.kind == "recurrence"
    read = stored.from_yaml(run.config_text)
    assert read.diagnostics.recurrence.radius == 0.5
    assert "diagnostics.recurrence.radius" in diagnostics.setting_names()
    with pytest.raises(ConfigError, match=r"^diagnostics.recurrence.radius must be greater than 0, got -1$"):
        stored.from_yaml(run.config_text, ["diagnostics.recurrence.radius=-1"])


def test_a_run_opens_without_the_diagnostics_that_it_was_measured_with(trained):
    config = RunFolder.open(trained).config_text + "\n"
    stranger = config.replace("diagnostics:\n", "diagnostics:\n  recurrence:\n    radius: 0.5\n")
    assert stored.from_yaml(stranger) == stored.from_yaml(config)


class Settings:
    """No dataclass."""


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "class Bad: name must be a word of small letters, digits and _, got ''"),
        ({"name": "Bad-one"}, "class Bad: name must be a word of small letters, digits and _, got 'Bad-one'"),
        ({"name": "bad"}, "class Bad overrides none of of_run, of_source, of_weights"),
        ({"name": "cycles", "of_run": print}, "class Bad: there is a diagnostic cycles already"),
        ({"name": "figures", "of_run": print}, "class Bad: diagnostics.figures is taken"),
        (
            {"name": "bad", "of_run": print, "settings": Settings},
            "class Bad: settings must be a dataclass, got Settings",
        ),
    ],
)
def test_what_is_no_diagnostic(members, message, monkeypatch):
    monkeypatch.setattr(registry, "_listed", dict(registry._listed))
    bad = type("Bad", (AbstractDiagnostic,), members)
    with pytest.raises(ConfigError) as caught:
        diagnostics.register(bad)
    assert str(caught.value) == message
