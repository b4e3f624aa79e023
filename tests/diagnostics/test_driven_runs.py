"""Driven runs: conditional exponents along recorded inputs, beside those of the system that drives and responds."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.data import Preparation, prepare
from rnnchaos.diagnostics import FreeRunSettings, TrainedNetwork, settings_of
from rnnchaos.diagnostics.lyapunov import Lyapunov
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import response_spectrum
from rnnchaos.diagnostics.truth import truth_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.models import RNN, IdentityObservation, InputTerm, Network
from rnnchaos.pieces import Pieces
from rnnchaos.systems import DrivenLorenz, Duffing
from rnnchaos.tangent import Grade, lyapunov_spectrum, worst

MATRIX = np.array([[0.9, 0.3], [0.0, 0.5]])


def trained(weight, bias, *, activation="relu", pieces=1, truth=None, **lyapunov):
    """A network of two units with one input, as if trained on the driven oscillator; its inputs are in pieces."""
    with jax.enable_x64(True):
        system = Duffing(phase="input")
        dataset = prepare(system, Preparation(train_length=3_000, test_length=3_000, transient=100))
        cell = RNN(2, activation=activation, key=jax.random.key(0))
        cell = eqx.tree_at(
            lambda cell: (cell.weight, cell.bias), cell, (jnp.asarray(weight), jnp.asarray(bias))
        )
        drive = InputTerm(jnp.array([[0.3, 0.0], [0.0, 0.3]]))
        test = dataset.test
        dataset = dataset._replace(test=Pieces(test.values, (3_000 // pieces,) * pieces, test.inputs))
        network = Network(cell, IdentityObservation(2, 2), drive)
    settings = settings_of(lyapunov=LyapunovSettings(**{"num_steps": 3_000} | lyapunov))
    return TrainedNetwork(network, dataset, settings, 0, lambda: truth)


def test_a_linear_network_has_its_eigenvalues():
    found = Lyapunov().after_training(trained(MATRIX, [50.0, 50.0]))
    per_step = found.summary["conditional"]["exponents_per_step"]
    np.testing.assert_allclose(per_step, np.log([0.9, 0.5]), rtol=1e-9)
    unit = found.summary["conditional"]["time_per_step"]
    assert found.summary["lambda_max"] == pytest.approx(np.log(0.9) / unit)
    assert found.summary["echo_state"]["verdict"] == "proven"


def test_a_network_with_two_responses_is_told_from_one_that_forgets():
    bistable = trained(2.5 * np.eye(2), [0.0, 0.0], activation="tanh", pieces=3)
    found = Lyapunov().of_run(bistable)
    assert found.summary["echo_state"]["verdict"] == "refuted"
    assert found.summary["echo_state"]["responses"] >= 2
    assert found.summary["lambda_max"] < 0


def test_the_true_exponents_stand_beside():
    spectrum = response_spectrum(
        Duffing(phase="input"), LyapunovSettings(system_steps=2_000, num_orbits=4), transient=500
    )
    truth = truth_of_system(spectrum, spectrum.checks)
    found = Lyapunov().after_training(trained(MATRIX, [50.0, 50.0], truth=truth))
    assert found.summary["lambda_max_true"] == pytest.approx(spectrum.exponents[0])
    assert found.summary["lambda_max_relative_error"] == pytest.approx(
        found.summary["lambda_max"] / spectrum.exponents[0] - 1
    )


@pytest.mark.slow
@pytest.mark.parametrize("system", [Duffing(phase="input"), DrivenLorenz()])
def test_a_system_s_exponents_are_its_drive_s_and_the_conditional_ones(system):
    settings = LyapunovSettings(system_steps=20_000)
    found = response_spectrum(system, settings, transient=2_000)
    with jax.enable_x64(True):
        whole = lyapunov_spectrum(system, system.initial_state(), num_steps=100_000, transient=5_000)
    assert worst(found.checks) in (Grade.PASS, Grade.WARN)
    for value, error in zip(found.exponents, found.standard_error, strict=True):
        apart = np.abs(whole.exponents - value) / np.hypot(whole.standard_error, error)
        assert apart.min() < 4


def test_what_is_said_of_neighbours():
    along = Lyapunov().after_training(trained(MATRIX, [50.0, 50.0]))
    assert "neighbours under this input: meet, a tenth as far apart after 21.9 steps" in along.shown


def test_a_transient_beyond_the_inputs_is_what_is_named():
    with pytest.raises(
        ConfigError, match=r"^diagnostics.free_run.transient must be below 799 steps, .*, got 900$"
    ):
        FreeRunSettings(transient=900).along(799 - 900)
    with pytest.raises(
        ConfigError, match=r"^diagnostics.free_run.num_steps must be at most 99 steps, .* got 100$"
    ):
        FreeRunSettings(num_steps=100, transient=700).along(99)
