"""What stands for auto: chosen by what the data show, and only where nothing else was asked for."""

import jax
import numpy as np
import pytest
from composed import settings

from rnnchaos.models import Delays
from rnnchaos.settings import build
from rnnchaos.settings.recipe import grown, grown_in_words
from rnnchaos.trainings.recipe import resolved

SHORT = ["dataset.train_length=4000", "dataset.test_length=500", "dataset.transient=500"]


def chosen(*words):
    wanted = settings(*SHORT, *words)
    return resolved(wanted, build.dataset(build.source(wanted), wanted.dataset.preparation))


def test_a_whole_state_without_noise_takes_as_many_units_as_dimensions_and_gauss_newton_steps():
    found, told = chosen()
    cell = found.model.cell.arguments
    assert (cell["hidden_size"], cell["layer_size"], cell["initial"]) == (3, 50, "near_identity")
    assert (found.model.observation, found.optimizer.name, found.precision) == (
        "identity",
        "gauss_newton",
        "float64",
    )
    assert (found.training.num_steps, found.training.record_every, found.training.error_growth) == (
        800,
        20,
        1.1,
    )
    assert (found.training.attempts, found.training.attempt_growth) == (2, 1.4)
    assert told.startswith("recipe: the data show the whole state (local linear predictions err by ")
    assert told.endswith("): 3 units, a layer of 50, 800 Gauss–Newton steps")
    assert build.trainer(found, auto_tau=10).batch_size == 52


def test_a_model_without_a_layer_is_told_without_one():
    _, told = chosen("model=lstm", "optimizer=gauss_newton", "model.hidden_size=5", "training.num_steps=7")
    assert told.endswith(" standard deviations): 5 units, 7 Gauss–Newton steps")


@pytest.mark.parametrize("model", ["esn", "ngrc"])
def test_a_fit_in_closed_form_takes_no_steps_of_an_optimizer(model):
    found, told = chosen(f"model={model}", "optimizer=gauss_newton")
    assert told is None
    assert found.training.attempts == 1
    trainer = build.trainer(found, auto_tau=1)
    said = "fitted in closed form: one regression over the whole series, with no optimiser"
    assert (trainer.num_steps, trainer.describe()) == (1, said)


@pytest.mark.parametrize("system", ["chua", "lozi", "tent"])
def test_data_of_a_piecewise_linear_map_take_a_piecewise_linear_layer(system):
    found, told = chosen(f"dataset={system}", "dataset.train_length=20000", "model.layer_size=40")
    size = len(build.dataset(build.source(found), found.dataset.preparation).train.values[0])
    assert found.model.cell.target == "rnnchaos.models.ShallowPLRNN"
    assert found.model.cell.arguments == {"hidden_size": size, "layer_size": 40, "clipped": False}
    assert found.model.observation == "identity"
    assert told.startswith(
        "recipe: the data show the whole state of a piecewise-linear map (local linear predictions err"
    )
    units = "1 unit" if size == 1 else f"{size} units"
    assert told.endswith(f"): {units}, a piecewise-linear layer of 40, 800 Gauss–Newton steps")
    build.network(found, size, 0, key=jax.random.key(0))


@pytest.mark.parametrize(
    "words", [["model.activation=gelu"], ["model=bounded_shrnn"], ["model.initial=contracting"]]
)
def test_a_smooth_layer_that_is_asked_for_stays_smooth(words):
    found, told = chosen("dataset=lozi", *words)
    assert found.model.cell.target == "rnnchaos.models.ShallowRNN"
    assert told.endswith("): 2 units, a layer of 50, 800 Gauss–Newton steps")


