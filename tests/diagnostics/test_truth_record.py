"""The truth as a run keeps it, and who measures it anew."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest

from rnnchaos.data import Preparation
from rnnchaos.diagnostics import truth
from rnnchaos.diagnostics.settings import DiagnosticsSettings, LyapunovSettings
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.pieces import Pieces
from rnnchaos.runs import jsonfile
from rnnchaos.systems import Duffing, Henon, LimitCycle, Lorenz63, reference
from rnnchaos.systems.equations import EquationsFlow, EquationsMap
from rnnchaos.tangent import Check, Grade

FOUND = Truth(
    np.array([0.9056, -1e-17, -14.5723]),
    np.array([1 / 3, 2e-5, 0.0]),
    0.01,
    "tangent dynamics",
    2.062,
    (Check("transient", Grade.PASS, 1530.0, 48750.0, "steps"), Check("halves", Grade.WARN, 4.5, 4.2, "s.e.")),
)


def test_a_record_gives_back_every_digit():
    record = FOUND.record()
    assert record == json.loads(jsonfile.to_text(record))
    again = Truth.of_record(json.loads(jsonfile.to_text(record)))
    assert again is not None
    np.testing.assert_array_equal(again.exponents, FOUND.exponents)
    np.testing.assert_array_equal(again.standard_error, FOUND.standard_error)
    assert again[2:] == FOUND[2:]
    assert again.grade is Grade.WARN


def test_records_of_version_0_2_have_no_estimates():
    record = {name: value for name, value in FOUND.record().items() if name != "estimates"}
    again = Truth.of_record(record)
    assert again is not None
    assert again.record() == FOUND.record()


def test_what_json_has_no_number_for_is_not_recorded():
    assert FOUND._replace(exponents=np.array([0.1, -np.inf])).record() is None
    endless = FOUND.checks[0]._replace(figure=np.inf)
    assert FOUND._replace(checks=(endless,)).record() is None


@pytest.mark.parametrize(
    "change",
    [
        {"exponents": "many"},
        {"exponents": [[1.0]]},
        {"exponents": [], "standard_error": []},
        {"exponents": [1.0]},
        {"time_per_step": 0.0},
        {"time_per_step": "0.01"},
        {"checks": [{"name": "transient"}]},
        {"checks": [{**FOUND.checks[0]._asdict(), "grade": "excellent"}]},
        {"origin": 3},
        {"more": 1},
    ],
)
def test_what_is_no_record_counts_as_none(change):
    assert Truth.of_record({**FOUND.record(), **change}) is None


@pytest.mark.parametrize("other", [None, [], "truth", 3.0, {}])
def test_neither_does_anything_else(other):
    assert Truth.of_record(other) is None


@pytest.fixture
def measured(monkeypatch):
    """The systems whose truth was measured, with nothing known before."""
    calls = []

    def measure(source, *_):
        calls.append(source)
        return FOUND

    monkeypatch.setattr(truth, "_KNOWN", {})
    monkeypatch.setattr(truth, "_of_system", measure)
    return calls


def asked(source, *, steps=50_000, transient=10_000, starts="auto"):
    settings = DiagnosticsSettings(lyapunov=LyapunovSettings(system_steps=steps, starts=starts))
    return truth.truth_of(source, None, settings, Preparation(transient=transient))


def test_a_system_is_measured_once_a_process(measured):
    assert asked(Lorenz63(rho=29.0)) is asked(Lorenz63(rho=29.0)) is FOUND
    assert len(measured) == 1
    asked(Lorenz63(rho=30.0))
    asked(Lorenz63(rho=29.0), steps=60_000)
    asked(Lorenz63(rho=29.0), transient=5)
    assert len(measured) == 4


def test_a_system_of_the_catalogue_is_known_unless_another_measurement_is_asked_for(measured):
    known, stored = asked(Lorenz63()), reference(Lorenz63())
    assert not measured
    assert known.exponents.tolist() == list(stored.exponents)
    assert known.standard_error.tolist() == list(stored.standard_error)
    assert (known.kaplan_yorke, known.time_per_step) == (stored.kaplan_yorke, 0.01)
    assert (known.known, known.heading, known.chaotic) == (True, "true system", True)
    assert {check.name for check in known.checks} > {"zero exponent", "half step", "sum rule"}
    assert Truth.of_record(json.loads(jsonfile.to_text(known.record()))).record() == known.record()
    assert asked(Lorenz63(), steps=60_000) is asked(Lorenz63(dt=0.02)) is FOUND
    exact = DiagnosticsSettings(target_stderr=0.001)
    assert truth.truth_of(Lorenz63(), None, exact, Preparation()) is FOUND
    # Equations of somebody else under that name.
    assert asked(type("Lorenz63", (Lorenz63,), {"__module__": "mine"})()) is FOUND


@pytest.mark.parametrize("system", [Duffing(phase="input"), LimitCycle()], ids=["driven", "not chaotic"])
def test_what_the_catalogue_has_in_another_form_is_measured(measured, system):
    assert reference(system) is not None
    assert asked(system) is FOUND


def test_what_may_change_meanwhile_is_measured_each_time(measured, tmp_path):
    asked(Lorenz63(), starts=tmp_path / "starts.csv")
    asked(Lorenz63(), starts=tmp_path / "starts.csv")
    assert len(measured) == 2

    class Mine(Henon):
        pass

    asked(Mine())
    asked(Mine())
    assert len(measured) == 4


def test_no_more_is_remembered_than_that(measured):
    for rho in range(truth._MOST_KNOWN + 1):
        asked(Lorenz63(rho=30.5 + rho))
    assert len(truth._KNOWN) == truth._MOST_KNOWN
    asked(Lorenz63(rho=30.5))
    assert len(measured) == truth._MOST_KNOWN + 2


def test_a_series_is_measured_once_as_long_as_it_is_the_same(monkeypatch):
    calls = []
    monkeypatch.setattr(truth, "_KNOWN", {})
    monkeypatch.setattr(truth, "_of_series", lambda *given: calls.append(given))
    values = np.random.default_rng(0).standard_normal((50, 2))
    for changed in (0.0, 0.0, 1e-12):
        values[3, 1] += changed
        dataset = SimpleNamespace(train=Pieces.of(values.copy()), time_per_step=0.1)
        assert truth.truth_of(None, dataset, DiagnosticsSettings(), Preparation()) is None
    assert len(calls) == 2


def of_equations(source):
    return truth._of_system(source, LyapunovSettings(system_steps=4000, num_orbits=4), 500, None)


def test_the_drives_exponent_is_none_of_what_shows_a_few_of_its_phases():
    """Of two phases, and of a drive that ends: exponents ln ½, and the mean of ln ½ and ln ¼, without a 0."""
    alternating = EquationsMap({"x": "where(t % 2 < 1, 0.5, 0.25)*x + t % 2"}, {"x": 0.3})
    np.testing.assert_allclose(of_equations(alternating).exponents, [np.log(0.5 * 0.25) / 2], rtol=1e-9)
    ending = EquationsMap({"x": "0.5*x + exp(-t)"}, {"x": 0.3})
    np.testing.assert_allclose(of_equations(ending).exponents, [np.log(0.5)], rtol=1e-9)


def test_the_drives_exponent_is_that_of_what_shows_all_of_its_phases():
    around = EquationsMap({"x": "0.5*x + sin(t)"}, {"x": 0.3})
    np.testing.assert_allclose(of_equations(around).exponents, [0.0, np.log(0.5)], atol=2e-4)


def test_phases_of_a_flow_are_counted_by_its_step():
    def oscillator(dt, drive):
        return EquationsFlow({"x": f"-x + {drive}"}, {"x": 0.3}, dt)

    assert oscillator(math.pi / 10, "cos(2*t)").has_unseen_clock  # ten phases
    assert not oscillator(0.1, "cos(2*t)").has_unseen_clock
    assert not oscillator(math.pi / 10, "cos(2*t) + cos(sqrt(2)*t)").has_unseen_clock  # a torus
    assert oscillator(0.1, "exp(-t)").has_unseen_clock
    assert not oscillator(0.1, "1").has_unseen_clock
