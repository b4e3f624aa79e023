"""One row an attractor: networks and maps with several of them, whose exponents are known exactly."""

import dataclasses
import io
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from rich.console import Console

from rnnchaos.attractors import find_attractors
from rnnchaos.data import Preparation, prepare
from rnnchaos.diagnostics import ForeignNetwork, TrainedNetwork, settings_of, spectra, subjects
from rnnchaos.diagnostics.attractor_rows import attractors_summary
from rnnchaos.diagnostics.findings import show
from rnnchaos.diagnostics.gradient_growth import gradients_of_step
from rnnchaos.diagnostics.gradients import Gradients, GradientSettings
from rnnchaos.diagnostics.lyapunov import Lyapunov
from rnnchaos.diagnostics.settings import FreeRunSettings, LyapunovSettings
from rnnchaos.models import RNN, IdentityObservation, Network, network_from_arrays
from rnnchaos.setting import SettingError
from rnnchaos.systems import Henon
from rnnchaos.trainings import short_spectrum

ROOT = Path(__file__).parents[2]
# h' = tanh(3 h + 0.5): two stable fixed points.
BISTABLE = {
    "weight_ih_l0": np.zeros((1, 1)),
    "weight_hh_l0": np.array([[3.0]]),
    "bias_ih_l0": np.array([0.5]),
}


def at_the_fixed_point(h):
    """The exponent log |3 (1 - h²)| at the fixed point that `h` goes to."""
    for _ in range(1000):
        h = math.tanh(3 * h + 0.5)
    return math.log(3 * (1 - h**2))


UP, DOWN = at_the_fixed_point(1.0), at_the_fixed_point(-1.0)


def imported(arrays=BISTABLE, seed=0, **lyapunov):
    settings = settings_of(lyapunov=LyapunovSettings(**{"num_steps": 200} | lyapunov))
    return ForeignNetwork(network_from_arrays(arrays, origin="test"), settings, seed, 1.0)


def said(findings):
    console = Console(width=150, file=io.StringIO())
    show(findings, console)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("words", "of_network", "of_weights"),
    [({"watch": 0}, 0, 0), ({"watch": 70}, 70, 70), ({}, 1000, 1000), ({"num_steps": 3000}, 1000, 3000)],
)
def test_orbits_are_watched_for_as_long_as_the_settings_say(monkeypatch, words, of_network, of_weights):
    seen = []
    for place in (spectra, subjects):
        monkeypatch.setattr(place, "measure_attractors", lambda *_, watch, **__: seen.append(watch))
    settings = settings_of(lyapunov=LyapunovSettings(**words))
    dataset = prepare(Henon(), Preparation(train_length=100, test_length=100))
    network = Network(RNN(2, key=jax.random.key(0)), IdentityObservation(2, 2))
    spectra.attractors_of_network(network, dataset, settings)
    spectra.attractors_of_network(network, dataset, short_spectrum.shorter(settings, 2))
    longer = dataclasses.replace(settings, free_run=FreeRunSettings(num_steps=5000))
    spectra.attractors_of_network(network, dataset, longer)
    assert imported(**words).attractors is None
    assert seen == [of_network, 1000, words.get("watch", 5000), of_weights]


@pytest.mark.parametrize("seed", range(4))
def test_two_fixed_points_are_two_rows(seed):
    found = Lyapunov().of_weights(imported(seed=seed))
    summary = found.summary
    exponents = sorted(float(each["exponents_per_time_unit"][0]) for each in summary["attractors"])
    np.testing.assert_allclose(exponents, [UP, DOWN], atol=1e-9)
    shares = [each["share"] for each in summary["attractors"]]
    assert sum(shares) == 1
    assert shares == sorted(shares, reverse=True)
    # The single number is that of one of them, and no mean of both.
    assert summary["share"] == shares[0]
    assert summary["lambda_max"] == summary["attractors"][0]["exponents_per_time_unit"][0]
    assert summary["lambda_max_standard_error"] < 1e-9
    assert all(each["checks"]["worst"] == "pass" and each["theorem"] == 1 for each in summary["attractors"])
    # Orbit by orbit.
    arrays = found.arrays["lyapunov"]
    expected = [
        summary["attractors"][index]["exponents_per_time_unit"][0] for index in arrays["orbit_attractor"]
    ]
    np.testing.assert_allclose(arrays["orbit_exponents"][:, 0], expected, atol=1e-9)
    assert arrays["orbit_standard_error"].shape == (16, 1)
    text = said(found)
    assert "-4.506" in text
    assert "-2.442" in text
    assert "-3." not in text


def test_gradients_start_on_each_attractor():
    summary = Gradients().of_weights(imported()).summary
    rows = summary["gradients"]["attractors"]
    for row in rows:
        np.testing.assert_allclose(row["slope_state_per_step"], row["lambda_max_per_step"], rtol=1e-6)
        assert row["theorem"] == 1
    assert sorted(round(row["lambda_max_per_step"], 3) for row in rows) == [-4.506, -2.442]
    assert summary["gradients"]["share"] == rows[0]["share"]


def test_what_orbits_share_is_no_random_walk_of_a_slope():
    """Along a shear all vectors grow as the time: nothing scatters but the bend itself, .0006 from T = 100 to 1000."""
    shear = jnp.array([[1.0, 1.0], [0.0, 1.0]])
    starts = np.random.default_rng(0).uniform(-1, 1, (8, 2))
    found = find_attractors(lambda x: shear @ x, starts, num_steps=5_000)
    assert found.main.spectrum.end_effects[0] > 0
    slope = gradients_of_step(lambda x: shear @ x, found, GradientSettings(max_lag=1_000, num_starts=1))
    assert slope.summary["gradients"]["slope_state_error_per_step"] < 1e-3


