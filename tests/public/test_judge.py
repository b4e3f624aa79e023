"""rnnchaos.judge: arrays, runs and step functions against a truth, from Python; and the page on it."""

import re
import shlex
import sys
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

import rnnchaos
from rnnchaos.cli import main
from rnnchaos.diagnostics import callables, yardstick
from rnnchaos.diagnostics import judged as diagnostics_judged
from rnnchaos.diagnostics.truth import EQUATIONS, SERIES, Truth
from rnnchaos.systems import Henon

PAGE = Path(rnnchaos.__file__).parents[1] / "docs" / "judge.md"
CHANCE = np.random.default_rng(0)
QUICK = {"lyapunov": {"num_steps": 300, "system_steps": 300}}


def henon(state):
    return jnp.array([1 - 1.4 * state[0] ** 2 + state[1], 0.3 * state[0]])


def henon_of_numpy(state):
    return np.array([float(1 - 1.4 * state[0] ** 2 + state[1]), float(0.3 * state[0])])


@pytest.fixture(scope="module")
def orbit():
    state, rows = np.array([0.1, 0.1]), []
    for _ in range(5100):
        state = henon_of_numpy(state)
        rows.append(state)
    return np.array(rows[100:])


@pytest.fixture(scope="module")
def table(orbit):
    models = {"jax": henon, "numpy": henon_of_numpy, "backwards": orbit[:2500][::-1]}
    return rnnchaos.judge(models, orbit[:2500], train=orbit[2500:], diagnostics=QUICK)


def test_a_step_function_of_jax_has_its_spectrum_and_is_the_truth(table):
    found = table["jax"]
    exponents = found.summary["lyapunov"]["exponents_per_time_unit"]
    np.testing.assert_allclose(sum(exponents), np.log(0.3))
    assert abs(found.lambda_max - 0.419) < 4 * found.lambda_max_standard_error
    assert found.metrics["n_step_error"] < 1e-15
    assert found.learned != "no"


def test_one_of_numpy_is_judged_by_the_same_orbits(table):
    ours, theirs = table["jax"], table["numpy"]
    assert theirs.metrics["n_step_error"] < 1e-15
    assert abs(ours.metrics["valid_prediction_time"] - theirs.metrics["valid_prediction_time"]) < 3
    assert "lyapunov" not in theirs.summary
    assert theirs.sentence.startswith(("learned, as far as 2500 steps show", "undecided"))


def test_a_table_of_rows_with_rivals_prints_and_has_the_numbers(table):
    assert list(table) == ["jax", "numpy", "backwards", "copy of the past", "floor"]
    assert table["floor"].metrics["wasserstein"] == table["jax"].floors["wasserstein"]
    assert table["copy of the past"].learned is None
    assert 1 < table["copy of the past"].metrics["valid_prediction_time"] < 20
    said = str(table)
    assert "\nbackwards: " in said
    assert "λ_max in nats per time unit" in said
    assert "d_h_gtf" in str(table["backwards"])
    assert repr(table["jax"]).startswith("<Verdict on jax: ")


def test_a_run_and_its_free_run(run):
    free = run.arrays("free_run")["generated"]
    found = rnnchaos.judge({"run": run, "series": free, "file": run.path / "arrays" / "free_run.npz"}, run)
    # Rounding in the figures aside: what was stored is what was judged.
    for name in ("d_stsp_strict", "wasserstein", "d_h_gtf"):
        assert found["series"].metrics[name] == found["run"].metrics[name] == found["file"].metrics[name]
    again = rnnchaos.judge(run, run.path)
    assert again.summary["metrics"] == found["run"].summary["metrics"]


@pytest.mark.slow  # a system has 100 000 steps of each series unless told otherwise
def test_pieces_and_a_system(orbit):
    pieces = [orbit[:1500], orbit[1500:2500]]
    found = rnnchaos.judge(pieces, Henon(), diagnostics=QUICK | {"free_run": {"num_steps": 2000}})
    assert found.metrics["wasserstein"] < 0.05
    assert (
        found.summary["spectrum_comparison"] is None or found.summary["spectrum_comparison"][0]["true"] > 0.3
    )


def double(state):
    return 2 * state


@pytest.mark.parametrize(
    ("model", "settings", "message"),
    [
        (lambda state: state[:1], {}, "model: step must give a state of shape (2,), got (1,)"),
        (
            lambda state: 1 / 0,
            {},
            "model: a step from a state of 2 numbers fails: ZeroDivisionError: division by zero",
        ),
        (
            double,
            {"state": [1.0, 2.0, 3.0]},
            "model: a state must show the truth's 2 dimensions, got shape (3,); observe=… maps a state to the data",
        ),
        (
            double,
            {"state": [1.0, 2.0], "start": double},
            "start and state exclude each other: one makes a state of data, the other is one",
        ),
        (double, {"observe": 3}, "model: observe must be a function, got 3"),
        (double, {"history": 0}, "history must be at least 1 row, got 0"),
        (double, {"starts": [1, 2]}, "starts is of trajectories, whose pieces it makes forecasts; model is a step"),
        (double, {"state": "x"}, "state must be a state, or several of one length: could not convert string to "
         "float: 'x'"),
        (lambda state: state + 0j, {}, "model: step must give real numbers, got complex128"),
        (double, {"start": lambda rows: {"h": rows[-1]}}, "model: start must make a vector of numbers, got a dict; of "
         "several arrays jax.flatten_util.ravel_pytree makes one"),
        (lambda state: state + CHANCE.normal(size=2), {}, "model: step must give the same "
         "state whenever it is given the same one, got others (random numbers, dropout, or something of its own that "
         "it counts on); an orbit of it can be judged as an array"),
        ({}, {}, "model must hold at least one model, got {}"),
        ([[[1.0, 2.0]], [[1.0]]], {}, "model must have pieces of as many axes each, got [1, 2]"),
        (["a"], {}, "model must be an array (time, axis) or (piece, time, axis), or a list of the first"),
        ("a.npy", {}, "there is no file or run folder a.npy to judge"),
        (double, {"dt": 0.0}, "dt must be greater than 0 time units, got 0.0"),
        (double, {"diagnostics": {"lyapnov": {}}}, "diagnostics.lyapnov is not a setting; did you mean "
         "diagnostics.lyapunov?"),
    ],
)  # fmt: skip
def test_bad_input(orbit, model, settings, message):
    with pytest.raises(rnnchaos.ConfigError) as caught:
        rnnchaos.judge(model, orbit[:600], **settings)
    assert str(caught.value) == message


