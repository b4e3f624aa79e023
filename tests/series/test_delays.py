"""Delay and dimension of embeddings: what is known of maps, flows and noise."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.errors import ConfigError
from rnnchaos.series import choose_dimension, choose_lag
from rnnchaos.systems import Henon, Lorenz63, Rossler


def orbit(system, steps):
    return observed_orbit(system, num_steps=steps, transient=1000)


def test_information_of_a_series_about_itself():
    noise = np.random.default_rng(0).standard_normal((20_000, 1))
    found = choose_lag(noise, max_lag=5)
    # At lag 0 the entropy of 24 equal bins, less the bias (bins - 1)² / 2N, which is all that independent points show.
    bias = 23**2 / 40_000
    np.testing.assert_allclose(found.information[0], np.log(24) - bias, rtol=1e-3)
    np.testing.assert_allclose(found.information[1:], 0, atol=4 * np.sqrt(2) * 23 / 40_000)
    assert not found.minimum
    assert found.lag == 1


def test_an_autoregressive_series_tells_ever_less():
    random, x = np.random.default_rng(0), np.zeros(20_000)
    for t in range(1, len(x)):
        x[t] = 0.9 * x[t - 1] + random.standard_normal()
    found = choose_lag(x[:, None], max_lag=15)
    # Gaussian: -ln(1 - ρ²)/2 with ρ = .9^lag; 32 bins see a little less of it, and the bias of a finite sample more.
    expected = -np.log(1 - 0.9 ** (2 * np.arange(1, 6))) / 2
    np.testing.assert_allclose(found.information[1:6], expected, atol=0.06)
    assert not found.minimum
    assert found.information[found.lag] <= found.information[1] / np.e < found.information[found.lag - 1]


@pytest.mark.parametrize(
    ("system", "axis", "low", "high"),
    [(Lorenz63(), 0, 12, 22), (Rossler(), 0, 10, 20)],
    ids=["Lorenz63", "Rossler"],
)
def test_delays_of_flows(system, axis, low, high):
    # Lorenz: .16 to .18 time units (Fraser & Swinney); Rössler: a quarter of its period of 5.9 time units.
    found = choose_lag(orbit(system, 20_000)[:, [axis]])
    assert found.minimum
    assert low <= found.lag <= high


@pytest.fixture(scope="module")
def lorenz():
    return orbit(Lorenz63(), 12_000)[:, :1]


@pytest.mark.parametrize("length", [3_000, 6_000, 8_000, 10_000, 12_000])
@pytest.mark.parametrize("noise", [0.0, 0.01, 0.03])
def test_the_delay_of_one_series_does_not_hang_on_its_length_or_a_little_noise(lorenz, length, noise):
    x = lorenz[:length] + noise * lorenz.std() * np.random.default_rng(0).standard_normal((length, 1))
    found = choose_lag(x)
    assert found.minimum
    assert 16 <= found.lag <= 20


@pytest.mark.parametrize("stride", [2, 3])
def test_the_delay_of_a_flow_is_a_time(lorenz, stride):
    assert 0.15 <= 0.01 * stride * choose_lag(lorenz[::stride]).lag <= 0.2


def test_a_map_has_delay_one():
    x = orbit(Henon(), 10_000)[:, :1]
    found = choose_lag(x)
    assert (found.lag, found.minimum) == (1, False)
    assert choose_dimension(x, lag=1).dimension == 2


@pytest.mark.parametrize("noise", [0.01, 0.1, 0.3, 1.0])
def test_a_noisy_cycle_is_not_taken_for_a_map(noise):
    random, x, v, dt = np.random.default_rng(0), 1.0, 0.0, 0.02
    seen = np.empty(5_000)
    for t in range(5 * len(seen)):
        x, v = x + dt * v, v + dt * ((1 - x * x) * v - x) + 0.3 * np.sqrt(dt) * random.standard_normal()
        seen[t // 5] = x
    seen += noise * seen.std() * random.standard_normal(len(seen))
    # Van der Pol, 66 samples a period: about a quarter of it.
    assert 8 <= choose_lag(seen[:, None]).lag <= 28


@pytest.mark.parametrize(
    ("system", "lag", "dimension"), [(Henon(), 1, 2), (Lorenz63(), 16, 3), (Rossler(), 14, 3)], ids=repr
)
def test_dimensions(system, lag, dimension):
    found = choose_dimension(orbit(system, 10_000)[:, [0]], lag=lag)
    assert found.unfolded
    assert found.dimension == dimension
    assert np.all(np.diff(found.false_share) < 0)


def test_the_whole_state_needs_no_delays():
    assert choose_dimension(orbit(Lorenz63(), 10_000), lag=16).dimension == 1


def test_noise_is_never_unfolded():
    found = choose_dimension(np.random.default_rng(0).standard_normal((3000, 1)), lag=1)
    assert not found.unfolded
    assert found.false_share.min() > 0.1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: choose_lag(np.ones((10, 1))),
            "the series must hold at least 20 points to choose a delay, got 10",
        ),
        (lambda: choose_lag(np.ones((100, 1))), "the series must vary along every axis to choose a delay"),
        (
            lambda: choose_dimension(np.ones((100, 1)), lag=10),
            "the series must hold more than 110 points for 10 delays of 10 steps, got 100",
        ),
    ],
)
def test_refused(call, message):
    with pytest.raises(ConfigError) as refused:
        call()
    assert str(refused.value) == message
