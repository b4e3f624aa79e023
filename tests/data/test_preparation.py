"""From a source to training and test series."""

import functools

import numpy as np
import pytest

from rnnchaos.data import Preparation, SeriesFile, delay_embedding, fit_scaling, orbit, prepare, too_short
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.systems import DrivenLorenz, EquationsMap, Henon, Lorenz63, TwoCycle

# Of a file as configs/dataset/file.yaml has it.
of_file = functools.partial(Preparation, train_length=None, test_length=None)
SHORT = {"train_length": 400, "test_length": 300, "transient": 100}


def test_series_are_scaled_stretches_of_one_orbit():
    system = Lorenz63()
    dataset = prepare(system, Preparation(**SHORT))
    states = orbit(system, num_steps=400 + 100 + 300 + 100 + 300, transient=100)
    np.testing.assert_allclose(dataset.scaling.invert(dataset.train.values), states[:400], atol=1e-12)
    np.testing.assert_allclose(dataset.scaling.invert(dataset.test.values), states[500:800], atol=1e-12)
    np.testing.assert_allclose(dataset.scaling.invert(dataset.second_test.values), states[900:], atol=1e-12)
    np.testing.assert_allclose(
        [dataset.train.values.mean(0), dataset.train.values.std(0)], [[0] * 3, [1] * 3], atol=1e-12
    )
    assert dataset.train.values.dtype == np.float64
    assert dataset.time_per_step == 0.01


def test_global_scaling_keeps_the_proportions_of_the_axes():
    series = np.random.default_rng(0).normal([0, 5], [1, 2], (1000, 2))
    scaling = fit_scaling(series, "global")
    assert scaling.mean[0] == scaling.mean[1] == series.mean()
    assert scaling.scale[0] == scaling.scale[1] == series.std()


def test_no_scaling():
    series = np.random.default_rng(0).normal([0, 5], [1, 2], (1000, 2))
    np.testing.assert_array_equal(fit_scaling(series, "none").apply(series), series)


def test_partial_observation():
    whole, partial = (prepare(Lorenz63(), Preparation(**SHORT, axes=axes)) for axes in (None, (2, 1)))
    np.testing.assert_array_equal(partial.test.values, whole.test.values[:, [2, 1]])
    assert partial.axis_names == ("z", "y")


def test_noise_is_added_to_the_training_series_alone():
    clean, noisy = (prepare(Lorenz63(), Preparation(**SHORT, noise=noise)) for noise in (0.0, 0.1))
    np.testing.assert_array_equal(noisy.test.values, clean.test.values)
    # 400 draws know their standard deviation to 1/√800 = 3.5 %; four of those.
    np.testing.assert_allclose((noisy.train.values - clean.train.values).std(0), 0.1, rtol=0.15)


def test_delay_embedding():
    series = np.arange(20.0)[:, None]
    embedded = delay_embedding(series, dimension=3, lag=4)
    assert embedded.shape == (12, 3)
    np.testing.assert_array_equal(embedded[0], [8, 4, 0])
    np.testing.assert_array_equal(embedded[-1], [19, 15, 11])


def test_embedding_keeps_the_lengths_asked_for():
    dataset = prepare(Henon(), Preparation(**SHORT, axes=(0,), embedding_dimension=3, embedding_lag=2))
    assert dataset.train.values.shape == (400, 3)
    assert dataset.test.values.shape == (300, 3)
    assert dataset.axis_names == ("x", "x(t-2)", "x(t-4)")
    np.testing.assert_array_equal(dataset.test.values[4:, 2], dataset.test.values[:-4, 0])


def test_a_file_is_split_into_training_validation_and_test(tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(0).standard_normal((100, 2)))
    dataset = prepare(SeriesFile(str(tmp_path / "a.npy"), dt=0.2), of_file())
    # Four fifths to train on, of which a tenth is kept back.
    assert [len(part) for part in (dataset.train.values, dataset.validation.values, dataset.test.values)] == [
        72,
        8,
        20,
    ]
    whole = np.concatenate([dataset.train.values, dataset.validation.values, dataset.test.values])
    np.testing.assert_allclose(dataset.scaling.invert(whole), np.load(tmp_path / "a.npy"), atol=1e-12)
    assert dataset.time_per_step == 0.2


