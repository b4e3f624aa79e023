"""One axis alone gets the delays with which it is foretold, where nothing else was asked for."""

import numpy as np
import pytest
from composed import settings

from rnnchaos.data import observed_orbit
from rnnchaos.measurements.automatic_embedding import resolve_embedding
from rnnchaos.settings import build
from rnnchaos.settings.compose import compose
from rnnchaos.settings.read import read_system_settings
from rnnchaos.systems import Henon, Logistic

HARDLY = "embedding: one axis alone is foretold hardly better with "


def found(series, tmp_path, *words, of_training=True):
    np.save(tmp_path / "series.npy", series)
    given = ["dataset=file", f"dataset.path={tmp_path}/series.npy", *words]
    wanted = settings(*given) if of_training else read_system_settings(compose("source", given))
    chosen, said = resolve_embedding(build.source(wanted), wanted)
    return chosen.dataset.preparation.embedding, said


@pytest.fixture(scope="module")
def henon():
    return observed_orbit(Henon(), num_steps=4_000, transient=100)


@pytest.mark.parametrize("of_training", [True, False])
def test_x_of_henons_map_gets_the_delay_that_makes_it_a_function_of_the_past(henon, tmp_path, of_training):
    embedding, said = found(henon[:, :1], tmp_path, of_training=of_training)
    assert embedding == (2, 1)
    assert said.startswith("embedding: one axis alone does not show the state: delay 1 step (")


def test_an_axis_that_shows_the_state_is_left_as_it_is(tmp_path):
    series = observed_orbit(Logistic(r=3.9), num_steps=4_000, transient=100)
    assert found(series, tmp_path) == ((1, 1), None)


def test_noise_has_nothing_to_gain_from_delays(tmp_path):
    noise = np.random.default_rng(0).standard_normal((3_000, 1))
    embedding, said = found(noise, tmp_path)
    assert embedding == (1, 1)
    assert said.startswith(HARDLY)
    walk, said = found(np.cumsum(noise)[:, None], tmp_path)
    assert (walk, said.startswith(HARDLY)) == ((1, 1), True)


@pytest.mark.parametrize(
    ("words", "embedding"),
    [
        (["dataset.embedding_dimension=1"], (1, 1)),
        (["dataset.embedding_dimension=3"], (3, 1)),
        (["dataset.embedding_dimension=3", "dataset.embedding_lag=4"], (3, 4)),
        (["dataset.embedding_dimension=auto"], (2, 1)),
        # The network has its own.
        (["model.embedding_dimension=3"], (1, 1)),
        (["model=ngrc", "protocol=closed_form"], (1, 1)),
    ],
)
def test_what_is_asked_for_is_what_is_done(henon, tmp_path, words, embedding):
    assert found(henon[:, :1], tmp_path, *words)[0] == embedding


def test_a_lag_that_is_given_is_kept_where_the_delays_are_not(tmp_path):
    wave = np.sin(0.1 * np.arange(3_000))[:, None]
    assert found(wave, tmp_path, "dataset.embedding_lag=5")[0] == (2, 5)


def test_several_axes_and_driven_ones_are_not_embedded_unasked(henon, tmp_path):
    assert found(henon, tmp_path) == ((1, 1), None)
    np.savetxt(tmp_path / "driven.csv", henon, delimiter=",", header="x,u", comments="")
    wanted = settings("dataset=file", f"dataset.path={tmp_path}/driven.csv", "dataset.inputs=[u]")
    chosen, said = resolve_embedding(build.source(wanted), wanted)
    assert (chosen.dataset.preparation.embedding, said) == ((1, 1), None)


def test_a_series_too_short_to_tell_is_left_as_it_is(henon, tmp_path):
    assert found(henon[:120, :1], tmp_path) == ((1, 1), None)


def test_of_what_is_seen_of_a_system_its_observer_decides(tmp_path):
    wanted = settings("dataset=henon", "dataset.axes=[0]", "dataset.train_length=2000")
    chosen, said = resolve_embedding(build.source(wanted), wanted)
    assert (chosen.dataset.preparation.embedding, said) == ((1, 1), None)
