"""A stored run gives the truth that its training found, and measures anew where other settings are asked for."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from composed import settings
from rich.console import Console

from rnnchaos.measurements import stored_run
from rnnchaos.measurements.stored_run import open_run
from rnnchaos.trainings.running import train

SHORT = (
    "experiment=smoke",
    "training.num_steps=4",
    "diagnostics.figures=false",
    "diagnostics.lyapunov.system_steps=2000",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a short training."""
    outputs = tmp_path_factory.mktemp("outputs")
    return Path(train(settings(*SHORT, f"outputs={outputs}"), Console(quiet=True)).record["run"])


@pytest.fixture
def measured(monkeypatch):
    """How often a truth was measured."""
    calls = []

    def counting(*arguments):
        calls.append(arguments)
        return truth_of(*arguments)

    truth_of = stored_run.truth_of
    monkeypatch.setattr(stored_run, "truth_of", counting)
    return calls


def test_the_stored_truth_is_that_of_the_equations(run, measured):
    opened = open_run(run, ())
    found, anew = opened.truth(), open_run(run, ["diagnostics.lyapunov.window=7"]).truth()
    assert len(measured) == 1
    np.testing.assert_array_equal(found.exponents, anew.exponents)
    np.testing.assert_array_equal(found.standard_error, anew.standard_error)
    assert found[2:] == anew[2:]


def test_other_lengths_measure_anew(run, measured):
    found = open_run(run, ["diagnostics.lyapunov.system_steps=3000"]).truth()
    assert len(measured) == 1
    assert found.exponents[0] != open_run(run, ()).truth().exponents[0]
    open_run(run, ["diagnostics.prediction.num_starts=7"]).truth()
    assert len(measured) == 1


def test_a_run_without_the_record_measures_anew(run, measured, monkeypatch):
    opened = open_run(run, ())
    older = {**opened.folder.summary}
    del older["truth"]
    monkeypatch.setattr(type(opened.folder), "summary", older)
    assert opened.truth() is not None
    assert len(measured) == 1
    assert dataclasses.asdict(opened.settings) == dataclasses.asdict(open_run(run, ()).settings)