def test_the_two_cycle_alternates():
    test = prepare(TwoCycle(), Preparation(**SHORT)).test.values
    np.testing.assert_allclose(np.abs(test), 1, atol=1e-12)
    np.testing.assert_allclose(test[1:], -test[:-1], atol=1e-12)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"train_length": -5}, "train_length must be at least 2 steps, got -5"),
        ({"transient": -1}, "transient must be at least 0 steps, got -1"),
        ({"noise": -0.1}, "noise must be at least 0, got -0.1"),
        ({"noise": float("nan")}, "noise must be at least 0, got nan"),
        ({"embedding_lag": 0}, "embedding_lag must be at least 1 step, got 0"),
        ({"axes": (0, 0)}, r"axes must name each axis once, got \[0, 0\]"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ConfigError, match=f"^{message}$"):
        Preparation(**settings)


def test_an_axis_that_does_not_exist():
    with pytest.raises(ConfigError, match=r"^axes must be within 0 … 2, got 3$"):
        prepare(Lorenz63(), Preparation(**SHORT, axes=(1, 3)))


def test_an_orbit_that_escapes():
    with pytest.raises(
        ConfigError, match=r"escapes to infinity after \d+ steps; Henon with these parameters"
    ):
        prepare(Henon(a=2.0), Preparation(**SHORT))


def test_states_whose_products_leave_float64_are_named():
    start = {"x": 1e199, "y": 1e199}
    large = EquationsMap({"x": "s*(1 - 1.4*(x/s)**2 + y/s)", "y": "0.3*x"}, start, {"s": 1e200})
    with pytest.raises(
        ConfigError, match=r"escapes to infinity .*; states start at 1e\+199, products of which"
    ):
        prepare(large, Preparation(**SHORT))


def test_a_constant_series(tmp_path):
    np.save(tmp_path / "a.npy", np.ones((100, 1)))
    with pytest.raises(
        ConfigError, match=r"^axis 0 \(x0\) of the series is constant at 1; there is nothing to learn in it$"
    ):
        prepare(SeriesFile(str(tmp_path / "a.npy")), of_file())


def test_a_series_that_is_too_short(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(10.0))
    with pytest.raises(ConfigError, match=r"10 rows are too few for train_length = 50"):
        prepare(SeriesFile(str(tmp_path / "a.npy")), of_file(train_length=50))


@pytest.mark.parametrize("scaling", ["axis", "global", "none"])
def test_all_axes_are_those_of_the_same_system_fully_observed(scaling):
    whole, partial = (
        prepare(Lorenz63(), Preparation(**SHORT, axes=axes, scaling=scaling, noise=noise))
        for axes, noise in ((None, 0.0), ((2, 1), 0.1))
    )
    # Means are added up in another order.
    np.testing.assert_allclose(partial.all_axes.test, whole.test.values, atol=1e-13)
    np.testing.assert_allclose(partial.all_axes.second_test, whole.second_test.values, atol=1e-13)


@pytest.mark.parametrize(
    "settings",
    [{}, {"axes": (1, 0)}, {"axes": (0,), "embedding_dimension": 2}],
    ids=["all", "turned", "embedded"],
)
def test_no_axis_is_hidden_that_is_observed_or_embedded_instead(settings):
    assert prepare(Henon(), Preparation(**SHORT, **settings)).all_axes is None


def test_columns_of_a_file_that_are_not_observed_are_hidden_axes(tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(0).normal([0, 5, 0], 1, (100, 3)))
    source = SeriesFile(str(tmp_path / "a.npy"))
    partial, whole = (prepare(source, of_file(axes=axes)) for axes in ((2, 0), None))
    np.testing.assert_array_equal(partial.all_axes.test, whole.test.values)
    assert whole.all_axes is None
    chosen = SeriesFile(str(tmp_path / "a.npy"), columns=(0, 2))
    assert prepare(chosen, of_file()).all_axes is None


def test_a_hidden_axis_that_is_constant_is_not_judged(tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(0).standard_normal((100, 3)) * [1, 0, 1])
    dataset = prepare(SeriesFile(str(tmp_path / "a.npy")), of_file(axes=(0, 2)))
    assert dataset.all_axes is None
    assert dataset.dimension == 2


@pytest.fixture
def measured(tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(0).standard_normal((101, 2)))
    return SeriesFile(str(tmp_path / "a.npy"), dt=0.2)


