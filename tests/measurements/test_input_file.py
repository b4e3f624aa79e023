"""A network from elsewhere along the inputs of a file: conditional exponents, the echo-state verdict, and refusals."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

from rnnchaos import diagnostics, measurements
from rnnchaos.errors import ConfigError
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_weights_settings

RNG = np.random.default_rng(0)
STIMULUS = RNG.uniform(1, 3, (1_500, 2))
# A relu network whose units stay above their kinks is linear.
MATRIX = np.array([[0.8, 0.1, 0.0], [0.0, 0.5, 0.2], [0.0, 0.0, 0.3]])


@pytest.fixture
def folder(tmp_path):
    nothing = {"bias_ih_l0": np.zeros(3), "bias_hh_l0": np.zeros(3)}
    arrays = {"weight_hh_l0": MATRIX, "weight_ih_l0": np.ones((3, 2)), **nothing}
    np.savez(tmp_path / "linear.npz", **arrays)
    np.savez(tmp_path / "alone.npz", **{**arrays, "fc.weight": np.ones((2, 3)) / 10})
    np.save(tmp_path / "stimulus.npy", STIMULUS)
    np.save(tmp_path / "trials.npy", STIMULUS.reshape(3, 500, 2))
    np.savetxt(tmp_path / "stimulus.csv", STIMULUS, delimiter=",", header="left,right", comments="")
    np.save(tmp_path / "three.npy", np.ones((500, 3)))
    np.save(tmp_path / "gap.npy", np.where(np.arange(500)[:, None] == 7, np.nan, STIMULUS[:500]))
    return tmp_path


def measured(folder, name, *words, console=None):
    settings = read_weights_settings(
        compose("weights", [f"outputs={folder}/outputs", "diagnostics.figures=false", *words])
    )
    return measurements.measure_weights(diagnostics.find(name), settings, console or Console(quiet=True))


@pytest.mark.parametrize("stimulus", ["stimulus.npy", "stimulus.csv", "trials.npy"])
def test_the_exponents_along_an_input(folder, stimulus):
    words = [f"weights={folder}/linear.npz", "activation=relu", f"input={folder}/{stimulus}"]
    found = measured(folder, "lyapunov", *words).record
    np.testing.assert_allclose(found["conditional"]["exponents_per_step"], np.log([0.8, 0.5, 0.3]), rtol=1e-9)
    assert found["conditional_lambda_max"] == pytest.approx(np.log(0.8))
    assert found["echo_state"]["verdict"] == "proven"
    assert found["echo_state"]["contraction_bound"] < 1
    assert found["echo_state"]["responses"] == 1
    json.dumps(found["echo_state"])


@pytest.mark.parametrize(
    ("weights", "stimulus", "message"),
    [
        ("linear", "three.npy", "input must have 2 columns, one for each input of the network, got '3 in "),
        ("linear", "gap.npy", "input must have a number for every step, got 'none in row 8 of "),
        ("linear", "nowhere.npy", "input must be a file that exists, got "),
        ("alone", "stimulus.npy", "input must be null for a network without inputs from outside, got "),
    ],
)
def test_what_is_no_input_of_the_network(folder, weights, stimulus, message):
    with pytest.raises(ConfigError) as found:
        measured(folder, "lyapunov", f"weights={folder}/{weights}.npz", f"input={folder}/{stimulus}")
    assert str(found.value).startswith(message)
    assert not (folder / "outputs").exists()


@pytest.mark.parametrize("name", ["gradients", "cycles"])
def test_what_takes_no_input(folder, name):
    with pytest.raises(ConfigError, match=f"input must be null for rnnchaos {name}"):
        measured(folder, name, f"weights={folder}/linear.npz", f"input={folder}/stimulus.npy")


def test_times_beside_an_input_are_no_input(folder):
    rows = np.column_stack([0.1 * np.arange(500), STIMULUS[:500, 0]])
    np.savetxt(folder / "timed.csv", rows, delimiter=",", header="t,left", comments="")
    words = [f"weights={folder}/linear.npz", "activation=relu", f"input={folder}/timed.csv"]
    with pytest.raises(ConfigError, match=r"^input must hold inputs alone, but column 't' .* rises by 0.1"):
        measured(folder, "lyapunov", *words)


@pytest.fixture
def exported(folder):
    """The network with what one of this package says of its inputs beside it."""
    scaling = {"input_scaling.mean": np.full(2, 2.0), "input_scaling.scale": np.full(2, 0.5)}
    metadata = np.array(
        json.dumps({"model": "rnn", "activation": "relu", "input_names": '["left", "right"]'})
    )
    arrays = {**np.load(folder / "linear.npz"), **scaling, "metadata": metadata}
    np.savez(folder / "exported.npz", **arrays)
    return folder


def test_inputs_in_their_own_units_are_not_scaled_without_a_word(exported):
    shown = io.StringIO()
    words = [f"weights={exported}/exported.npz", f"input={exported}/stimulus.csv"]
    measured(exported, "lyapunov", *words, console=Console(file=shown))
    driven = shown.getvalue().splitlines()[1]
    assert driven.endswith(
        "as given; the network takes (input - input_scaling.mean) / input_scaling.scale, which is not applied here"
    )


def test_named_inputs_in_another_order_are_refused(exported):
    np.savetxt(exported / "turned.csv", STIMULUS[:, ::-1], delimiter=",", header="right,left", comments="")
    words = [f"weights={exported}/exported.npz", f"input={exported}/turned.csv"]
    with pytest.raises(ConfigError) as found:
        measured(exported, "lyapunov", *words)
    assert str(found.value).startswith(
        "input must have its columns in the order left, right of the network's inputs, got 'right, left in "
    )
