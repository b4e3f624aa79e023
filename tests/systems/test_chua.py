"""Chua's circuit: its corners are crossed with the accuracy of smooth steps, and exactly in the tangent space."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import brentq

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.systems import Chua
from rnnchaos.systems.base import runge_kutta

SYSTEM = Chua()
INNER = np.array([[-9 * (1 - 8 / 7), 9, 0], [1, -1, 1], [0, -100 / 7, 0]])
OUTER = np.array([[-9 * (1 - 5 / 7), 9, 0], [1, -1, 1], [0, -100 / 7, 0]])
REST = np.array([1.5, 0, -1.5])  # where the outer velocity vanishes


def exact(state, time):
    """The state and its Jacobian after `time`, by matrix exponentials from corner to corner."""
    jacobian = np.eye(3)
    while True:
        side = np.trunc(np.clip(state[0], -1, 1))
        matrix, rest = (OUTER, side * REST) if side else (INNER, 0 * REST)

        def beyond(t, state=state, matrix=matrix, rest=rest, side=side):
            x = (rest + expm(matrix * t) @ (state - rest))[0]
            return 1 - side * x if side else abs(x) - 1

        # A crossing just behind begins at 0 to rounding; the first later sign is that of the region.
        grid = np.append(np.arange(1e-6, time, 0.01), time)
        outside = [t for t in grid if beyond(t) > 0]
        if not outside:
            return rest + expm(matrix * time) @ (state - rest), expm(matrix * time) @ jacobian
        t = brentq(beyond, max(1e-9, outside[0] - 0.01), outside[0], xtol=1e-15)
        state, jacobian, time = (
            rest + expm(matrix * t) @ (state - rest),
            expm(matrix * t) @ jacobian,
            time - t,
        )
        # On the corner, to the side it goes to.
        state[0] = np.copysign(1 + (1e-15 if side == 0 else -1e-15), state[0])


def uncut(system, state):
    """A sampling step of plain Runge–Kutta steps across the corners."""
    h = system.dt / system.substeps
    return jax.lax.fori_loop(0, system.substeps, lambda _, x: runge_kutta(system.velocity, x, h), state)


class Crossings(NamedTuple):
    """States that cross a corner within half a time unit; where they are then, and how perturbations grow."""

    starts: np.ndarray
    ends: np.ndarray
    jacobians: np.ndarray


@pytest.fixture(scope="module")
def crossings():
    @eqx.filter_jit
    def orbit(system, start):
        return jax.lax.scan(lambda x, _: (system.step(x), x), start, None, 4000)[1]

    states = np.asarray(orbit(SYSTEM, SYSTEM.initial_state()))[1000:]
    side = np.trunc(np.clip(states[:, 0], -1, 1))
    before = np.flatnonzero(side[:-10] != side[10:])
    starts = states[before[:: len(before) // 12][:12]]
    later = [exact(state, 0.5) for state in starts]
    return Crossings(starts, *(np.array(part) for part in zip(*later, strict=True)))


def from_all(function, crossings):
    return jax.jit(jax.vmap(function))(jnp.asarray(crossings.starts))


def errors(step, crossings, substeps):
    system = Chua(dt=0.5, substeps=substeps)
    return np.linalg.norm(from_all(lambda state: step(system, state), crossings) - crossings.ends, axis=1)


def test_velocity_is_the_formula_and_continuous():
    for x in (-2.0, -1.0, -0.3, 0.0, 1.0, 1.7):
        state = jnp.array([x, 0.2, -0.5])
        current = SYSTEM.b * x + (SYSTEM.a - SYSTEM.b) * (abs(x + 1) - abs(x - 1)) / 2
        expected = [9 * (0.2 - x - current), x - 0.2 - 0.5, -SYSTEM.beta * 0.2]
        np.testing.assert_allclose(SYSTEM.velocity(state), expected, atol=1e-14)


def test_steps_across_corners_are_of_fourth_order(crossings):
    coarse, fine = (errors(Chua.step, crossings, n) for n in (20, 40))
    # 16 each on the mean of their logarithms; 12 leaves room for the next order.
    assert np.exp(np.mean(np.log(coarse / fine))) > 12
    assert fine.max() < 1e-5


def test_without_cutting_they_are_not(crossings):
    coarse, fine = (errors(uncut, crossings, n) for n in (20, 40))
    # Second order, with a factor that depends on where in the step the corner lies.
    assert np.exp(np.mean(np.log(coarse / fine))) < 8
    assert np.mean(fine) > 20 * np.mean(errors(Chua.step, crossings, 40))


def test_tangents_across_corners_are_exact(crossings):
    system = Chua(dt=0.5, substeps=200)
    jacobians = from_all(lambda state: jax.jacfwd(system.step)(state), crossings)
    # Fourth order at h = 0.0025, with Jacobians of norm 10.
    np.testing.assert_allclose(jacobians, crossings.jacobians, atol=2e-6)


def test_one_orbit_and_many_take_the_same_steps(crossings):
    step = jax.jit(lambda state: SYSTEM.step(state))
    one_by_one = [step(jnp.asarray(state)) for state in crossings.starts]
    np.testing.assert_allclose(from_all(step, crossings), one_by_one, rtol=1e-13)


def test_divergence_within_a_region_and_across_a_corner(crossings):
    inner, outer = -1 - 9 * (1 - 8 / 7), -1 - 9 * (1 - 5 / 7)
    np.testing.assert_allclose(SYSTEM.divergence(jnp.zeros(3)), inner, rtol=1e-13)
    np.testing.assert_allclose(SYSTEM.divergence(jnp.array(REST)), outer, rtol=1e-13)
    system = Chua(dt=0.5, substeps=200)
    found = from_all(lambda state: system.mean_divergence(state, state), crossings)  # the end does not matter
    expected = np.log(np.linalg.det(crossings.jacobians)) / 0.5
    # The time of crossing is found to fourth order in h = 0.0025.
    np.testing.assert_allclose(found, expected, atol=1e-8)


def test_exponents():
    found = attractor_of_system(SYSTEM, LyapunovSettings(system_steps=6000), transient=1000).spectrum
    published = SYSTEM.literature()
    # Fourth order at h = 0.0125; the plain samples of the divergence would be off by 3e-4.
    assert abs(found.sum - found.log_volume_rate) < 1e-6
    error = np.hypot(found.standard_error, published.standard_error)
    assert np.all(np.abs(found.exponents - published.exponents) < 3.5 * error)
