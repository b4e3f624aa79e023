"""Families of maps whose long run is known at every value of the parameter."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.cycles import Bifurcation, bifurcation_diagram, local_maxima
from rnnchaos.errors import ConfigError


def logistic(r):
    return lambda x: r * x * (1 - x)


def first(state):
    return state[0]


def of_logistic(*parameters: float, num_steps: int = 800, **options) -> Bifurcation:
    starts = np.full((len(parameters), 1), 0.3)
    options = {"transient": 300, **options}
    return bifurcation_diagram(logistic, first, np.array(parameters), starts, num_steps=num_steps, **options)


def test_the_fixed_point_of_the_logistic_map():
    found = of_logistic(2.8, 2.5)
    # The derivative at 1 - 1/r is 2 - r.
    np.testing.assert_allclose(found.exponents[:, 0], np.log([0.8, 0.5]), atol=1e-12)
    np.testing.assert_allclose(found.series, np.broadcast_to([[9 / 14], [0.6]], (2, 800)), atol=1e-12)
    assert not found.chaotic.any()
    np.testing.assert_allclose(found.standard_error, 0, atol=1e-12)


def test_the_two_cycle_of_the_logistic_map():
    r = 3.2
    found = of_logistic(r)
    root = np.sqrt((r - 3) * (r + 1))
    cycle = np.array([r + 1 - root, r + 1 + root]) / (2 * r)
    (points,) = found.points(maxima=False)
    assert np.unique(points.round(12)).size == 2
    np.testing.assert_allclose(np.sort(points[:2]), cycle, atol=1e-12)
    # The derivative over both steps is 4 + 2 r - r².
    np.testing.assert_allclose(found.exponents[0, 0], 0.5 * np.log(4 + 2 * r - r**2), atol=1e-12)


def test_the_logistic_map_at_full_chaos():
    found = of_logistic(2.8, 4.0, num_steps=20_000)
    error = found.standard_error[1, 0]
    # Block means differ by little, as the deviation of log|f'| along the orbit nearly telescopes.
    assert error < 5e-3
    assert abs(found.exponents[1, 0] - np.log(2)) < 3 * error
    assert found.chaotic.tolist() == [False, True]


def test_a_superstable_fixed_point_is_minus_infinity_without_error():
    # At r = 2 the fixed point is the critical point, where the derivative is 0.
    found = bifurcation_diagram(
        logistic, first, np.array([2.0, 2.8]), np.full((2, 1), 0.5), num_steps=80, transient=10
    )
    assert found.exponents[0, 0] == -np.inf
    assert found.standard_error[0, 0] == 0
    assert not found.escaped.any()


def test_a_linear_family_has_the_logarithms_of_its_factors():
    def linear(a):
        return lambda x: jnp.array([a, 0.25]) * x

    factors = np.array([0.5, -0.7, 0.9])
    found = bifurcation_diagram(
        linear, first, factors, np.ones((3, 2)), num_steps=160, transient=200, num_exponents=2
    )
    expected = np.stack([np.log(np.abs(factors)), np.full(3, np.log(0.25))], axis=1)
    # After 200 steps the leading vector is aligned to (1/2)^200, far below rounding.
    np.testing.assert_allclose(found.exponents, expected, atol=1e-12)


def test_each_value_has_its_own_start():
    def doubling(a):
        return lambda x: jnp.where(jnp.abs(x) < 1, a * x, jnp.sign(x) * 3.0)

    starts = np.array([[0.5], [-2.0], [2.0]])
    found = bifurcation_diagram(doubling, first, np.full(3, 0.5), starts, num_steps=16, transient=100)
    np.testing.assert_allclose(found.series[:, -1], [0.0, -3.0, 3.0], atol=1e-12)


@pytest.mark.parametrize("transient", [0, 100])
def test_what_escapes_is_a_gap(transient):
    found = of_logistic(2.8, 4.5, 3.2, transient=transient)
    assert found.escaped.tolist() == [False, True, False]
    assert np.isnan(found.exponents[:, 0]).tolist() == [False, True, False]
    assert np.isnan(found.standard_error[:, 0]).tolist() == [False, True, False]
    assert not found.chaotic[1]
    assert [points.size for points in found.points(maxima=False)] == [800, 0, 800]
    assert found.points(maxima=True)[1].size == 0


def test_what_is_still_on_its_way_to_infinity_has_escaped():
    found = bifurcation_diagram(
        lambda a: lambda x: a * x, first, np.array([0.9, 1.1]), np.ones((2, 1)), num_steps=160, transient=0
    )
    # 1.1^160 = 4e6 is far from overflowing.
    assert found.series[1, -1] < 1e7
    assert found.escaped.tolist() == [False, True]


def test_steps_fill_whole_blocks():
    assert of_logistic(2.8, num_steps=81).series.shape == (1, 88)


def test_more_exponents_than_dimensions():
    with pytest.raises(
        ConfigError, match=r"^num_exponents must be from 1 to the state's 1 dimensions, got 2$"
    ):
        of_logistic(2.8, num_exponents=2)


@pytest.mark.usefixtures("unchecked_types")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_steps": 0}, "num_steps must be at least 1 step, got 0"),
        (
            {"num_steps": 1.5},
            "num_steps must be a whole number of at least 1 step, got 1.5; the nearest is 2",
        ),
        ({"transient": -1}, "transient must be at least 0 steps, got -1"),
        ({"num_exponents": 0}, "num_exponents must be from 1 to the state's 1 dimensions, got 0"),
        ({"parameters": []}, "parameters must be one value or more, (value,), got shape (0,)"),
        ({"parameters": [[2.8, 3.2]]}, "parameters must be one value or more, (value,), got shape (1, 2)"),
        ({"parameters": 2.8}, "parameters must be one value or more, (value,), got shape ()"),
        ({"starts": [[0.3]]}, "starts must be a state for each of the 2 parameters, got shape (1, 1)"),
        ({"starts": [0.3, 0.3]}, "starts must be a state for each of the 2 parameters, got shape (2,)"),
        ({"observe": lambda x: x}, "observe must return one number, got an array of shape (1,)"),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    arguments = {
        "family": logistic, "observe": first, "parameters": [2.8, 3.2], "starts": [[0.3], [0.3]], "num_steps": 80,
        "transient": 0,
    }  # fmt: skip
    with pytest.raises(ConfigError) as refused:
        bifurcation_diagram(**arguments | change)
    assert str(refused.value) == message


def test_maxima_lie_between_the_samples():
    # A parabola through samples up to δ = 1/2 off the peak misses it by 3δ²(1-δ²) ω⁴/24 of the amplitude: 1.4e-5.
    time = np.arange(1000)
    found = local_maxima(1.5 + 0.7 * np.sin(2 * np.pi * time / 40.3))
    assert found.size == 25
    np.testing.assert_allclose(found, 2.2, rtol=0, atol=1.4e-5 * 0.7)


def test_maxima_of_what_is_at_rest_or_only_rises():
    np.testing.assert_array_equal(local_maxima(np.full(10, 0.3)), [0.3])
    assert local_maxima(np.arange(10.0)).size == 0
    np.testing.assert_array_equal(local_maxima(np.array([0.0, 1.0, 1.0, 0.0])), [1.125])


def test_regular_motion_is_not_chaotic():
    """The standard map at K = 0 is a shear, whose exponent falls as ln T / T, and at .5 nearly everywhere like one."""

    def standard(kick):
        def step(state):
            momentum = state[1] + kick * jnp.sin(state[0])
            return jnp.stack([state[0] + momentum, momentum])

        return step

    kicks = np.array([0.0, 0.1, 0.5])
    starts = np.tile([0.5, 1.0], (3, 1))
    found = bifurcation_diagram(standard, first, kicks, starts, num_steps=2_000, transient=100)
    assert not found.chaotic.any()
    assert np.all(np.abs(found.exponents[:, 0]) <= (1 + 1e-9) * found.standard_error[:, 0])
