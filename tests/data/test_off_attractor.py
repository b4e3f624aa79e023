"""Orbits from off the attractor: where they start, what they are, and that nothing but training sees them."""

import dataclasses
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.data import DystsSeries, Preparation, SeriesFile, orbit, prepare
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.systems import DrivenLorenz, Duffing, Henon, Logistic, Lorenz63, MackeyGlass

SHORT = {"train_length": 400, "test_length": 300, "transient": 100}
OFF = {"off_attractor_orbits": 6, "off_attractor_steps": 30}
of_file = {"train_length": None, "test_length": None}


def of(system, **settings):
    """What is off the attractor, in the system's own units: (orbit, time, axis)."""
    dataset = prepare(system, Preparation(**{**SHORT, **OFF, **settings}))
    series = dataset.off_attractor.series
    assert set(series.lengths) == {series.lengths[0]}
    return dataset.scaling.invert(series.values).reshape(len(series.lengths), series.lengths[0], -1)


def stepped(system, states):
    with jax.enable_x64(True):
        return np.asarray(jax.vmap(system.step)(jnp.asarray(states)))


def test_pieces_are_orbits_that_start_off_the_attractor_by_the_spread():
    system = Lorenz63()
    found = of(system, off_attractor_spread=2.0, off_attractor_seed=5)
    on = orbit(system, num_steps=400, transient=100)
    rng = np.random.default_rng(5)
    chosen = on[rng.integers(0, 400, 6)]
    np.testing.assert_allclose(
        found[:, 0], chosen + 2.0 * on.std(0) * rng.standard_normal((6, 3)), atol=1e-11
    )
    np.testing.assert_allclose(
        found[:, 1:].reshape(-1, 3), stepped(system, found[:, :-1].reshape(-1, 3)), atol=1e-10
    )
    assert found.shape == (6, 30, 3)


@pytest.mark.parametrize("settings", [{}, {"noise": 0.1}, {"axes": (2, 0), "scaling": "global"}])
def test_everything_else_is_bit_by_bit_what_it_is_without_them(settings):
    without, beside = (prepare(Lorenz63(), Preparation(**SHORT, **settings, **off)) for off in ({}, OFF))
    assert without.off_attractor is None
    for name, left, right in zip(without._fields, without, beside, strict=True):
        if name != "off_attractor":
            assert_equal(left, right)


def assert_equal(left, right):
    if isinstance(left, Pieces):
        assert left.lengths == right.lengths
        left, right = left.values, right.values
    jax.tree.map(np.testing.assert_array_equal, left, right)


def test_they_are_scaled_and_seen_as_the_training_series_is():
    whole = of(Lorenz63())
    np.testing.assert_allclose(of(Lorenz63(), axes=(2, 1)), whole[:, :, [2, 1]], atol=1e-12)
    dataset = prepare(Lorenz63(), Preparation(**SHORT, **OFF))
    np.testing.assert_allclose(
        dataset.off_attractor.series.values, dataset.scaling.apply(whole.reshape(-1, 3)), atol=1e-12
    )


def test_delays_stay_within_an_orbit_which_is_as_much_longer():
    settings = {**SHORT, **OFF, "axes": (0,), "embedding_dimension": 3, "embedding_lag": 4}
    series = prepare(Lorenz63(), Preparation(**settings)).off_attractor.series
    assert series.lengths == (30,) * 6
    longer = of(Lorenz63(), axes=(0,), train_length=408, off_attractor_steps=38)[:, :, 0]
    dataset = prepare(Lorenz63(), Preparation(**settings))
    seen = dataset.scaling.invert(series.values).reshape(6, 30, 3)
    for delay in range(3):
        np.testing.assert_allclose(seen[:, :, delay], longer[:, 8 - 4 * delay : 38 - 4 * delay], atol=1e-12)


