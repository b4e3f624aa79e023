"""Kantz's method, and what is judged of an exponent that was read off data."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.errors import RunError
from rnnchaos.series import (
    DataExponent,
    ZeroOne,
    better_of,
    data_checks,
    lyapunov_by_kantz,
    lyapunov_from_data,
)
from rnnchaos.series.linear_region import Fit
from rnnchaos.systems import Henon, Lorenz63
from rnnchaos.tangent import Grade


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
    for each, share in ((found, 0.1), (other, 0.25)):  # what so many points give
        assert each.standard_error < share * exact
        assert abs(each.exponent - exact) < 3 * each.standard_error
    assert other.curves.shape == (3, len(other.lags))
    assert len(other.fits) == 3
    # Wider neighbourhoods begin further apart.
    assert np.all(np.diff(other.curves[:, 0]) > 0)
    grades = graded(data_checks(found, other, false_share=0.0, zero_one=ZeroOne(0.99, 0.01)))
    # By chance two estimates are more than 2 standard errors apart, and so get a warning, in 1 of 20 series.
    assert grades.pop("two methods") is not Grade.FAIL
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


@pytest.mark.parametrize(
    ("exponent", "grade"), [(0.17, Grade.PASS), (0.16, Grade.UNDECIDED), (0.08, Grade.FAIL)]
)
def test_a_curve_that_rises_less_than_an_e_fold_tells_nothing(exponent, grade):
    # 6 time units long.
    assert graded(data_checks(made_up(exponent), None))["linear region"] is grade


def made_up(exponent=0.2, error=0.05, *, jump=0.0, straight=True, method="Rosenstein"):
    """An exponent whose closest neighbours are 5 e-folds apart from the attractor's size."""
    lags = np.arange(11.0)
    curve = exponent * lags - 5 + jump * (lags > 0)
    fit = Fit(exponent, error, (2.0, 8.0), 6 * exponent, 0.01, straight)
    return DataExponent(exponent, error, lags, curve[None], (fit,), 0.0, method)


def test_figures_of_the_checks():
    found, other = made_up(jump=0.3), made_up(0.0, method="Kantz")
    checks = {check.name: check for check in data_checks(found, other, deeper=made_up(0.25))}
    expected = {
        "linear region": (1.2, Grade.PASS),
        "straightness": (0.01, Grade.PASS),
        "neighbours": (5.0, Grade.PASS),
        "noise": (0.3, Grade.WARN),
        "positive": (4.0, Grade.PASS),
        "two methods": (0.2 / np.hypot(0.05, 0.05), Grade.WARN),
        "one more delay": (0.05 / np.hypot(0.05, 0.05), Grade.PASS),
    }
    assert set(checks) == set(expected)
    for name, (figure, grade) in expected.items():
        np.testing.assert_allclose(checks[name].figure, figure, rtol=1e-9)
        assert checks[name].grade is grade


def test_kantz_is_quoted_only_where_rosenstein_is_doubtful():
    sound, kantz, bent = made_up(), made_up(method="Kantz"), made_up(method="Kantz", straight=False)
    for doubtful in (made_up(jump=0.2), made_up(straight=False)):
        assert better_of(doubtful, kantz) is kantz
        assert better_of(doubtful, bent) is doubtful
        assert better_of(doubtful, None) is doubtful
    assert better_of(sound, kantz) is sound


def test_noise_is_seen_in_the_first_step():
    series = observed_orbit(Henon(), num_steps=5000, transient=1000)
    noise = np.random.default_rng(0).standard_normal(series.shape)
    grades = [
        graded(data_checks(lyapunov_from_data(series / series.std(0) + level * noise, dt=1.0), None))["noise"]
        for level in (0.0, 0.01)
    ]
    assert grades == [Grade.PASS, Grade.FAIL]


def test_too_few_neighbours_are_said():
    with pytest.raises(
        RunError, match=r"^fewer than 200 points of the series have 5 neighbours: it is too short$"
    ):
        lyapunov_by_kantz(np.random.default_rng(0).standard_normal((200, 6)), dt=1.0)