@pytest.mark.parametrize("words", [["dataset.noise=0.05"], ["dataset.axes=[0]", "dataset.noise=0.05"]])
def test_noise_takes_units_that_are_not_observed_and_no_delays(words):
    found, told = chosen(*words)
    assert (found.model.embedding_dimension, found.protocol.regularization.input_noise) == (1, 0.0)
    cell = found.model.cell.arguments
    assert (cell["hidden_size"], cell["initial"], found.optimizer.name) == (10, "contracting", "adamw")
    assert (found.precision, found.training.num_steps, found.training.error_growth) == (
        "float32",
        12_000,
        1.3,
    )
    assert told.startswith(
        "recipe: the data hide a part of the state, or are noisy (local linear predictions err by"
    )
    assert told.endswith("): 10 units, a layer of 50, 12000 steps of adamw")
    assert build.trainer(found, auto_tau=10).batch_size == 8


@pytest.mark.parametrize(("size", "units", "layer"), [(10, 10, 50), (20, 20, 100)])
def test_data_of_many_dimensions_take_a_unit_for_each(size, units, layer):
    found, told = chosen("dataset=lorenz96", f"dataset.size={size}")
    cell = found.model.cell.arguments
    assert (cell["hidden_size"], cell["layer_size"], found.optimizer.name, told) == (
        units,
        layer,
        "adamw",
        None,
    )
    assert chosen("dataset=lorenz96", "model.hidden_size=7")[0].model.cell.arguments["hidden_size"] == 7


def test_a_hidden_part_that_delays_show_takes_them_and_as_many_units():
    found, told = chosen("dataset=duffing", "dataset.train_length=20000")
    past = found.model.past
    assert (past, found.model.cell.arguments["hidden_size"]) == (Delays(2, 1, (2,)), 4)
    assert (found.optimizer.name, found.protocol.regularization.input_noise) == ("gauss_newton", 1e-3)
    assert told.startswith(
        "recipe: the data hide a part of the state; with 2 delays of axis 2, 1 step apart, they show it (local linear"
    )


BRUSSELATOR = """
kind: flow
equations:
  x: 0.4 - 2.2*x + x**2*y + 0.05*cos(0.81*t)
  y: 1.2*x - x**2*y
initial_state: {x: 0.3, y: 2}
dt: 0.2
"""


def test_a_weak_drive_that_is_hidden_takes_delays_some_way_apart(tmp_path):
    file = tmp_path / "brusselator.yaml"
    file.write_text(BRUSSELATOR)
    found, told = chosen("dataset=equations", f"dataset.path={file}", "dataset.train_length=20000")
    assert found.model.past.number > 1
    assert found.model.past.lag > 1
    assert told.startswith("recipe: the data hide a part of the state")


@pytest.mark.parametrize("axes", ["[0,1]", "[1,2]"])
def test_two_of_three_axes_take_delays(axes):
    found, told = chosen(f"dataset.axes={axes}", "dataset.train_length=20000")
    assert found.model.past.number > 1
    assert found.model.cell.arguments["hidden_size"] == len(found.model.past.columns(2))
    assert told.startswith("recipe: the data hide a part of the state; with ")


@pytest.mark.parametrize(("system", "length"), [("thomas", 1500), ("aizawa", 1500), ("chen", 5000)])
def test_a_short_series_of_the_whole_state_takes_no_delays(system, length):
    assert chosen(f"dataset={system}", f"dataset.train_length={length}")[0].model.past.number == 1


@pytest.mark.parametrize(
    "words",
    [
        ["dataset=duffing", "model.embedding_dimension=1"],
        ["dataset=duffing", "dataset.embedding_dimension=2", "dataset.embedding_lag=1"],
        ["dataset=duffing", "model.hidden_size=3"],
    ],
)
def test_delays_are_not_chosen_where_the_settings_say_otherwise(words):
    found, _ = chosen(*words)
    assert (found.model.embedding_dimension, found.protocol.regularization.input_noise) == (1, 0.0)


def test_delays_that_are_asked_for_are_taken_by_any_model_and_optimizer():
    found, told = chosen("model=lstm", "model.embedding_dimension=2", "model.embedding_axes=[2]")
    assert told is None
    assert (found.model.past.number, found.model.past.axes, found.optimizer.name) == (2, (2,), "adamw")
    assert found.protocol.regularization.input_noise == 1e-3
    assert (
        chosen("model.embedding_dimension=2", "protocol.input_noise=0")[0].protocol.regularization.input_noise
        == 0
    )