def test_noise_has_the_size_of_that_of_the_training_series():
    off = OFF | {"off_attractor_orbits": 100}
    clean, noisy = (prepare(Lorenz63(), Preparation(**SHORT, **off, noise=noise)) for noise in (0.0, 0.1))
    added = noisy.off_attractor.series.values - clean.off_attractor.series.values
    # 3000 draws know their standard deviation to 1/√6000 = 1.3 %; four of those.
    np.testing.assert_allclose(added.std(0), 0.1, rtol=0.052)
    assert abs(np.corrcoef(added[:400, 0], (noisy.train.values - clean.train.values)[:, 0])[0, 1]) < 0.2


def test_what_drives_a_system_is_not_moved():
    system = DrivenLorenz()
    dataset = prepare(system, Preparation(**SHORT, **OFF))
    series = dataset.off_attractor.series
    drive = dataset.input_scaling.invert(series.inputs).reshape(6, 30)
    on = orbit(system, num_steps=500, transient=100)
    for start, row in zip(drive[:, 0], drive, strict=True):
        at = np.abs(on[:400, 4] - start).argmin()
        np.testing.assert_allclose(row, on[at : at + 30, 4], atol=1e-9)


def test_the_phase_of_a_drive_and_the_smoothness_of_a_history_are_kept():
    with jax.enable_x64(True):
        state, push = jnp.array([1.0, 2.0, 3.0]), jnp.array([0.1, 0.2, 0.3])
        for phase in ("observed", "input"):
            np.testing.assert_allclose(Duffing(phase=phase).displaced(state, push), [1.1, 2.2, 3.0])
        system = MackeyGlass()
        history = jnp.linspace(0.0, 1.0, system.dimension)
        np.testing.assert_allclose(
            system.displaced(history, jnp.arange(system.dimension) / system.intervals), history + 1.0
        )


def test_orbits_that_escape_are_left_out_and_counted():
    # Of the logistic map all and only those that start outside [0, 1] do.
    settings = Preparation(
        **SHORT, off_attractor_orbits=200, off_attractor_steps=30, off_attractor_seed=1, scaling="none"
    )
    on = orbit(Logistic(), num_steps=400, transient=100)
    rng = np.random.default_rng(1)
    starts = on[rng.integers(0, 400, 200)] + on.std(0) * rng.standard_normal((200, 1))
    inside = starts[(starts >= 0) & (starts <= 1)]
    found = prepare(Logistic(), settings).off_attractor
    assert found.escaped == 200 - len(inside) > 0
    np.testing.assert_allclose(found.series.values[found.series.firsts, 0], inside, atol=1e-15)


@pytest.mark.parametrize(
    ("system", "settings", "message"),
    [
        (
            Henon(),
            {"off_attractor_spread": 100.0},
            "off_attractor_spread must be smaller: each of the 6 orbits from off the attractor goes too far or to "
            "infinity, got 100.0",
        ),
        (Henon(), {"off_attractor_orbits": -1}, "off_attractor_orbits must be at least 0 orbits, got -1"),
        (Henon(), {"off_attractor_steps": 1}, "off_attractor_steps must be at least 2 steps, got 1"),
        (Henon(), {"off_attractor_spread": 0.0}, "off_attractor_spread must be greater than 0, got 0.0"),
        (
            Henon(),
            {"off_attractor_share": 1.0},
            "off_attractor_share must be greater than 0 and less than 1, got 1.0",
        ),
        (Henon(), {"off_attractor_seed": -1}, "off_attractor_seed must be from 0 to 4294967295, got -1"),
    ],
)
def test_refused(system, settings, message):
    with pytest.raises(ConfigError) as refused:
        prepare(system, Preparation(**{**SHORT, **OFF, **settings}))
    assert str(refused.value) == message


