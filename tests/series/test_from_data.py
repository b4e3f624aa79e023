"""λ_max from a series alone: systems of known exponent, orbits without one, and what must be refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.series import lyapunov_from_data


def flow(velocity, start, *, dt, length, substeps=2):
    h = dt / substeps

    def advance(x, _):
        for _ in range(substeps):
            k1 = velocity(x)
            k2 = velocity(x + h / 2 * k1)
            k3 = velocity(x + h / 2 * k2)
            k4 = velocity(x + h * k3)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return x, x

    return np.asarray(jax.lax.scan(advance, jnp.array(start), None, length + 1_000)[1][1_000:])


def lorenz(x):
    return jnp.stack([10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]])


def rossler(x):
    return jnp.stack([-x[1] - x[2], x[0] + 0.2 * x[1], 0.2 + x[2] * (x[0] - 5.7)])


def henon_series(length):
    series = np.zeros((length, 2))
    for t in range(1, length):
        x, y = series[t - 1]
        series[t] = 1 - 1.4 * x * x + y, 0.3 * x
    return series


@pytest.mark.parametrize(
    ("velocity", "start", "dt", "exact"),
    [(lorenz, [1.0, 1.0, 27.0], 0.01, 0.9056), (rossler, [1.0, 1.0, 0.0], 0.1, 0.0716)],
)
def test_flows_against_the_literature(velocity, start, dt, exact):
    found = lyapunov_from_data(flow(velocity, start, dt=dt, length=20_000), dt=dt)
    assert abs(found.exponent - exact) < 3 * found.standard_error
    assert found.standard_error < 0.12 * exact  # 7 and 11 %: what 20 000 points give
    first, last = found.fit_range
    assert 0 < first < last < found.lags[-1]
    assert found.lags.shape == found.divergence.shape


def test_map_against_the_literature():
    found = lyapunov_from_data(henon_series(10_000), dt=1.0)
    assert abs(found.exponent - 0.41909) < 3 * found.standard_error
    assert found.standard_error < 0.02


def test_units_of_time():
    series = henon_series(3_000)
    steps, seconds = lyapunov_from_data(series, dt=1.0), lyapunov_from_data(series, dt=0.01)
    assert seconds.exponent == pytest.approx(100 * steps.exponent)
    assert seconds.standard_error == pytest.approx(100 * steps.standard_error)
    assert seconds.fit_range == pytest.approx(np.array(steps.fit_range) / 100)


@pytest.mark.parametrize("frequencies", [[1.0], [1.0, np.sqrt(2)]])
def test_cycle_and_torus_have_exponent_zero(frequencies):
    angles = 0.1 * np.arange(5_000)[:, None] * np.array(frequencies)
    found = lyapunov_from_data(np.concatenate([np.cos(angles), np.sin(angles)], axis=1), dt=0.1)
    assert abs(found.exponent) < 1e-3  # an angle of .1 is sampled: distances are exact to its square


def test_noise_saturates_at_once():
    found = lyapunov_from_data(np.random.default_rng(0).standard_normal((3_000, 3)), dt=1.0)
    assert abs(found.exponent) < 3 * found.standard_error


@pytest.mark.parametrize(
    ("series", "settings", "message"),
    [
        (np.ones((500, 2)), {}, "the series must vary to have an exponent, got 500 equal points"),
        (np.full((500, 2), np.nan), {}, "the series must be finite, got nan or inf values"),
        (henon_series(15), {}, "the series must hold at least 20 points to show an exponent, got 15"),
        (
            henon_series(500),
            {"max_lag": 4},
            "max_lag must be at least 5 steps, got 4",
        ),
        (henon_series(500), {"dt": 0.0}, "dt must be greater than 0 time units, got 0.0"),
        (henon_series(500), {"theiler_window": -1}, "theiler_window must be at least 0 steps, got -1"),
        (
            henon_series(100),
            {"theiler_window": 40, "max_lag": 20},
            "the series must hold at least 112 points, for lags of 20 steps and neighbours more than "
            "40 steps apart, got 100",
        ),
    ],
)
def test_refused(series, settings, message):
    with pytest.raises(ConfigError) as caught:
        lyapunov_from_data(series, **{"dt": 1.0} | settings)
    assert str(caught.value) == message


def test_series_that_repeats_itself():
    with pytest.raises(RunError) as caught:
        lyapunov_from_data(np.tile(np.arange(5.0), 200)[:, None], dt=1.0)
    assert str(caught.value) == "neighbours in the series coincide and never part: it repeats itself exactly"


def test_a_stretch_of_equal_points_is_named():
    series = np.random.default_rng(3).standard_normal((2_000, 2))
    series[700:1_000] = series[700]
    with pytest.raises(
        RunError, match="since its rows 700 to 999 are all alike: leave them out, if a sensor hung"
    ):
        lyapunov_from_data(series, dt=1.0)