@pytest.mark.parametrize(
    "words",
    [
        ["model=lstm"],
        ["optimizer=adam"],
        ["protocol=gtf"],
        ["model.hidden_size=7"],
        ["model.observation=linear"],
        ["protocol.flossing.strength=0.1"],
        ["optimizer.learning_rate=0.003"],
        ["optimizer.clip_norm=null"],
    ],
)
def test_what_is_asked_for_is_not_changed_and_brings_gradient_descent(words):
    found, told = chosen(*words)
    assert told is None
    assert found.optimizer.name in ("adam", "adamw")
    assert (found.precision, found.training.num_steps) == ("float32", 12_000)
    assert found.training.attempts == 1


def test_only_one_attempt_is_made_where_candidates_have_no_trial():
    assert chosen("training.keep=d_stsp")[0].training.attempts == 1
    assert chosen("training.attempts=5")[0].training.attempts == 5
    assert chosen("optimizer=adamw", "training.attempts=2")[0].training.attempts == 2


def test_later_attempts_are_larger_unless_a_size_is_given():
    found, _ = chosen()
    assert grown(found, 1) is found
    sizes = [
        (each.model.cell.arguments["layer_size"], each.training.num_steps)
        for each in (grown(found, number) for number in (2, 3))
    ]
    assert sizes == [(70, 1120), (98, 1568)]
    assert grown_in_words(found, 2) == ", with a layer of 70 and 1120 steps"
    memories = [build.trainer(grown(found, number), auto_tau=5).memory for number in (1, 2, 3)]
    assert memories == [8, 24, 72]
    kept, _ = chosen("optimizer=gauss_newton", "optimizer.memory=5")
    assert build.trainer(grown(kept, 2), auto_tau=5).memory == 5
    for word in ("training.num_steps=900", "model.layer_size=40"):
        given, _ = chosen(word)
        assert (given.training.attempt_growth, grown(given, 2), grown_in_words(given, 2)) == (1.0, given, "")
    assert chosen("training.num_steps=900", "training.attempt_growth=2")[0].training.attempt_growth == 2
    of_adamw, _ = chosen("model=lstm", "training.attempts=2", "training.attempt_growth=1.5")
    assert grown_in_words(of_adamw, 2) == ", with 18000 steps"


def test_numbers_that_are_set_stay():
    words = [
        "training.num_steps=30",
        "training.batch_size=5",
        "model.layer_size=9",
        "training.error_growth=1.5",
    ]
    found, told = chosen(*words, "precision=float32")
    assert told.endswith("3 units, a layer of 9, 30 Gauss–Newton steps")
    assert (found.training.num_steps, found.training.error_growth, found.precision) == (30, 1.5, "float32")
    assert build.trainer(found, auto_tau=10).batch_size == 5


def test_gauss_newton_steps_can_be_asked_for_whatever_the_data_show():
    found, told = chosen("optimizer=gauss_newton", "dataset.noise=0.05")
    assert (found.model.cell.arguments["hidden_size"], found.training.num_steps, found.precision) == (
        10,
        800,
        "float64",
    )
    assert told.endswith("10 units, a layer of 50, 800 Gauss–Newton steps")


def test_windows_of_gauss_newton_steps_hold_one_interval_and_without_one_as_many_steps_as_the_longest():
    for words, window in {("protocol.tau=7",): 7, ("protocol=gtf",): 12}.items():
        found, _ = chosen("optimizer=gauss_newton", *words)
        assert build.trainer(found).window == window


def test_settings_without_auto_are_left_as_they_are():
    found, _ = chosen()
    again, _ = resolved(found, build.dataset(build.source(found), found.dataset.preparation))
    assert again == found
    np.testing.assert_equal(again.model.cell.arguments, found.model.cell.arguments)
