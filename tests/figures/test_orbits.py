"""Curves through the points of orbits."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from rnnchaos.figures.orbits import smooth


@pytest.mark.parametrize("count", [4, 5, 6, 40])
def test_coarse_orbits_are_cubic_splines_through_their_points(count):
    angle = np.radians(30.0) * np.arange(count)
    points = np.stack([np.cos(angle), np.sin(2 * angle)], axis=1)
    curve = smooth(points)
    finer = (len(curve) - 1) // (count - 1)
    assert finer > 1
    np.testing.assert_array_equal(curve[::finer], points)
    spline = CubicSpline(np.arange(count), points)
    np.testing.assert_allclose(curve, spline(np.arange(len(curve)) / finer), atol=1e-12)
