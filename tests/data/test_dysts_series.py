"""Flows of the dysts package as series: the same orbit as our own equations, and one line where there is none."""

import sys

import jax
import numpy as np
import pytest

from rnnchaos.data import DystsSeries, Preparation, prepare
from rnnchaos.data.dysts_series import _flow
from rnnchaos.errors import ConfigError
from rnnchaos.systems import Lorenz63


@pytest.fixture
def dysts():
    return pytest.importorskip("dysts")


@pytest.fixture
def without_dysts(monkeypatch):
    monkeypatch.setitem(sys.modules, "dysts", None)
    monkeypatch.setitem(sys.modules, "dysts.base", None)
    monkeypatch.setitem(sys.modules, "dysts.flows", None)
    _flow.cache_clear()
    yield
    _flow.cache_clear()


@pytest.mark.usefixtures("dysts")
def test_the_orbit_and_its_sampling_are_those_of_the_equations():
    # Of 5 time units at λ_max = 0.9, errors grow by e^4.5; Runge–Kutta's at steps of 1/1000 is about 1e-11 per step.
    flow = _flow("Lorenz")
    system = Lorenz63(sigma=10.0, rho=28.0, beta=2.667, dt=0.01, substeps=10)
    with jax.enable_x64(True):
        start = jax.numpy.asarray(flow.ic)
        _, expected = jax.jit(lambda x: jax.lax.scan(lambda x, _: (system.step(x), x), x, None, 500))(start)
    found = DystsSeries("Lorenz", dt=0.01).orbit(num_steps=400, transient=100)
    np.testing.assert_allclose(found, np.asarray(expected)[100:], atol=1e-6)


@pytest.mark.usefixtures("dysts")
def test_the_interval_is_a_hundredth_of_the_period_or_what_is_set():
    assert DystsSeries("Lorenz").time_per_step == _flow("Lorenz").period / 100
    assert DystsSeries("Lorenz", dt=0.02).time_per_step == 0.02


@pytest.mark.usefixtures("dysts")
def test_unbounded_phases_are_shown_bounded():
    # The phase of the driving force grows with time; its cosine is the third axis.
    series = DystsSeries("Duffing")
    seen = series.orbit(num_steps=300, transient=0)
    assert seen.shape == (300, series.num_axes) == (300, 3)
    phase = _flow("Duffing").ic[2] + _flow("Duffing").omega * series.time_per_step * np.arange(300)
    np.testing.assert_allclose(seen[:, 2], np.cos(phase), atol=1e-8)


@pytest.mark.usefixtures("dysts")
def test_it_is_split_like_the_orbit_of_a_system():
    settings = Preparation(train_length=60, test_length=30, transient=20, axes=(0, 2), scaling="none")
    series = DystsSeries("Rossler")
    dataset = prepare(series, settings)
    whole = series.orbit(num_steps=200, transient=0)[:, [0, 2]]
    # The solver's steps do not depend on where the orbit is sampled, only on where it ends.
    np.testing.assert_allclose(dataset.train.values, whole[20:80], atol=1e-7)
    np.testing.assert_allclose(dataset.test.values, whole[100:130], atol=1e-7)
    np.testing.assert_allclose(dataset.second_test.values, whole[150:180], atol=1e-7)
    assert dataset.time_per_step == series.time_per_step
    assert dataset.axis_names == ("x", "z")
    assert dataset.continuous


def refused(message, *arguments, **settings):
    with pytest.raises(ConfigError) as error:
        DystsSeries(*arguments, **settings)
    assert str(error.value) == message


@pytest.mark.usefixtures("without_dysts")
def test_without_the_package_one_line_says_how_to_get_it():
    refused("the flows of dysts need the dysts package: pip install 'rnnchaos[dysts]'", "Lorenz")


def test_dt_must_be_positive():
    refused("dt must be greater than 0 time units, got 0.0", "Lorenz", dt=0.0)


@pytest.mark.usefixtures("dysts")
def test_an_unknown_flow_names_the_nearest():
    refused(
        "system must name a flow of dysts, got 'lorenz63'; did you mean Lorenz96, Lorenz or Lorenz84?",
        "lorenz63",
    )


@pytest.mark.usefixtures("dysts")
@pytest.mark.parametrize("name", ["DynSys", "np", "staticjit", "__builtins__"])
def test_nothing_but_a_flow_is_loaded(name):
    with pytest.raises(ConfigError, match=f"^system must name a flow of dysts, got '{name}'; did you mean "):
        DystsSeries(name)


@pytest.mark.usefixtures("dysts")
def test_delays_are_refused():
    refused("system must be a flow without delays, got 'MackeyGlass'", "MackeyGlass")


@pytest.mark.usefixtures("dysts")
def test_an_orbit_that_escapes(monkeypatch):
    series = DystsSeries("Lorenz", dt=0.1)
    monkeypatch.setattr(_flow("Lorenz"), "rhs", lambda state, time: state**2 + 1.0)
    with pytest.raises(ConfigError, match=r"^Lorenz of dysts has no orbit to 1.9: Required step size"):
        series.orbit(num_steps=20, transient=0)
