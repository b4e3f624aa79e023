"""Points drawn to orbits of a map: the least-squares answer where the map is linear, and less noise where it is not."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.pieces import Pieces
from rnnchaos.series.smooth_maps import SmoothMap
from rnnchaos.series.smoothed import smoothed, smoothed_by_local_maps
from rnnchaos.systems import Henon

A = np.array([[0.6, -0.7], [0.7, 0.6]])


@pytest.mark.parametrize("step", [1, 2])
def test_of_a_linear_map_it_is_linear_least_squares(step):
    random = np.random.default_rng(0)
    known = random.standard_normal((400, 2))
    moves = SmoothMap(known, known @ A.T - known, width=1.0)
    points, lengths = random.standard_normal((19, 2)), (9, 3, 7)
    pairs = [
        (t, t + step)
        for first, n in zip((0, 9, 12), lengths, strict=True)
        for t in range(first, first + n - step)
    ]
    follows = np.zeros((len(pairs), 2, 19, 2))
    for row, (now, then) in enumerate(pairs):
        follows[row, :, then], follows[row, :, now] = np.eye(2), -A
    factors = np.vstack([np.eye(38), follows.reshape(-1, 38) / 0.3])
    goals = np.concatenate([points.ravel(), np.zeros(2 * len(pairs))])
    wanted = np.linalg.lstsq(factors, goals, rcond=None)[0].reshape(19, 2)
    np.testing.assert_allclose(smoothed(Pieces(points, lengths), moves, step).values, wanted, atol=1e-8)


def test_noise_of_one_percent_is_more_than_halved():
    clean = observed_orbit(Henon(), num_steps=3_000, transient=1_000)
    noise = 0.01 * clean.std(0) * np.random.default_rng(0).standard_normal(clean.shape)
    seen = clean + noise
    moves = SmoothMap(seen[:-1], seen[1:] - seen[:-1], width=0.4)
    left = smoothed(Pieces.of(seen), moves, 1).values - clean
    assert np.sqrt(np.mean(left**2)) < 0.5 * np.sqrt(np.mean(noise**2))


def test_points_on_orbits_of_a_linear_map_stay_where_they_are():
    spiral, points = np.array([[0.9, -0.5], [0.5, 0.8]]) / np.sqrt(0.97), [np.array([1.0, 0.0])]
    for _ in range(299):
        points.append(spiral @ points[-1])
    series = Pieces(np.array(points), (120, 180))
    drawn = smoothed_by_local_maps(series, 1, count=12, quadratic=False, apart=1)
    np.testing.assert_allclose(drawn.values, series.values, atol=1e-6)


@pytest.mark.parametrize(("quadratic", "count"), [(False, 30), (True, 48)])
def test_local_maps_halve_noise_too(quadratic, count):
    clean = observed_orbit(Henon(), num_steps=3_000, transient=1_000)
    noise = 0.01 * clean.std(0) * np.random.default_rng(0).standard_normal(clean.shape)
    drawn = smoothed_by_local_maps(Pieces.of(clean + noise), 1, count=count, quadratic=quadratic, apart=1)
    assert np.sqrt(np.mean((drawn.values - clean) ** 2)) < 0.5 * np.sqrt(np.mean(noise**2))
