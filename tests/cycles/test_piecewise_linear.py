"""All cycles of piecewise-linear maps: of maps solved by hand, and against trying every sequence of regions."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.cycles import all_cycles, find_cycles, regions_visited, same_cycle
from rnnchaos.errors import ConfigError
from rnnchaos.models import PLRNN, AlmostLinearRNN
from rnnchaos.typing import PiecewiseLinearMap


def linear_map(*parts):
    return PiecewiseLinearMap(*(jnp.asarray(part, dtype=jnp.float64) for part in parts))


def tent(peak=0.5):
    """x / p below its peak at p, (1 - x) / (1 - p) above."""
    up, down = 1 / peak, 1 / (1 - peak)
    return linear_map([[up]], [[-up - down]], [[1.0]], [-peak], [0.0])


def brute_force(wanted, period, bound):
    """Every isolated cycle, from every sequence of regions."""
    c, d, e, threshold, bias = (np.asarray(part) for part in wanted)
    size, units = d.shape

    def step(z):
        return c @ z + d @ np.maximum(e @ z + threshold, 0) + bias

    found = []
    for signs in itertools.product(itertools.product((0.0, 1.0), repeat=units), repeat=period):
        product, offset = np.eye(size), np.zeros(size)
        for sign in np.array(signs):
            jacobian = c + (d * sign) @ e
            product, offset = jacobian @ product, jacobian @ offset + bias + d @ (sign * threshold)
        z = np.linalg.solve(np.eye(size) - product, offset)
        points = [z]
        for _ in range(period):
            points.append(step(points[-1]))
        *points, end = np.array(points)
        returns = np.abs(end - z).max() < 1e-9
        sooner = any(np.abs(points[t] - z).max() < 1e-7 for t in range(1, period) if period % t == 0)
        known = any(np.abs(other - z).max() < 1e-7 for cycle in found for other in cycle)
        if returns and not sooner and not known and np.abs(points).max() <= bound:
            found.append(np.array(points))
    return found


@pytest.mark.parametrize("peak", [0.5, 0.3])
@pytest.mark.parametrize(("period", "number"), [(1, 2), (2, 1), (3, 2), (4, 3), (5, 6), (6, 9)])
def test_all_cycles_of_the_tent_map(period, number, peak):
    # The k-th iterate has 2^k fixed points, one for each sequence of the two branches.
    found = all_cycles(tent(peak), period=period, bound=1.0, time_limit=60.0)
    assert (len(found.cycles), found.complete, found.degenerate) == (number, True, 0)
    for cycle in found.cycles:
        above = np.count_nonzero(cycle.points > peak)
        multiplier = (-1 / (1 - peak)) ** above * (1 / peak) ** (period - above)
        np.testing.assert_allclose(cycle.multipliers, [multiplier], rtol=1e-9)


def test_the_cycles_of_the_tent_map_by_their_points():
    points = [all_cycles(tent(), period=k, bound=1.0, time_limit=60.0).cycles for k in (1, 2)]
    np.testing.assert_allclose(sorted(cycle.points[0, 0] for cycle in points[0]), [0, 2 / 3], atol=1e-12)
    np.testing.assert_allclose(np.sort(points[1][0].points[:, 0]), [0.4, 0.8], rtol=1e-12)


def test_a_cycle_counts_only_with_all_its_points_inside_the_box():
    assert len(all_cycles(tent(), period=1, bound=0.6, time_limit=60.0).cycles) == 1
    assert all_cycles(tent(), period=2, bound=0.79, time_limit=60.0).cycles == []
    assert len(all_cycles(tent(), period=2, bound=0.81, time_limit=60.0).cycles) == 1
    # The scale of the state makes no difference.
    large = tent()._replace(threshold=1e6 * tent().threshold)
    assert len(all_cycles(large, period=3, bound=1e6, time_limit=60.0).cycles) == 2


@pytest.mark.parametrize("period", [1, 2])
@pytest.mark.parametrize("seed", range(6))
def test_enumeration_agrees_with_trying_all_regions(seed, period):
    cell = PLRNN(4, key=jax.random.key(seed))
    # Large weights fold the state space, so that there are several cycles.
    cell = eqx.tree_at(lambda cell: (cell.weight, cell.bias), cell, (4 * cell.weight, 2 * cell.bias))
    expected = brute_force(cell.piecewise_linear(), period, bound=20.0)
    found = all_cycles(cell.piecewise_linear(), period=period, bound=20.0, time_limit=60.0)
    assert found.complete
    assert len(found.cycles) == len(expected)
    for points in expected:
        assert any(np.abs(cycle.points - points[0]).max(axis=1).min() < 1e-8 for cycle in found.cycles)


def test_an_almost_linear_network_of_many_units_is_enumerated_completely():
    cell = AlmostLinearRNN(20, 2, key=jax.random.key(1))
    bias = jax.random.normal(jax.random.key(9), (20,))
    cell = eqx.tree_at(lambda cell: (cell.weight, cell.bias), cell, (1.5 * cell.weight, bias))
    starts = np.random.default_rng(0).uniform(-5, 5, (50, 20))
    for period in (1, 2, 3):
        found = all_cycles(cell.piecewise_linear(), period=period, bound=50.0, time_limit=60.0)
        assert found.complete
        assert len(found.cycles) == len(brute_force(cell.piecewise_linear(), period, bound=50.0))
        for cycle in find_cycles(cell.step, starts, period=period):
            assert any(same_cycle(cycle, known) for known in found.cycles)
    assert len(all_cycles(cell.piecewise_linear(), period=1, bound=50.0, time_limit=60.0).cycles) > 0


def test_a_line_of_fixed_points_is_left_out_and_counted():
    # x above 0 is where it is; below, it is pulled to -1.
    wanted = linear_map([[0.5]], [[0.5]], [[1.0]], [0.0], [-0.5])
    bent = wanted._replace(bias=jnp.zeros(1))
    found = all_cycles(bent, period=1, bound=5.0, time_limit=60.0)
    assert (found.complete, found.degenerate) == (True, 1)
    found = all_cycles(wanted, period=1, bound=5.0, time_limit=60.0)
    assert (len(found.cycles), found.complete, found.degenerate) == (1, True, 0)
    assert found.cycles[0].kind == "stable node"
    # x' = -x: every pair ±x is a cycle, in the same region or across the kink.
    reflection = linear_map([[-1.0]], [[0.0]], [[1.0]], [0.0], [0.0])
    found = all_cycles(reflection, period=2, bound=5.0, time_limit=60.0)
    assert (found.cycles, found.complete) == ([], True)
    assert found.degenerate > 0


def test_a_map_without_units_that_bend_has_one_fixed_point_and_no_cycle():
    plain = linear_map([[0.5, 1.0], [0.0, -2.0]], np.zeros((2, 1)), [[1.0, 0.0]], [100.0], [1.0, 3.0])
    (found,) = all_cycles(plain, period=1, bound=10.0, time_limit=60.0).cycles
    np.testing.assert_allclose(found.points, [[4.0, 1.0]], rtol=1e-12)
    assert found.kind == "saddle"
    assert all_cycles(plain, period=2, bound=10.0, time_limit=60.0) == ([], True, 0)


def test_time_up_is_not_complete():
    found = all_cycles(tent(), period=4, bound=1.0, time_limit=1e-9)
    assert (found.cycles, found.complete) == ([], False)


def test_regions_of_the_tent_map():
    # 0.4, 0.8 in turn, and once 0.1.
    orbit = np.array([[0.4], [0.8], [0.4], [0.1]])
    found = regions_visited(tent(), orbit)
    assert found.number == 2
    assert found.patterns.tolist() == [[False], [True]]
    assert found.counts.tolist() == [3, 1]
    np.testing.assert_allclose(found.entropy, np.log(4) - 0.75 * np.log(3), rtol=1e-12)
    assert regions_visited(tent(), orbit[:1]).entropy == 0


def test_regions_of_many_units():
    # Twelve thresholds along one axis: an orbit that climbs over all of them sees thirteen regions.
    thresholds = -np.arange(12.0)
    ladder = linear_map([[1.0]], np.zeros((1, 12)), np.ones((12, 1)), thresholds, [0.0])
    found = regions_visited(ladder, np.arange(-0.5, 12.0)[:, None])
    assert found.number == 13
    assert sorted(found.patterns.sum(axis=1)) == list(range(13))
    np.testing.assert_allclose(found.entropy, np.log(13), rtol=1e-12)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"period": 0}, "period must be at least 1 step, got 0"),
        ({"bound": 0.0}, "bound must be above 0, got 0"),
        ({"time_limit": -1.0}, "time_limit must be above 0, got -1"),
    ],
)
def test_bad_input(settings, message):
    with pytest.raises(ConfigError, match=f"^{message}$"):
        all_cycles(tent(), **({"period": 1, "bound": 1.0, "time_limit": 1.0} | settings))
