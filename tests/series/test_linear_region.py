"""The linear region of curves whose shape is known."""

import numpy as np
import pytest

from rnnchaos.series.linear_region import STRAIGHT, fit_linear_region

LAGS = 0.1 * np.arange(101)


def groups(curve, spread=0.0):
    """Ten curves about one, with slopes ± `spread`."""
    signs = np.where(np.arange(10) % 2 == 0, 1.0, -1.0)
    return curve + spread * signs[:, None] * LAGS


def test_a_line_is_fitted_up_to_three_quarters_of_the_way():
    found = fit_linear_region(groups(0.5 * LAGS - 6), LAGS, half_period=5, saturated=0.0)
    assert found.slope == pytest.approx(0.5, rel=1e-12)
    assert found.standard_error == pytest.approx(0.0, abs=1e-12)
    assert found.bend == pytest.approx(0.0, abs=1e-12)
    assert found.straight
    # From half a period on; of the 6 nats to saturation 4.5 are gone after 9 time units.
    assert found.fit_range == pytest.approx((0.5, 9.0))
    assert found.rise == pytest.approx(0.5 * 8.5)


def test_the_spread_of_groups_is_the_error():
    found = fit_linear_region(groups(0.5 * LAGS - 6, spread=0.03), LAGS, half_period=5, saturated=0.0)
    assert found.slope == pytest.approx(0.5, rel=1e-12)
    assert found.standard_error == pytest.approx(0.03 / np.sqrt(9), rel=1e-9)


def test_what_comes_before_and_after_the_line_is_left_out():
    curve = np.minimum(0.5 * LAGS - 6, -2.8 + 0.05 * LAGS)
    curve = np.where(LAGS < 1, curve + 2 * (LAGS - 1), curve)
    found = fit_linear_region(groups(curve), LAGS, half_period=5, saturated=-1.0)
    first, last = found.fit_range
    assert first >= 1 - 1e-9
    assert last <= 7.5
    assert found.slope == pytest.approx(0.5, rel=0.02)
    assert found.bend <= STRAIGHT


def test_a_wave_of_a_whole_period_does_not_tilt_the_line():
    curve = 0.5 * LAGS - 6 + 0.1 * np.sin(2 * np.pi * LAGS)
    found = fit_linear_region(groups(curve), LAGS, half_period=5, saturated=0.0)
    assert abs(found.slope - 0.5) < 0.01
    assert found.straight


@pytest.mark.parametrize(
    "curve", [np.sqrt(LAGS + 0.01) - 3, np.log(LAGS + 0.1) - 3, np.full(101, -3.0)], ids=range(3)
)
def test_no_region_of_a_bent_or_level_curve_is_straight(curve):
    # The root rises by less than half a nat wherever it is straight, within three quarters of its way.
    found = fit_linear_region(groups(curve), LAGS, half_period=10, saturated=curve[-1])
    assert not found.straight or found.rise < 1
    assert found.standard_error >= 0


def test_saturated_from_the_start():
    found = fit_linear_region(groups(np.zeros(101)), LAGS, half_period=5, saturated=-0.1)
    assert not found.straight
    assert found.slope == 0
    assert found.fit_range == (0.5, 10.0)


def test_of_a_map_whose_neighbours_part_within_a_few_steps_the_first_ones_count():
    # From 3.9 nats below saturation by 1 and by 1.1 nats a step, and then ever more slowly.
    curve = np.array([-3.0, -2.0, -0.9, -0.1, 0.4, 0.7, *[0.9] * 20])
    found = fit_linear_region(np.tile(curve, (10, 1)), np.arange(26.0), half_period=1, saturated=0.9)
    assert found.slope == pytest.approx(1.05)
    assert found.fit_range == (0.0, 2.0)
    assert found.straight
    # Two steps are as uncertain as they are unlike, by .1; three of them would do as well, with a slope of .98.
    assert found.standard_error == pytest.approx(np.hypot(0.1, np.std([1.05, 0.98])))


def test_noise_that_is_gone_after_a_step_has_no_region():
    curve = np.array([-1.3, -0.1, 0.4, 0.7, *[0.9] * 20])
    found = fit_linear_region(np.tile(curve, (10, 1)), np.arange(24.0), half_period=1, saturated=0.9)
    assert not found.straight