def test_orbits_that_do_not_count_leave_the_range_of_the_others():
    """Orbits that spiral to the same point go where others have been: they have no exponents of their own."""
    turn = 0.9 * jnp.array([[math.cos(1.0), -2 * math.sin(1.0)], [math.sin(1.0) / 2, math.cos(1.0)]])
    starts = np.random.default_rng(0).uniform(-1, 1, (4, 2))
    found = find_attractors(lambda x: turn @ jnp.tanh(x), starts, num_steps=2_000)
    assert np.isnan(found.exponents[:, 0]).any()
    (row,) = attractors_summary(found, [{}])["attractors"]
    assert row["lambda_max_of_orbits"] == pytest.approx([math.log(0.9)] * 2, abs=1e-3)


def test_one_attractor_is_told_as_briefly_as_ever():
    found = Lyapunov().of_weights(imported({**BISTABLE, "weight_hh_l0": np.array([[0.5]])}))
    assert found.summary["share"] == 1
    assert len(found.summary["attractors"]) == 1
    text = said(found)
    assert "attractor" not in text
    assert "checks: all" in text


@pytest.mark.parametrize(
    ("starts", "shares"), [([[1.0], [0.5], [-1.0]], [2 / 3, 1 / 3]), ([[1.0], [0.5]], [1.0])]
)
def test_orbits_start_at_given_states(tmp_path, starts, shares):
    np.save(tmp_path / "starts.npy", starts)
    for given in (tuple(map(tuple, starts)), tmp_path / "starts.npy"):
        found = Lyapunov().of_weights(imported(starts=given)).summary
        assert [each["share"] for each in found["attractors"]] == pytest.approx(shares)
        np.testing.assert_allclose(found["lambda_max"], UP, atol=1e-9)


def test_orbits_start_in_a_box():
    found = Lyapunov().of_weights(imported(starts="box", box=(-2.0, -1.0))).summary
    assert found["share"] == 1
    np.testing.assert_allclose(found["lambda_max"], DOWN, atol=1e-9)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"starts": "data"}, "diagnostics.lyapunov.starts must be box, or states in a list or a file, where there are "
         "no data, got 'data'"),
        ({"starts": Path("boxx")}, "diagnostics.lyapunov.starts must be auto, data, box, a list of states or a file of "
         "them, got 'boxx'; did you mean box?"),
        ({"starts": ((0.1, 0.2),)}, "diagnostics.lyapunov.starts must be states of 1 finite number each, got "
         "[[0.1, 0.2]]"),
        ({"starts": ((0.1,), (0.2, 0.3))}, "diagnostics.lyapunov.starts must be states of 1 finite number each, got "
         "[[0.1], [0.2, 0.3]]"),
        ({"starts": ()}, "diagnostics.lyapunov.starts must be states of 1 finite number each, got []"),
        ({"starts": Path("none.npy")}, "diagnostics.lyapunov.starts must be a file that exists, got 'none.npy'"),
    ],
)  # fmt: skip
def test_starts_that_do_not_fit(settings, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingError) as refused:
        Lyapunov().of_weights(imported(**settings))
    assert str(refused.value) == message


def test_a_box_has_a_lowest_and_a_highest_coordinate():
    with pytest.raises(SettingError, match=r"^box must be a number and a greater one, got \[1.0, -1.0\]$"):
        LyapunovSettings(box=(1.0, -1.0))


def trained(weight, bias, **lyapunov):
    """An RNN h' = tanh(W h + b) of two units, observed as it is, as if trained on Hénon's map."""
    dataset = prepare(Henon(), Preparation(train_length=200, test_length=100, transient=50))
    cell = RNN(2, key=jax.random.key(0))
    cell = eqx.tree_at(
        lambda cell: (cell.weight, cell.bias), cell, (jnp.asarray(weight, float), jnp.asarray(bias, float))
    )
    settings = settings_of(
        lyapunov=LyapunovSettings(**{"num_steps": 200} | lyapunov), free_run=FreeRunSettings(num_steps=100)
    )
    return TrainedNetwork(Network(cell, IdentityObservation(2, 2)), dataset, settings, 0, lambda: None)


def test_a_trained_network_with_two_fixed_points():
    network = trained([[3.0, 0.0], [0.0, 0.2]], [0.5, 0.0])
    found = Lyapunov().after_training(network)
    rows = found.summary["attractors"]
    shares = {round(float(each["exponents_per_time_unit"][1]), 3): each["share"] for each in rows}
    assert set(shares) == {-4.506, -2.442}
    assert found.summary["share"] == max(shares.values())
    assert network.spectrum is network.attractors.main.spectrum
    assert "of 16" in said(found)


def test_the_command_line(tmp_path):
    np.savez(tmp_path / "bistable.npz", **BISTABLE)
    words = ["lyapunov", "weights=bistable.npz", "model=rnn", "diagnostics.figures=false"]

    def run(*more):
        return subprocess.run(
            [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words, *more],
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    shown = run()
    assert shown.returncode == 0, shown.stderr
    assert "-4.506" in shown.stdout
    assert "-2.442" in shown.stdout
    assert "-3.8" not in shown.stdout
    record = json.loads(run("--json", "diagnostics.lyapunov.starts=[[1],[-1]]").stdout)
    assert [each["share"] for each in record["attractors"]] == [0.5, 0.5]
    refused = run("diagnostics.lyapunov.starts=boxx")
    assert refused.returncode == 2
    assert refused.stderr.startswith("rnnchaos: error: diagnostics.lyapunov.starts must be auto, data, box,")
