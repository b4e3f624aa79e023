"""Nearest points: by all distances at once they are those that a tree finds."""

import numpy as np
import pytest
import scipy

from rnnchaos.series import nearest_points as module
from rnnchaos.series.nearest_points import nearest_points


@pytest.mark.parametrize(("coordinates", "count"), [(3, 1), (3, 5), (40, 1), (40, 5)])
def test_they_are_those_that_a_tree_finds(coordinates, count, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 400 * 70)  # several chunks
    points, asked = np.split(np.random.default_rng(0).standard_normal((700, coordinates)) + 100, [400])
    distances, found = nearest_points(points, asked, count)
    exact, rows = scipy.spatial.cKDTree(points).query(asked, k=[*range(1, count + 1)])
    np.testing.assert_array_equal(found, rows)
    np.testing.assert_allclose(distances, exact, rtol=1e-12)


def test_a_point_is_its_own_nearest():
    points = np.random.default_rng(0).standard_normal((300, 30)) + 1e3
    distances, found = nearest_points(points, points[::7], 2)
    np.testing.assert_array_equal(found[:, 0], np.arange(300)[::7])
    assert distances[:, 0].max() == 0 < distances[:, 1].min()
