"""Verdicts travel from the series to the last table of a training, and escapes are no results among others."""

import numpy as np
import pytest
from rich.console import Console

from rnnchaos import load
from rnnchaos.data import observed_orbit
from rnnchaos.listings import list_runs
from rnnchaos.models import recorded
from rnnchaos.models.simulation import free_run
from rnnchaos.runs import Status
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_settings
from rnnchaos.systems import Lorenz63
from rnnchaos.trainings import train

QUICK = (
    "diagnostics=quick",
    "diagnostics.figures=false",
    "training.num_steps=20",
    "training.record_every=10",
    "training.checkpoint_every=20",
)


def trained(folder, *words):
    """The run, its outcome, and what was printed."""
    settings = read_settings(compose("train", [*QUICK, *words, f"outputs={folder}", "name=run"]))
    console = Console(record=True, width=200)
    outcome = train(settings, console)
    return load(outcome.record["run"]), outcome, console.export_text()


def noisy_lorenz():
    orbit = observed_orbit(Lorenz63(), num_steps=12_000, transient=1000)
    return orbit + 0.05 * orbit.std(0) * np.random.default_rng(0).standard_normal(orbit.shape)


def linear_noise():
    noise, series = np.random.default_rng(0).standard_normal(6_000), np.zeros(6_000)
    for t in range(2, len(series)):
        series[t] = 1.9 * series[t - 1] - 0.96 * series[t - 2] + noise[t]
    return np.stack([series[1007:], series[1000:-7], series[993:-14]], axis=1)


@pytest.mark.parametrize("series", [noisy_lorenz, linear_noise])
def test_an_exponent_that_fails_is_no_truth_and_sets_no_interval(series, tmp_path):
    np.save(tmp_path / "series.npy", series())
    run, outcome, said = trained(
        tmp_path, "dataset=file", f"dataset.path={tmp_path}/series.npy", "dataset.dt=0.01"
    )
    summary = run.summary
    assert outcome.exit_code == 0
    assert not [name for name in summary if "true" in name or "relative" in name]
    assert not {"lambda_max_difference_standard_errors"} & set(summary)
    assert summary["lambda_max_from_series_grade"] in ("undecided", "fail")
    assert (summary["tau_rule"], summary["tau_pred_steps"]) == ("autocorrelation", None)
    assert "in which the autocorrelation falls to 1/e (protocol.tau=autocorrelation): λ_max " in said
    assert "truth" not in said.replace("truth against truth", "")
    assert "true system" not in said
    assert f"from the series ({summary['lambda_max_from_series_grade']})" in said
    assert "s.e." not in said
    time = summary["metrics"]["valid_prediction_time"]
    assert time["unit"] == summary["valid_prediction_time_unit"] == "time units"
    assert "not in Lyapunov times: λ_max" in time["note"]
    assert run.learned in ("no", "undecided")


def test_equations_are_the_true_system(tmp_path):
    run, _, said = trained(tmp_path, "dataset.train_length=2000", "dataset.test_length=1000")
    assert run.summary["tau_rule"] == "auto"
    assert run.summary["metrics"]["valid_prediction_time"]["unit"] == "Lyapunov times"
    assert run.summary["valid_prediction_time_unit"] == "Lyapunov times"
    assert {"lambda_max_true", "lambda_max_relative_error", "kaplan_yorke_dimension_true"} <= set(run.summary)
    assert "true system" in said
    # Twenty optimiser steps teach nothing.
    assert (run.learned, run.status) == ("no", "finished")
    assert run.sentence.startswith("not learned: ")
    assert run.sentence in said.splitlines()
    names = [each["name"] for each in run.summary["spectrum_comparison"]]
    assert names == ["λ_1", "λ_2", "λ_3", "λ_1+λ_2"]


def escaping(network, history, *, num_steps, inputs=None):
    run = np.array(free_run(network, history, num_steps=num_steps, inputs=inputs))
    run[207:] = np.inf
    return run


def test_a_network_that_escapes_has_a_status_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(recorded, "free_run", escaping)
    run, outcome, said = trained(tmp_path, "dataset.train_length=2000", "dataset.test_length=1000")
    step = run.summary["escape_step"]
    assert step == 207
    assert (run.status, outcome.exit_code, outcome.record["status"]) == ("escaped", 4, "escaped")
    assert run.folder.record.reason == f"the free run escapes to infinity at step {step}"
    assert run.learned == "no"
    assert run.sentence.startswith("not learned: its free run escapes to infinity at step 207 of ")
    assert "try a model whose states stay bounded" in run.sentence
    assert run.sentence in said.splitlines()
    # What could be measured is kept, and there is nothing to resume.
    assert run.summary["valid_prediction_time"] > 0
    assert run.history
    assert run.network is not None
    assert Status.ESCAPED.has_result
    console = Console(record=True, width=200)
    listed = list_runs(tmp_path, console).record["runs"]
    assert [(each["status"], each["learned"]) for each in listed] == [("escaped", "no")]
    assert "escaped: the free run escapes" in console.export_text()


@pytest.mark.slow
def test_shallow_plrnns_on_henon_escape_and_say_so(tmp_path):
    """Whether one does hangs on rounding errors; of three one does."""
    outcomes = []
    for seed in range(3):
        words = [
            "dataset=henon",
            "model=shplrnn",
            f"seed={seed}",
            "diagnostics.figures=false",
            f"outputs={tmp_path}",
        ]
        outcomes.append(train(read_settings(compose("train", words)), Console(quiet=True)))
    escaped = [each.record.get("escape_step") is not None for each in outcomes]
    assert any(escaped)
    for outcome, gone in zip(outcomes, escaped, strict=True):
        assert (outcome.exit_code, outcome.record["status"]) == ((4, "escaped") if gone else (0, "finished"))
        assert outcome.record["learned"] == "no" or not gone