def test_a_source_whose_states_cannot_be_set(monkeypatch, tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(0).standard_normal((100, 2)))
    with pytest.raises(ConfigError) as refused:
        prepare(SeriesFile(tmp_path / "a.npy"), Preparation(**of_file, **OFF))
    assert str(refused.value) == (
        "off_attractor_orbits must be 0 for SeriesFile, got 6; off_attractor_path names files of trials that start "
        "off the attractor"
    )
    monkeypatch.setattr("rnnchaos.data.dysts_series._flow", lambda name: None)
    monkeypatch.setattr(DystsSeries, "orbit", lambda *_, **__: pytest.fail("computed before it was refused"))
    with pytest.raises(ConfigError) as refused:
        prepare(DystsSeries("Lorenz", dt=0.1), Preparation(**{**SHORT, **OFF}))
    assert str(refused.value).startswith("off_attractor_orbits must be 0 for DystsSeries, got 6; its states")


@pytest.fixture
def recorded(tmp_path):
    """A recording, and a function that writes trials that start off the attractor."""
    rng = np.random.default_rng(0)
    np.save(tmp_path / "a.npy", rng.standard_normal((100, 2)))
    trials = 5 + rng.standard_normal((4, 20, 2))
    np.save(tmp_path / "far.npy", trials)
    return tmp_path, trials


def test_files_of_trials_are_read_like_the_others_and_serve_training_alone(recorded):
    folder, trials = recorded
    settings = Preparation(**of_file, axes=(1,), embedding_dimension=2, embedding_lag=3)
    without = prepare(SeriesFile(folder / "a.npy", dt=0.1), settings)
    source = SeriesFile(folder / "a.npy", dt=0.1, off_attractor_path=folder / "far.npy")
    beside = prepare(source, settings)
    for name, left, right in zip(without._fields, without, beside, strict=True):
        if name != "off_attractor":
            assert_equal(left, right)
    series, scaling = beside.off_attractor.series, beside.scaling
    assert (series.lengths, beside.off_attractor.escaped) == ((17,) * 4, 0)
    expected = np.concatenate([np.stack([trial[3:, 1], trial[:-3, 1]], axis=1) for trial in trials])
    np.testing.assert_allclose(scaling.invert(series.values), expected, atol=1e-12)


def test_bad_files_of_trials(recorded):
    folder, _ = recorded
    rows = [f"{0.2 * i:.1f},{i % 7},{i % 5}" for i in range(30)]
    (folder / "slow.csv").write_text("\n".join(["t,x,y", *rows]))
    rows = [f"{0.1 * i:.1f},{i % 7},{i % 5}" for i in range(60)]
    (folder / "fast.csv").write_text("\n".join(["t,x,y", *rows]))

    def refused(source, settings, message):
        with pytest.raises(ConfigError) as error:
            prepare(source, settings)
        assert str(error.value) == message

    plain = Preparation(**of_file)
    timed = SeriesFile(folder / "fast.csv", time_column="t", off_attractor_path=folder / "slow.csv")
    refused(
        timed,
        plain,
        "off_attractor_path must have the time step 0.1 of the training series, got 0.2 in, got "
        f"{str(folder / 'slow.csv')!r}",
    )
    again = dataclasses.replace(timed, off_attractor_path=(folder / "slow.csv", folder / "fast.csv"))
    refused(
        again, plain, f"off_attractor_path must name other files than path, got {str(folder / 'fast.csv')!r}"
    )
    short = SeriesFile(folder / "a.npy", off_attractor_path=folder / "far.npy")
    refused(
        short,
        dataclasses.replace(plain, embedding_dimension=2, embedding_lag=20),
        "off_attractor_path must hold pieces of more than the 20 rows that embedding takes, got "
        f"{str(folder / 'far.npy')!r}",
    )
    assert str(SeriesFile("a.npy", off_attractor_path="~/far.npy").off_attractor_path) == str(
        Path("~/far.npy").expanduser()
    )


def test_what_nothing_is_trained_for_goes_without():
    settings = Preparation(**SHORT, **OFF)
    assert settings.without_training() == Preparation(**SHORT, validation_length=2, off_attractor_steps=30)
