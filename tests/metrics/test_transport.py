import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from rnnchaos.errors import ConfigError
from rnnchaos.metrics import sliced_wasserstein, wasserstein_estimate
from rnnchaos.metrics.transport import MOST_POINTS, unit_directions


def cloud(length=500, dimension=3, seed=0):
    return np.random.default_rng(seed).standard_normal((length, dimension))


def distance(truth, generated, *, seed=0, **settings):
    return sliced_wasserstein(truth, generated, rng=np.random.default_rng(seed), **settings)


def test_directions_have_length_one_and_stand_at_right_angles():
    directions = unit_directions(3, 64, np.random.default_rng(0))
    assert directions.shape == (64, 3)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1, rtol=1e-14)
    np.testing.assert_allclose(directions[3:6] @ directions[3:6].T, np.eye(3), atol=1e-14)


def test_directions_are_uniform_on_the_sphere():
    directions = unit_directions(3, 30_000, np.random.default_rng(0))
    # |u·e| is uniform on [0, 1] on the sphere in three dimensions: standard error .29/√30 000 = .0017 at most; four.
    np.testing.assert_allclose(np.abs(directions).mean(0), 0.5, atol=0.0067)


def test_there_may_be_fewer_directions_than_dimensions():
    directions = unit_directions(100, 64, np.random.default_rng(0))
    np.testing.assert_allclose(directions @ directions.T, np.eye(64), atol=1e-13)


@pytest.mark.parametrize("shift", [-0.3, 2.0, 1e6])
def test_a_shift_is_at_the_mean_of_its_projections(shift):
    truth = cloud() * [1, 5, 0.1] + [0, 3, -7]
    moved = truth + np.array([0, shift, 0])
    along = np.abs(unit_directions(3, 64, np.random.default_rng(4))[:, 1]).mean()
    np.testing.assert_allclose(
        distance(truth, moved, seed=4), abs(shift) / truth[:, 1].std() * along, rtol=1e-9
    )


def test_a_shift_by_a_standard_deviation_is_at_one_half_in_three_dimensions():
    truth = cloud(100)
    far = distance(truth, truth + np.eye(3)[0] * truth[:, 0].std(), num_directions=3_000)
    # Frames scatter less than independent directions would: .29/√3000 = .0053; four.
    np.testing.assert_allclose(far, 0.5, atol=0.021)


def test_a_fixed_point_at_the_mean_of_two_points_is_at_the_mean_of_their_projections():
    # Standardised, the points are ±(1, 1): each is |u·(1, 1)| away from the mean.
    truth = np.array([[0.0, 10.0], [2.0, 30.0]])
    directions = unit_directions(2, 64, np.random.default_rng(0))
    expected = np.abs(directions.sum(1)).mean()
    np.testing.assert_allclose(distance(truth, np.array([[1.0, 20.0]])), expected, rtol=1e-12)


def test_a_series_is_at_zero_from_itself():
    assert distance(cloud(), cloud()) == 0
    assert distance(cloud(MOST_POINTS + 7, 1), cloud(MOST_POINTS + 7, 1)) == 0


def test_order_in_time_has_no_part_in_it():
    shuffled = np.random.default_rng(1).permutation(cloud())
    assert distance(cloud(), shuffled) < 1e-14  # a product's rounding may hang on a row's place


def test_repeating_a_series_changes_nothing():
    np.testing.assert_allclose(distance(cloud(), np.tile(cloud(), (3, 1))), 0, atol=1e-14)


def test_symmetric_where_both_have_the_same_mean_and_deviation():
    one, other = cloud(400), cloud(700, seed=1) ** 3
    one, other = ((series - series.mean(0)) / series.std(0) for series in (one, other))
    assert distance(one, other) > 0.1
    np.testing.assert_allclose(distance(one, other), distance(other, one), rtol=1e-12)


