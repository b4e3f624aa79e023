"""Exponents from Jacobians of fitted maps: exact where the maps are, and of noise none."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.pieces import Pieces
from rnnchaos.series import judged_exponent, lyapunov_by_maps
from rnnchaos.series.local_maps import local_maps, neighbours_of
from rnnchaos.series.map_exponents import maps_of_series
from rnnchaos.series.smooth_maps import SmoothMap
from rnnchaos.systems import Arneodo, Henon, Lorenz63, Tinkerbell


@pytest.fixture(scope="module")
def henon():
    return observed_orbit(Henon(), num_steps=3_000, transient=1_000)


def noisy(series, level):
    return series + level * series.std(0) * np.random.default_rng(0).standard_normal(series.shape)


def test_a_quadratic_map_is_found_exactly(henon):
    found = SmoothMap(henon[:-1], henon[1:], width=1.0)
    assert found.error < 1e-10
    np.testing.assert_allclose(found(henon[:5]), henon[1:6], atol=1e-10)
    exact = np.zeros((len(henon), 2, 2))
    exact[:, 0, 0], exact[:, 0, 1], exact[:, 1, 0] = -2.8 * henon[:, 0], 1, 0.3
    np.testing.assert_allclose(found.jacobians(henon), exact, atol=1e-7)


def test_there_are_none_of_more_dimensions_than_a_recording_has_points_for():
    series = np.random.default_rng(0).standard_normal((600, 21))
    assert lyapunov_by_maps(series, dt=1.0) is None
    assert lyapunov_by_maps(series[:, :20], dt=1.0) is not None


def test_jacobians_are_the_slopes_of_the_map():
    points = np.random.default_rng(0).uniform(-1, 1, (400, 2))
    found = SmoothMap(points, np.sin(3 * points[:, :1] * points[:, 1:]), width=0.5)
    step = 1e-6 * np.eye(2)
    slopes = [(found(points + h) - found(points - h)) / 2e-6 for h in step]
    np.testing.assert_allclose(found.jacobians(points), np.stack(slopes, axis=-1), atol=1e-6)


@pytest.mark.parametrize("quadratic", [False, True])
def test_of_a_linear_map_local_maps_are_that_map(quadratic):
    step = np.array([[0.5, 0.7], [-0.2, 1.1]])
    starts = np.random.default_rng(0).standard_normal((600, 2))
    series = Pieces(np.stack([starts, starts @ step.T], axis=1).reshape(-1, 2), (2,) * 600)
    queries = series.ends(after=1)[::20]
    near = neighbours_of(series, queries, count=24, step=1, apart=1)
    found = local_maps(series, queries, near, count=24, step=1, quadratic=quadratic)
    assert found.error < 1e-6
    # The ridge takes some 1e-7 of them.
    np.testing.assert_allclose(found.jacobians, np.broadcast_to(step, (30, 2, 2)), atol=1e-5)


def test_exponents_of_henon(henon):
    found = lyapunov_by_maps(henon, dt=1.0)
    assert found.founded
    assert found.standard_error < 0.02
    assert abs(found.exponent - 0.41909) < 3 * found.standard_error
    # Areas shrink by .3 everywhere.
    np.testing.assert_allclose(found.best.exponents.sum(), np.log(0.3), atol=1e-6)


def test_units_of_time_and_of_axes_do_not_matter(henon):
    one, other = lyapunov_by_maps(henon, dt=1.0), lyapunov_by_maps(henon * [3.0, 1e4] + 5.0, dt=0.1)
    np.testing.assert_allclose(other.exponent, 10 * one.exponent, rtol=1e-6)


def test_a_flow_has_a_neutral_exponent():
    series = observed_orbit(Lorenz63(), num_steps=8_000, transient=1_000)[::2]
    found = lyapunov_by_maps(series, dt=0.02)
    assert found.founded
    assert abs(found.exponent - 0.9056) < 3 * found.standard_error
    assert np.abs(found.best.exponents[1]) < 0.05
    np.testing.assert_allclose(lyapunov_by_maps(noisy(series, 0.005), dt=0.02).exponent, 0.9056, rtol=0.1)


def test_a_map_that_spikes_now_and_then_is_no_flow():
    """Rulkov's (2001, Phys. Rev. Lett. 86, 183), whose own Jacobians give the exponent."""
    x, grown, tangent, points = np.array([-1.0, -2.9]), 0.0, np.array([1.0, 0.0]), []
    for t in range(6_000):
        slopes = np.array([[-8.2 * x[0] / (1 + x[0] ** 2) ** 2, 1.0], [-0.001, 1.0]])
        x = np.array([4.1 / (1 + x[0] ** 2) + x[1], x[1] - 0.001 * (x[0] + 1)])
        tangent = slopes @ tangent
        if t >= 1_000:
            points.append(x)
            grown += np.log(np.linalg.norm(tangent))
        tangent /= np.linalg.norm(tangent)
    found = lyapunov_by_maps(np.array(points), dt=1.0)
    assert not found.flow
    assert abs(found.exponent - grown / 5_000) < 3 * found.standard_error
    assert found.founded


def test_a_hidden_axis_is_shown_by_another_delay(henon):
    found = maps_of_series(henon[:, :1], dt=1.0, axes=1, spacing=1)
    assert lyapunov_by_maps(henon[:, :1], dt=1.0).error > 0.1
    assert (found.delays_added, found.founded) == (1, True)
    assert abs(found.exponent - 0.41909) < 3 * found.standard_error


def test_a_circle_noise_and_what_is_driven_have_none():
    phase = 0.7 * np.arange(3_000.0)
    circle = lyapunov_by_maps(np.stack([np.cos(phase), np.sin(phase)], axis=1), dt=1.0)
    assert abs(circle.exponent) < 1e-4
    assert not circle.founded
    noise = lyapunov_by_maps(np.random.default_rng(0).standard_normal((2_000, 2)), dt=1.0)
    assert noise.error > 0.5
    assert not noise.founded
    values = np.random.default_rng(0).standard_normal((500, 1))
    assert lyapunov_by_maps(Pieces(values, (500,), values), dt=1.0) is None
    assert lyapunov_by_maps(values[:150], dt=1.0) is None


def test_pieces_give_the_exponent_of_one_run(henon):
    found = lyapunov_by_maps(Pieces(henon, (60,) * 50), dt=1.0)
    assert found.founded
    assert abs(found.exponent - 0.41909) < 3 * found.standard_error


@pytest.mark.slow
@pytest.mark.parametrize(
    ("system", "stride", "exact"), [(Tinkerbell(), 1, 0.190), (Arneodo(), 1, 0.236)], ids=repr
)
def test_with_noise_maps_give_the_number(system, stride, exact):
    series = noisy(observed_orbit(system, num_steps=5_000 * stride, transient=1_000)[::stride], 0.005)
    found = judged_exponent(series, dt=system.dt * stride if hasattr(system, "dt") else 1.0)
    assert found.method == "maps"
    assert found.grade.trusted
    assert abs(found.exponent - exact) < max(3 * found.standard_error, 0.1 * exact)


@pytest.mark.slow
def test_a_noisy_cycle_is_not_trusted():
    phase = 0.1 * np.arange(5_000.0)
    found = judged_exponent(noisy(np.stack([np.cos(phase), np.sin(phase)], axis=1), 0.01), dt=1.0)
    assert not found.grade.trusted
    assert not found.maps.founded