def test_numbers_for_missing_values_are_refused(orbit):
    filled = orbit[:600].copy()
    filled[77, 1] = -999
    for model, against in ((filled, orbit), (orbit, filled)):
        with pytest.raises(
            rnnchaos.ConfigError, match=r"^(model|against): row 77 of axis 1 is -999, far from"
        ):
            rnnchaos.judge(model, against)


def test_masked_entries_are_no_numbers(orbit):
    gaps = np.ma.masked_array(orbit[:600], np.zeros((600, 2), dtype=bool))
    gaps[77] = np.ma.masked
    for model, against in ((gaps, orbit), (orbit, gaps)):
        with pytest.raises(
            rnnchaos.ConfigError, match=r"^(model|against) must be finite, but has masked entries$"
        ):
            rnnchaos.judge(model, against)


def test_a_step_may_compute_in_single_precision(orbit):
    verdict = rnnchaos.judge(lambda x: henon(x).astype(jnp.float32), orbit[:600], diagnostics=QUICK)
    assert verdict.lambda_max == pytest.approx(0.42, abs=0.1)


@pytest.mark.parametrize("step", [henon, henon_of_numpy])
@pytest.mark.parametrize(
    ("heard", "reason"),
    [
        (3, "must be at most half of the test series' 30 steps, got 16; diagnostics.prediction.n=15 fits"),
        (
            25,
            "must be at most 5 of the test series' 30 steps, of which the network hears 25 first, got 16; "
            "diagnostics.prediction.n=5 fits",
        ),
        (
            30,
            "must be at most 0 of the test series' 30 steps, of which the network hears 30 first, got 16; "
            "a longer series fits",
        ),
    ],
)
def test_too_short_a_truth_says_what_makes_it_too_short(orbit, monkeypatch, step, heard, reason):
    monkeypatch.setattr(callables, "_orbit", lambda *_: pytest.fail("followed"))
    with pytest.raises(rnnchaos.ConfigError) as caught:
        rnnchaos.judge(step, orbit[:60], history=heard, diagnostics={"prediction": {"n": 16}})
    assert str(caught.value) == f"diagnostics.prediction.n {reason}"


def test_a_run_that_does_not_fit_is_refused_before_another_model_is_judged(orbit, run, monkeypatch):
    monkeypatch.setattr(rnnchaos.public.judging, "judged_trajectory", lambda *_: pytest.fail("judged"))
    with pytest.raises(
        rnnchaos.ConfigError, match=r"^run: diagnostics\.prediction\.n must be at most half of"
    ):
        rnnchaos.judge({"a": orbit[:600], "run": run}, orbit[:30])


@pytest.mark.parametrize(("setting", "share"), [(0.1, 0.3), (0.5, 0.5)])
def test_an_exponent_of_a_series_agrees_within_the_setting_or_what_series_are_off_by(
    orbit, monkeypatch, setting, share
):
    true = Truth(np.array([0.4]), np.array([1e-3]), 1.0, EQUATIONS)
    monkeypatch.setattr(yardstick.Yardstick, "truth", property(lambda _: true))
    own = true._replace(exponents=np.array([0.56]), origin=SERIES)
    monkeypatch.setattr(diagnostics_judged, "exponent_of", lambda *_: (own, ""))
    found = rnnchaos.judge(orbit[:600], orbit[600:1200], diagnostics={"judge": {"exponents": setting}})
    (compared,) = found.summary["spectrum_comparison"]
    assert compared["tolerance"] == pytest.approx(share * 0.4)
    assert compared["verdict"] == ("agrees" if share > 0.4 else "differs")


@pytest.mark.slow
def test_the_page_runs_as_it_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text("utf-8")
    exec(compile("\n".join(re.findall(r"^```python\n(.*?)^```", text, re.S | re.M)), "judge.md", "exec"), {})
    assert "copy of the past" in capsys.readouterr().out
    (lines,) = re.findall(r"^```bash\n(.*?)^```", text, re.S | re.M)
    for line in lines.splitlines():
        monkeypatch.setattr(sys, "argv", [*shlex.split(line), "diagnostics.figures=false"])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code, capsys.readouterr().err
        assert "floor" in capsys.readouterr().out
    assert len(list(Path("outputs/judged").glob("v*/judge.csv"))) == 2


def test_axes_of_files_are_found_by_their_names(orbit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = np.asarray(orbit)
    half = len(rows) // 2
    for name, part, header in (
        ("truth", rows[:half], "x,y"),
        ("same", rows[half:], "x,y"),
        ("turned", rows[half:, ::-1], "y,x"),
    ):
        np.savetxt(f"{name}.csv", part, delimiter=",", header=header, comments="")
    same = rnnchaos.judge("same.csv", "truth.csv", train="same.csv")
    turned = rnnchaos.judge("turned.csv", "truth.csv", train="turned.csv")
    assert turned.metrics == same.metrics
    assert turned.floors == same.floors