@pytest.mark.parametrize(("length", "other"), [(500, 500), (500, 731), (1, 300), (2000, 3)])
def test_in_one_dimension_it_is_the_wasserstein_distance(length, other):
    truth = np.append(cloud(length, 1), [[5.0]], axis=0)
    generated = cloud(other, 1, seed=1) * 2 + 0.3
    expected = wasserstein_distance(truth[:, 0], generated[:, 0]) / truth.std()
    np.testing.assert_allclose(distance(truth, generated), expected, rtol=1e-11)


@pytest.mark.parametrize("noise", [1e-9, 1e-4, 0.1])
def test_where_distribution_functions_cross_often_it_is_the_wasserstein_distance(noise):
    truth = cloud(60_000, 1)
    generated = truth[:50_000] + noise * cloud(50_000, 1, seed=1)
    expected = wasserstein_distance(truth[:, 0], generated[:, 0]) / truth.std()
    np.testing.assert_allclose(distance(truth, generated), expected, rtol=1e-12)


@pytest.mark.parametrize("rows", [2, 6])
def test_a_cycle_that_is_too_long_to_sort_is_seen_in_all_its_phases(rows):
    cycle = np.arange(float(rows))[:, None]
    seen = np.tile(cycle, (4 * MOST_POINTS // rows, 1))
    # 100 000 draws, one of four neighbours: the mean is known to about half a deviation over √100 000; four of those.
    assert distance(cycle, seen) < 4 * 0.5 / np.sqrt(MOST_POINTS)


def test_grows_with_the_distance_without_end():
    truth = cloud()
    near, far, farther = (distance(truth, truth + shift) for shift in (1e-6, 10.0, 1e9))
    np.testing.assert_allclose([far / near, farther / near], [1e7, 1e15], rtol=1e-6)


def test_refuses_what_cannot_be_measured():
    with pytest.raises(
        ConfigError, match=r"^wasserstein has no scale on axis 1: the truth is constant there$"
    ):
        distance(cloud() * [1, 0, 1], cloud())
    with pytest.raises(ConfigError, match=r"^generated series must have the truth's 3 dimensions, got 2$"):
        distance(cloud(), cloud(dimension=2))
    with pytest.raises(ConfigError, match=r"^the generated series must be finite, but diverges at step 0"):
        distance(cloud(), np.full((10, 3), np.nan))


def noisy_cycle(seed, length=2000):
    """A cycle of 37.7 points from any phase, which blocks of a twentieth cut anywhere, 0.3 off its place."""
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * (np.arange(length) / 37.7 + rng.random())
    return np.column_stack([np.sin(phase), np.cos(phase)]) + 0.3 + 0.1 * rng.standard_normal((length, 2))


@pytest.mark.parametrize(
    ("truth", "another", "highest"),
    [
        (cloud(2000), lambda seed: cloud(2000, seed=seed) + 0.3, 1.5),
        # At the floor values are skewed: what holds their mean in 95 % is wider than their deviation.
        (cloud(2000), lambda seed: cloud(2000, seed=seed), 1.8),
        (noisy_cycle(0, 8000) - 0.3, noisy_cycle, 1.5),
    ],
    ids=["shifted", "at its floor", "cycle"],
)
def test_the_standard_error_is_that_over_series(truth, another, highest):
    found = [
        wasserstein_estimate(truth, another(seed), rng=np.random.default_rng(0)) for seed in range(1, 49)
    ]
    spread = np.std([each.value for each in found], ddof=1)
    # 48 values know their deviation to 10 %, and 12 waves that of one to 20 %, less in the mean; Student's t adds 11 %.
    assert 0.75 < np.mean([each.standard_error for each in found]) / spread < highest


def test_a_run_that_repeats_itself_has_no_scatter():
    repeated = wasserstein_estimate(
        cloud(), np.tile(cloud(50, seed=1), (20, 1)), rng=np.random.default_rng(0)
    )
    assert repeated.standard_error < 1e-12
    assert repeated.value == distance(cloud(), np.tile(cloud(50, seed=1), (20, 1)))