def test_a_measured_series_as_a_whole(measured):
    dataset = prepare(measured, of_file(whole=True))
    values = np.load(measured.path)
    for part in (dataset.train.values, dataset.validation.values, dataset.test.values):
        np.testing.assert_allclose(dataset.scaling.invert(part), values, atol=1e-12)
    np.testing.assert_array_equal(dataset.second_test.values, dataset.test.values[50:])


def test_of_a_whole_series_the_training_part_alone_is_noisy(measured):
    dataset = prepare(measured, of_file(whole=True, noise=0.1))
    np.testing.assert_array_equal(dataset.validation.values, dataset.test.values)
    assert np.all(dataset.train.values != dataset.test.values)


def test_a_whole_series_is_halved_after_its_embedding(measured):
    dataset = prepare(measured, of_file(whole=True, axes=(1,), embedding_dimension=3, embedding_lag=10))
    assert (
        dataset.train.values.shape == dataset.validation.values.shape == dataset.test.values.shape == (81, 3)
    )
    np.testing.assert_array_equal(dataset.second_test.values, dataset.test.values[40:])


@pytest.mark.parametrize("part", ["train", "test", "validation"])
def test_a_whole_series_has_no_parts(part):
    message = rf"^{part}_length must be null with whole=true, got 50$"
    with pytest.raises(ConfigError, match=message):
        of_file(**{f"{part}_length": 50}, whole=True)


def test_a_whole_series_has_no_validation_series_to_leave_out():
    whole = of_file(whole=True)
    assert whole.without_training() == whole
    assert Preparation(**SHORT).without_training() == Preparation(**SHORT, validation_length=2)


def test_a_system_is_not_judged_on_what_it_was_trained_on():
    with pytest.raises(ConfigError, match=r"^whole must be false for Henon, got true; it is for files"):
        prepare(Henon(), of_file(whole=True))


def test_pieces_without_a_window_are_told_and_what_comes_of_it():
    pieces = Pieces(np.zeros((70, 1)), (40, 30))
    assert too_short(pieces, 20) == ""
    assert too_short(pieces, 30).endswith("1 piece of 2 to train on, 30 steps, is not longer than the window of 30 "
                                          "steps, and left out of training")  # fmt: skip
    assert too_short(pieces, 40).endswith("of 40 steps, and a training refuses this (training.window)")


def test_a_whole_series_that_is_too_short(measured):
    short = of_file(whole=True, embedding_dimension=2, embedding_lag=98)
    message = r"a\.npy: whole needs at least 4 rows beyond the 98 lost to embedding, got 101$"
    with pytest.raises(ConfigError, match=message):
        prepare(measured, short)
    fits = prepare(measured, of_file(whole=True, embedding_dimension=2, embedding_lag=97))
    assert (len(fits.test), len(fits.second_test)) == (4, 2)


def test_inputs_of_a_system_go_with_their_rows_and_are_scaled_by_those_of_training():
    system = DrivenLorenz()
    dataset = prepare(system, Preparation(**SHORT))
    states = orbit(system, num_steps=400 + 100 + 300 + 100 + 300, transient=100)
    assert (dataset.input_names, dataset.dimension, dataset.flow) == (("v",), 3, False)
    invert = dataset.input_scaling.invert
    np.testing.assert_allclose(invert(dataset.train.inputs), states[:400, 4:5], atol=1e-12)
    np.testing.assert_allclose(invert(dataset.test.inputs), states[500:800, 4:5], atol=1e-12)
    np.testing.assert_allclose(dataset.train.inputs.std(0), 1, atol=1e-12)
    embedded = prepare(system, Preparation(**SHORT, embedding_dimension=3, embedding_lag=4, axes=(0,)))
    assert len(embedded.train.inputs) == len(embedded.train)
    at = embedded.scaling.invert(embedded.train.values)[:, 0]
    np.testing.assert_allclose(at, states[8:408, 0], atol=1e-12)
    np.testing.assert_allclose(
        embedded.input_scaling.invert(embedded.train.inputs), states[8:408, 4:5], atol=1e-12
    )
    assert prepare(Lorenz63(), Preparation(**SHORT)).train.inputs is None
    unscaled = prepare(system, Preparation(**SHORT, scaling="none"))
    np.testing.assert_array_equal(unscaled.train.inputs, states[:400, 4:5])
