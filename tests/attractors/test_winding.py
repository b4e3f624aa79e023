"""Coordinates that count turns: attractors that are whole turns apart are one."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.attractors import find_attractors
from rnnchaos.attractors.winding import winding_of

TURN = 2 * np.pi


def pendulum(state, dt=0.1):
    """A damped pendulum under a torque, by one step of the midpoint rule; its angle is not wrapped."""

    def velocity(state):
        angle, speed = state
        return jnp.stack([speed, 1.5 - 0.2 * speed - jnp.sin(angle)])

    return state + dt * velocity(state + dt / 2 * velocity(state))


def standard_map(state):
    momentum = state[0] + 7 * jnp.sin(state[1])
    return jnp.stack([momentum, state[1] + momentum])


def circle_map(omega, strength, turn):
    return lambda x: x + turn * (omega - strength / TURN * jnp.sin(TURN * x / turn))


def travelling(state):
    """Nothing depends on the first coordinate."""
    return jnp.stack([state[0] + state[1], 0.5 * state[1] + 0.3])


def points(dimension, orbits=16, seed=0):
    return np.random.default_rng(seed).uniform(-3, 3, (orbits, dimension))


@pytest.mark.parametrize(
    ("step", "dimension", "period", "coordinates", "angles"),
    [
        (pendulum, 2, TURN, [True, False], [True, False]),
        (standard_map, 2, TURN, [True, True], [True, True]),
        (circle_map(0.3, 0.9, 1.0), 1, 1.0, [True], [True]),
        (circle_map(0.3, 0.9, 360.0), 1, 360.0, [True], [True]),
        (travelling, 2, TURN, [True, False], [False, False]),
    ],
)
def test_coordinates_that_count_turns(step, dimension, period, coordinates, angles):
    found = winding_of(step, points(dimension), points(dimension, seed=1) + 1000)
    assert found.period == period
    assert found.coordinates.tolist() == coordinates
    assert found.angles.tolist() == angles


@pytest.mark.parametrize(
    "step",
    [
        lambda x: jnp.stack([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]]),
        lambda x: x**3,  # a shift of 0 by 1 is one by 1
        lambda x: jnp.log(x - 5),  # not a number
        jnp.tanh,
    ],
)
def test_others_do_not(step):
    assert winding_of(step, np.zeros((4, 2)), np.zeros((4, 2))) is None


def test_whole_turns_apart_states_are_one():
    found = winding_of(pendulum, points(2), points(2))
    states = points(2)
    np.testing.assert_allclose(
        found.unwound(states + np.array([1000 * TURN, 0])), found.unwound(states), atol=1e-9
    )
    assert (
        np.linalg.norm(found.unwound(states + np.array([0.5, 0])) - found.unwound(states), axis=1).min() > 0.4
    )


def test_a_pendulum_that_turns_over_has_one_attractor():
    """Its neighbours neither part nor meet along the orbit, and the sum is the damping to the order of the rule."""
    found = find_attractors(pendulum, points(2), num_steps=20_000, time_per_step=0.1)
    assert [each.kind for each in found.attractors] == ["regular"]
    assert found.main.share == 1
    assert found.leaving is None
    np.testing.assert_allclose(found.main.spectrum.exponents, [0, -0.2], atol=2e-3)


def test_chaos_that_spreads_over_turns_is_one_attractor():
    found = find_attractors(standard_map, points(2), num_steps=3_000)
    assert [each.kind for each in found.attractors] == ["chaotic"]
    assert found.main.share == 1
    # Of two lines x' = x + kick sin: the mean of log|7 cos| over the circle is ln(7/2), and 1/49 or so more.
    assert found.main.spectrum.exponents[0] == pytest.approx(np.log(7 / 2), abs=0.05)


def test_a_locked_rotation_is_a_cycle():
    found = find_attractors(circle_map(1 / 2, 0.9, 1.0), points(1), num_steps=2_000)
    assert [each.kind for each in found.attractors] == ["cycle of 2 steps"]


def test_what_travels_on_where_no_shift_changes_anything_is_a_drift():
    found = find_attractors(travelling, points(2), num_steps=2_000)
    assert [each.kind for each in found.attractors] == ["drift"]
