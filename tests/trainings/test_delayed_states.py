"""A network whose state stands for several observations: trained on all, measured, kept and run on the newest."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from composed import settings
from rich.console import Console

from rnnchaos.data import Preparation, prepare
from rnnchaos.diagnostics.forced import forced_findings
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.continuation import history_of
from rnnchaos.measurements.stored_run import open_run
from rnnchaos.models import Delays
from rnnchaos.models.simulation import forecasts, histories
from rnnchaos.pieces import Pieces
from rnnchaos.systems import EquationsFlow
from rnnchaos.trainings.delays import shown, unfolded
from rnnchaos.trainings.experiment import prepare_experiment
from rnnchaos.trainings.running import train

SHORT = (
    "experiment=smoke", "model=shrnn", "model.layer_size=5", "model.hidden_size=5", "model.observation=identity",
    "optimizer=gauss_newton", "training.num_steps=20", "training.record_every=10", "protocol.tau=8",
    "diagnostics.figures=false", "model.embedding_dimension=2", "model.embedding_lag=3", "model.embedding_axes=[0,2]",
)  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A short training, and its record."""
    outputs = tmp_path_factory.mktemp("outputs")
    record = train(settings(*SHORT, f"outputs={outputs}"), Console(quiet=True)).record
    return open_run(Path(record["run"]), ()), record


def test_a_stored_run_measures_what_the_training_did(run):
    opened, record = run
    assert (opened.network.history, opened.network.cell.hidden_size) == (4, 5)
    assert record["state_size"] == 5
    for metric in opened.subject.evaluation.metrics:
        if metric.name in ("n_step_error", "d_stsp", "wasserstein"):
            assert metric.value == record[metric.name]
    assert opened.settings.model.past == Delays(2, 3, (0, 2))


def test_forecasts_start_from_the_delayed_rows_and_too_few_are_refused(run):
    opened, _ = run
    test = opened.dataset.test
    starts = histories(opened.network, test, np.array([9]))
    (first,) = forecasts(opened.network, starts, num_steps=1)
    state = np.r_[test.values[9], test.values[6, [0, 2]]]
    again = opened.network.observe(opened.network.step(jnp.asarray(state, jnp.float32)))
    np.testing.assert_allclose(first[0], again, rtol=1e-5)
    with pytest.raises(
        ConfigError, match="history must have at least 4 rows, which this network starts from, got 3"
    ):
        history_of(opened.units, opened.network, np.zeros((3, 3)))


def test_the_forced_network_is_that_of_all_observations(run):
    opened, _ = run
    assert opened.subject.forcing().describe() == "forced every 8 steps"
    said = forced_findings(opened.subject).summary["forced_sentence"]
    assert said.startswith("forced: forced every 8 steps: λ_max is -inf")


def test_training_sees_the_delays_and_nothing_else_does(run):
    opened, _ = run
    dataset = opened.dataset
    delayed = unfolded(dataset, Delays(2, 3, (0, 2)))
    np.testing.assert_array_equal(
        delayed.train.values[0], np.r_[dataset.train.values[3], dataset.train.values[0, [0, 2]]]
    )
    assert delayed.validation is dataset.validation
    assert unfolded(dataset, Delays()) is dataset


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["model.embedding_axes=[3]"], "model.embedding_axes must be from 0 to 2, the observed dimensions, got [3]"),
        (["model.embedding_axes=[1,1]"], "model.embedding_axes must name each axis once, got [1, 1]"),
        (["model.embedding_lag=0"], "model.embedding_lag must be at least 1 step, got 0"),
        (["model.embedding_dimension=0"], "model.embedding_dimension must be from 1 to 1000, got 0"),
        (["model.hidden_size=4"], "model.hidden_size must be at least the 5 observed dimensions, got 4"),
        (["model.embedding_lag=50000"], "model.embedding_lag must be at most 1999 steps for 2 delays in the 2000"),
        (
            ["optimizer=adamw", "protocol.jacobian_matching.strength=1", "protocol.jacobian_matching.source=equations"],
            "protocol.jacobian_matching.source must be data for a network that stands for several observations",
        ),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_in_one_line(words, said):
    with pytest.raises(ConfigError) as refused:
        prepare_experiment(settings(*SHORT, *words))
    assert str(refused.value).startswith(said)


def test_fitted_networks_have_delays_of_their_own():
    with pytest.raises(
        ConfigError, match=r"model\.embedding_dimension must be 1 for NextGenerationReservoir"
    ):
        prepare_experiment(settings("experiment=smoke", "model=ngrc", "model.embedding_dimension=2"))


class _Of(tuple):
    """A dataset, as far as the search for delays looks at it."""

    train = property(lambda self: self[0])
    continuous = property(lambda self: self[1])
    dimension = property(lambda self: self[0].dimension)


def test_a_phase_of_which_the_sine_is_hidden_takes_delays_of_its_cosine():
    phase = np.sqrt(2) / 10 * np.arange(6000)
    other = np.sin(phase / np.sqrt(3))
    hidden = Pieces.of(np.stack([other, np.cos(phase / np.sqrt(3)), np.cos(phase)], axis=1))
    model = settings("model=shrnn").model
    found = shown(model, _Of((hidden, True)), most=6)
    assert (found.delays.axes, found.whole) == ((2,), True)
    # One step apart, two cosines of a slow phase tell its sine under noise but badly.
    assert found.delays.past > 1
    fast = Pieces.of(np.stack([other, np.cos(phase / np.sqrt(3)), np.cos(10 * phase)], axis=1))
    assert shown(model, _Of((fast, True)), most=6).delays == Delays(2, 1, (2,))
    whole = Pieces.of(np.column_stack([hidden.values, np.sin(phase)]))
    assert shown(model, _Of((whole, True)), most=6).delays == Delays()
    noisy = Pieces.of(hidden.values + 0.05 * np.random.default_rng(0).standard_normal(hidden.values.shape))
    found = shown(model, _Of((noisy, True)), most=6)
    assert (found.delays, found.whole) == (Delays(), False)


def test_a_drive_whose_turn_two_close_observations_hide_under_noise_takes_them_farther_apart():
    formulas = {"x": "v", "v": "-0.05*v - x**3 + 7.5*cos(t)"}
    ueda = EquationsFlow(formulas, {"x": 2.5, "v": 0.0}, 0.1)
    found = shown(settings("model=shrnn").model, prepare(ueda, Preparation(train_length=20_000)), most=6)
    assert found.whole
    assert len(found.delays.columns(2)) == 4
    assert found.delays.lag > 1
