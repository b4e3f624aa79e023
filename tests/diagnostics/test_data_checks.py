"""Kantz's method, and what is judged of an exponent that was read off data."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.diagnostics import Grade, ZeroOne, data_checks, lyapunov_by_kantz, lyapunov_from_data
from rnnchaos.errors import RunError
from rnnchaos.systems import Henon, Lorenz63


def graded(checks):
    return {check.name: check.grade for check in checks}


@pytest.mark.parametrize(
    ("system", "dt", "steps", "exact"),
    [(Lorenz63(), 0.01, 15_000, 0.9056), (Henon(), 1.0, 8_000, 0.41909)],
    ids=repr,
)
def test_two_methods_against_the_literature(system, dt, steps, exact):
    series = observed_orbit(system, num_steps=steps, transient=1000)
    found, other = lyapunov_from_data(series, dt=dt), lyapunov_by_kantz(series, dt=dt)
    for each in (found, other):
        assert abs(each.exponent - exact) < 3 * each.standard_error
        assert each.standard_error < 0.2 * exact
    # The narrowest of the three neighbourhoods holds too few points.
    assert other.curves.shape == (2, len(other.lags))
    assert len(other.fit_ranges) == 2
    # Wider neighbourhoods begin further apart.
    assert np.all(np.diff(other.curves[:, 0]) > 0)
    grades = graded(data_checks(found, other, false_share=0.0, zero_one=ZeroOne(0.99, 0.01)))
    assert set(grades.values()) == {Grade.PASS}


def test_noise_blurs_the_closest_neighbours_more_than_whole_neighbourhoods():
    series = observed_orbit(Lorenz63(), num_steps=15_000, transient=1000)
    noise = np.random.default_rng(0).standard_normal(series.shape)
    series = series / series.std(0) + 0.03 * noise
    found, other = lyapunov_from_data(series, dt=0.01), lyapunov_by_kantz(series, dt=0.01)
    assert abs(other.exponent - 0.9056) < abs(found.exponent - 0.9056)


def test_noise_fails():
    series = np.random.default_rng(0).standard_normal((3000, 3))
    found, other = lyapunov_from_data(series, dt=1.0), lyapunov_by_kantz(series, dt=1.0)
    grades = graded(data_checks(found, other, false_share=0.4))
    assert grades["linear region"] is Grade.FAIL
    assert grades["positive"] is Grade.FAIL
    assert grades["unfolded"] is Grade.FAIL


def test_figures_of_the_checks():
    lags = np.arange(11.0)
    curve = 0.2 * lags - 5
    found = lyapunov_from_data(observed_orbit(Henon(), num_steps=2000, transient=100), dt=1.0)._replace(
        exponent=0.2, standard_error=0.05, lags=lags, curves=curve[None], fit_ranges=((2.0, 8.0),)
    )
    checks = {check.name: check for check in data_checks(found, found._replace(exponent=0.0))}
    np.testing.assert_allclose(checks["linear region"].figure, 0.2 * 6, rtol=1e-12)
    np.testing.assert_allclose(checks["straightness"].figure, 0.0, atol=1e-12)
    np.testing.assert_allclose(checks["positive"].figure, 4.0, rtol=1e-12)
    np.testing.assert_allclose(checks["two methods"].figure, 0.2 / np.hypot(0.05, 0.05), rtol=1e-12)
    assert checks["two methods"].grade is Grade.WARN
    assert "0-1 test" not in checks


def test_too_few_neighbours_are_said():
    with pytest.raises(
        RunError, match=r"^fewer than 200 points of the series have 5 neighbours: it is too short$"
    ):
        lyapunov_by_kantz(np.random.default_rng(0).standard_normal((200, 6)), dt=1.0)
