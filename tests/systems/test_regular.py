"""Systems without chaos: their exponents are known exactly."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.systems import LimitCycle, StableFixedPoint, Torus


@pytest.mark.parametrize(
    ("system", "exponents"),
    [
        (StableFixedPoint(), [-0.01, -0.01]),
        (StableFixedPoint(damping=0.3, frequency=2.0), [-0.3, -0.3]),
        (LimitCycle(), [0.0, -1.0]),
        (LimitCycle(mu=0.2, frequency=3.0), [0.0, -0.4]),
        (Torus(), [0.0, 0.0, -1.0, -1.0]),
    ],
    ids=repr,
)
def test_exponents(system, exponents):
    found = attractor_of_system(
        system, LyapunovSettings(system_steps=4000, num_orbits=4), transient=500
    ).spectrum
    # Fourth order at h = 0.025: (3h)⁴/120 = 3e-7 at the fastest.
    np.testing.assert_allclose(found.exponents, exponents, atol=1e-6)


def after(system, state, num_steps):
    return jax.lax.fori_loop(0, num_steps, lambda _, x: system.step(x), state)


def test_a_cycle_has_its_radius_and_its_period():
    system = LimitCycle(mu=0.3, dt=2 * np.pi / 100, substeps=8)
    state = system.initial_state()
    np.testing.assert_allclose(jnp.linalg.norm(state) ** 2, 0.3, rtol=1e-14)
    np.testing.assert_allclose(after(system, state, 25), [-state[1], state[0]], atol=1e-9)


def test_a_damped_oscillator_turns_as_it_shrinks():
    system = StableFixedPoint(damping=0.2, frequency=1.5, substeps=16)
    rotation, shrinking = 1.5 * 4.0, np.exp(-0.2 * 4.0)
    np.testing.assert_allclose(
        after(system, system.initial_state(), 40),
        shrinking * np.array([np.cos(rotation), np.sin(rotation)]),
        atol=1e-9,
    )


@pytest.mark.parametrize("radius", [0.05, 2.0])
def test_the_way_to_a_cycle(radius):
    # s = 1/r² obeys the linear s' = 2 - 2μs.
    system, time = LimitCycle(mu=0.3, substeps=64), 3.0
    squared = 1 / (1 / 0.3 + (1 / radius**2 - 1 / 0.3) * np.exp(-2 * 0.3 * time))
    reached = after(system, jnp.array([0.0, radius]), 30)
    np.testing.assert_allclose(jnp.linalg.norm(reached) ** 2, squared, rtol=1e-8)


def test_a_torus_has_two_angles_with_rates_of_an_irrational_ratio():
    system, golden = Torus(mu=0.3, frequency=0.7, substeps=16), (1 + 5**0.5) / 2
    first, second = 0.7 * 20.0, golden * 0.7 * 20.0
    np.testing.assert_allclose(
        after(system, system.initial_state(), 200),
        np.sqrt(0.3) * np.array([np.cos(first), np.sin(first), np.cos(second), np.sin(second)]),
        atol=1e-8,
    )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: StableFixedPoint(damping=0.0),
            "damping must be greater than 0, got 0.0; without it nothing comes to rest",
        ),
        (lambda: LimitCycle(mu=0.0), "mu must be greater than 0, got 0.0; below it there is no cycle"),
        (lambda: Torus(mu=-1.0), "mu must be greater than 0, got -1.0; below it there is no torus"),
    ],
)
def test_bad_settings(build, message):
    with pytest.raises(ConfigError, match=f"^{message}$"):
        build()
