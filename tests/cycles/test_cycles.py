"""Cycles and multipliers of maps that can be solved by hand, by search from random starts."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.cycles import Cycle, distinct, find_cycles
from rnnchaos.errors import ConfigError
from rnnchaos.systems import Henon, TwoCycle

A, B = 1.4, 0.3  # of the Hénon map x' = 1 - a x² + y, y' = b x


def starts(dimension, count=50, reach=2.0):
    return np.random.default_rng(0).uniform(-reach, reach, (count, dimension))


def points_of(cycles):
    return sorted(tuple(sorted(map(tuple, cycle.points.round(9) + 0.0))) for cycle in cycles)


@pytest.mark.parametrize(
    ("eigenvalues", "kind", "stable"),
    [
        ((0.5, -0.9), "stable node", True),
        ((2.0, -3.0), "unstable node", False),
        ((2.0, 0.5), "saddle", False),
        ((-1.0, 0.5), "non-hyperbolic", False),
        ((0.5, 0.0), "stable node", True),
    ],
)
def test_the_fixed_point_of_a_linear_map(eigenvalues, kind, stable):
    basis = np.array([[1.0, 0.3], [0.2, 1.0]])
    matrix = basis @ np.diag(eigenvalues) @ np.linalg.inv(basis)
    (found,) = find_cycles(lambda x: jnp.asarray(matrix) @ x + 1.0, starts(2), period=1)
    np.testing.assert_allclose(found.points[0], np.linalg.solve(np.eye(2) - matrix, np.ones(2)), rtol=1e-9)
    expected = sorted(eigenvalues, key=abs, reverse=True)
    np.testing.assert_allclose(found.multipliers, expected, atol=1e-12)
    assert (found.kind, found.period) == (kind, 1)
    if kind != "non-hyperbolic":  # there rounding decides
        assert found.stable == stable


def test_a_spiral_is_a_focus():
    for radius, kind in ((0.8, "stable focus"), (1.2, "unstable focus")):
        matrix = radius * jnp.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
        (found,) = find_cycles(lambda x, matrix=matrix: matrix @ x, starts(2), period=1)
        assert found.kind == kind
        np.testing.assert_allclose(found.exponents, np.log(radius), atol=1e-12)


def test_a_multiplier_of_zero_has_the_exponent_minus_infinity():
    (found,) = find_cycles(lambda x: 0 * x + 0.25, starts(2), period=1)
    assert found.exponents.tolist() == [-np.inf, -np.inf]


def test_two_cycles_of_two_axes_that_know_nothing_of_each_other():
    # In each axis 0 and ±3 are fixed points, with slopes -5/4 and 11/2, and ±1 is the only cycle, with -1/2.
    system = TwoCycle()
    fixed = find_cycles(system.step, starts(2, 200, 3.5), period=1)
    assert points_of(fixed) == sorted(((x, y),) for x in (-3, 0, 3) for y in (-3, 0, 3))
    np.testing.assert_allclose(fixed[0].multipliers, [-1.25, -1.25], rtol=1e-9)
    cycles = find_cycles(system.step, starts(2, 200, 3.5), period=2)
    assert len(cycles) == (5**2 - 3**2) / 2
    stable = [cycle for cycle in cycles if cycle.stable]
    assert points_of(stable) == [((-1, -1), (1, 1)), ((-1, 1), (1, -1))]
    for cycle in stable:
        np.testing.assert_allclose(cycle.multipliers, [0.25, 0.25], rtol=1e-9)
        np.testing.assert_allclose(cycle.exponents, -np.log(2), rtol=1e-9)
        assert cycle.kind == "stable node"


def test_henon():
    fixed = find_cycles(Henon(A, B).step, starts(2), period=1)
    roots = (-(1 - B) + np.array([1, -1]) * np.sqrt((1 - B) ** 2 + 4 * A)) / (2 * A)
    assert points_of(fixed) == sorted([((round(x, 9), round(B * x, 9)),) for x in roots])
    for found in fixed:
        x = found.points[0, 0]
        # Of [[-2 a x, 1], [b, 0]].
        expected = -A * x + np.array([1, -1]) * np.sqrt((A * x) ** 2 + B)
        np.testing.assert_allclose(np.sort(found.multipliers.real), np.sort(expected), rtol=1e-9)
        assert found.kind == "saddle"


def test_the_two_cycle_of_henon():
    (found,) = find_cycles(Henon(A, B).step, starts(2), period=2)
    # x_1 + x_2 = (1 - b)/a and x_1 x_2 = ((1 - b)² - a)/a², by subtracting the two equations.
    np.testing.assert_allclose(found.points[:, 0].sum(), (1 - B) / A, rtol=1e-9)
    np.testing.assert_allclose(found.points[:, 0].prod(), ((1 - B) ** 2 - A) / A**2, rtol=1e-9)
    np.testing.assert_allclose(found.multipliers.prod(), B**2, rtol=1e-9)  # |det J| = b at every point
    np.testing.assert_allclose(found.exponents.sum(), np.log(B), rtol=1e-9)


@pytest.mark.parametrize(("period", "number"), [(3, 0), (4, 1), (5, 0), (6, 2), (7, 4)])
def test_longer_cycles_of_henon_are_as_many_as_are_known(period, number):
    # Galias (2001), Int. J. Bifurcation Chaos 11, 2427: a proof of their numbers.
    found = find_cycles(Henon(A, B).step, starts(2, 100), period=period)
    assert len(found) == number
    assert all(cycle.residual < 1e-10 for cycle in found)


def test_one_and_the_same_cycle_whatever_point_it_begins_with():
    cycle = Cycle(np.array([[1.0], [2.0], [3.0]]), np.array([0.5 + 0j]), 0.0)
    shifted = cycle._replace(points=np.roll(cycle.points, 1, axis=0))
    other = cycle._replace(points=cycle.points + 0.1)
    repeated = cycle._replace(points=np.ones((2, 1)))
    assert [each.points[0, 0] for each in distinct([cycle, shifted, other, repeated])] == [1.0, 1.1]


def test_the_points_of_a_line_are_no_isolated_fixed_points():
    assert find_cycles(lambda x: x * jnp.array([1.0, 0.5]), starts(2), period=1) == []
    assert find_cycles(lambda x: x, starts(2), period=1) == []


def test_a_map_without_a_fixed_point_and_one_that_escapes():
    assert find_cycles(lambda x: x + 1.0 + x**2, starts(1), period=1) == []
    (found,) = find_cycles(lambda x: jnp.where(jnp.abs(x) > 1, jnp.inf, x / 2), starts(1), period=1)
    assert abs(found.points[0, 0]) < 1e-9


def test_bad_input():
    with pytest.raises(ConfigError, match=r"^period must be at least 1 step, got 0$"):
        find_cycles(lambda x: x, starts(2), period=0)
    with pytest.raises(ConfigError, match=r"^step must return a state of shape \(2,\) like the one it got"):
        find_cycles(lambda x: x[:1], starts(2), period=1)


@pytest.mark.parametrize(("r", "period"), [(2.0, 1), (1 + 5**0.5, 2), (3.8318740552833155, 3)])
def test_superstable_cycles_have_the_multiplier_zero(r, period):
    """What rounding of the points leaves of it is none."""
    found = find_cycles(lambda x: r * x * (1 - x), np.linspace(0.05, 0.95, 19)[:, None], period=period)
    assert any(cycle.multipliers[0] == 0 and np.isneginf(cycle.exponents[0]) for cycle in found)


def test_a_small_multiplier_is_no_rounding():
    """That of the fixed point 1 - 1/r is 2 - r; and a contraction of 1e-200 is what it is."""
    found = find_cycles(lambda x: (2 + 1e-9) * x * (1 - x), np.array([[0.4]]), period=1)
    assert abs(found[0].multipliers[0]) == pytest.approx(1e-9, rel=1e-5)
    found = find_cycles(lambda x: jnp.array([0.5, 1e-200]) * x, np.ones((1, 2)), period=1)
    np.testing.assert_allclose(found[0].exponents, np.log([0.5, 1e-200]), rtol=1e-12)


def test_a_kink_is_not_superstable():
    """A fixed point where the slope is 1/10 to the left and 3/5 to the right: one of the two, and not 0."""
    (found,) = find_cycles(
        lambda x: 1 + jnp.where(x < 1, 0.1, 0.6) * (x - 1), np.array([[0.9], [1.1]]), period=1
    )
    assert abs(found.multipliers[0]) in (pytest.approx(0.1), pytest.approx(0.6))


@pytest.mark.usefixtures("unchecked_types")
def test_starts_are_states_as_one_has_them_at_hand():
    (found,) = find_cycles(lambda x: x / 2 + 1, [1.0, 1.5], period=1.0)
    np.testing.assert_allclose(found.points, [[2.0, 2.0]], atol=1e-12)
    with pytest.raises(ConfigError, match=r"^starts must be real numbers, got complex128$"):
        find_cycles(lambda x: x / 2, [1j], period=1)
    with pytest.raises(ConfigError, match=r"^period must be a whole number of at least 1 step, got 1.5;"):
        find_cycles(lambda x: x / 2, [1.0], period=1.5)
