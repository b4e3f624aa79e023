"""Delay equations: solutions without feedback, roots of the characteristic equation, then the literature."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import lambertw

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.systems import MackeyGlass
from rnnchaos.tangent import lyapunov_spectrum


@eqx.filter_jit
def last_state(system, start, num_steps):
    return jax.lax.fori_loop(0, num_steps, lambda _, x: system.step(x), start)


def characteristic_roots(system):
    """Roots of λ = -γ + κ e^(-λτ) with the feedback's slope κ at the fixed point x = 1, rightmost first."""
    slope = system.beta * (1 + (1 - system.exponent)) / 4
    argument = slope * system.delay * np.exp(system.gamma * system.delay)
    roots = lambertw(argument, np.arange(-8, 8)) / system.delay - system.gamma
    return roots[np.argsort(-roots.real, kind="stable")]


def test_without_feedback_it_decays():
    system = MackeyGlass(beta=0.0)
    found = last_state(system, system.initial_state(), 30)
    time = 30 - 17 + 0.25 * np.arange(system.dimension)
    # Fourth order at γh = 0.025: (γh)⁴/120 = 3e-9 of each time constant.
    np.testing.assert_allclose(found, 0.9 * np.exp(-0.1 * time), rtol=2e-8)


def test_the_first_delay_has_a_closed_form():
    # While the past is still the constant 1/2, x' = g - γx with a constant g.
    system = MackeyGlass(delay=20.0)
    start = jnp.full((system.dimension,), 0.5)
    feedback = 0.2 * 0.5 / (1 + 0.5**10) / 0.1
    # Up to where a cubic would reach beyond the corner that x has at the beginning.
    found = last_state(system, start, 19)
    expected = feedback + (0.5 - feedback) * np.exp(-0.1 * 0.25 * np.arange(77))
    np.testing.assert_allclose(found[4:], expected, rtol=2e-8)


def test_history_is_a_window_that_moves():
    system = MackeyGlass()
    state = last_state(system, system.initial_state(), 40)
    after = system.step(state)
    np.testing.assert_array_equal(after[:-4], state[4:])
    np.testing.assert_array_equal(system.observe(after), after[-1:])
    assert (system.dimension, system.num_axes, system.time_per_step) == (69, 1, 1.0)


@pytest.mark.parametrize("delay", [6.0, 17.0])
def test_a_step_at_the_fixed_point_has_the_roots_of_the_characteristic_equation(delay):
    errors = []
    for substeps in (2, 4):
        system = MackeyGlass(delay=delay, substeps=substeps)
        jacobian = jax.jit(jax.jacfwd(lambda state, system=system: system.step(state)))(
            jnp.ones(system.dimension)
        )
        found = np.log(np.linalg.eigvals(jacobian).astype(complex)) / system.dt
        errors.append([np.abs(found - root).min() for root in characteristic_roots(system)[:4]])
    # Two complex pairs; 16 is fourth order, 12 leaves room for the next.
    assert np.all(np.array(errors[0]) < 1e-3)
    assert np.all(np.array(errors[1]) < np.array(errors[0]) / 12)


def test_exponents_of_a_stable_fixed_point():
    system = MackeyGlass(delay=4.0)
    roots = characteristic_roots(system)[:4].real
    start = last_state(system, system.initial_state(), 2000)
    np.testing.assert_allclose(start, 1.0, atol=1e-12)
    found = lyapunov_spectrum(
        system.step, np.asarray(start), num_steps=4000, num_exponents=4, transient=400, time_per_step=1.0
    )
    # A pair turns: what is left of it is a boundary term of a few nats over the 4000 time units.
    np.testing.assert_allclose(found.exponents, roots, atol=1e-3)


def test_integration_is_of_fourth_order():
    exact = MackeyGlass(substeps=64)
    start = last_state(exact, exact.initial_state(), 200)
    end = last_state(exact, start, 17)[-1]
    errors = []
    for substeps in (2, 4):
        system = MackeyGlass(substeps=substeps)
        errors.append(abs(float(last_state(system, start[:: 64 // substeps], 17)[-1] - end)))
    # 16 in the limit of short steps; 10 leaves room for the next order.
    assert errors[1] < errors[0] / 10


def test_divergence_is_the_growth_of_the_grids_volume():
    system = MackeyGlass(delay=3.0, dt=0.5, substeps=1)
    state = jnp.linspace(0.5, 1.2, system.dimension)
    singular_values = np.linalg.svd(jax.jacfwd(system.step)(state), compute_uv=False)
    np.testing.assert_allclose(system.divergence(state), np.log(singular_values).sum() / 0.5, rtol=1e-10)


def test_leading_exponents():
    settings = LyapunovSettings(system_steps=4000, num_exponents=4, num_orbits=16)
    found = attractor_of_system(MackeyGlass(), settings, transient=1000).spectrum
    error = found.standard_error
    assert abs(found.exponents[0] - 0.00516) < 3.5 * error[0]
    # Every delay equation has the zero exponent of a flow.
    assert abs(found.exponents[1]) < 3.5 * np.hypot(error[1], 2 / found.num_steps)
    assert found.exponents[2] < -0.02


@pytest.mark.slow
def test_mackey_glass_against_the_literature():
    system = MackeyGlass()
    settings = LyapunovSettings(system_steps=100_000, num_exponents=4)
    found, published = attractor_of_system(system, settings, transient=2000).spectrum, system.literature()
    error = np.hypot(found.standard_error[:2], published.standard_error)
    assert np.all(np.abs(found.exponents[:2] - published.exponents) < 3.5 * error)
    # Farmer's 2.13, to the last digit given.
    assert abs(found.kaplan_yorke - 2.13) < 0.005 + 3.5 * found.kaplan_yorke_error


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: MackeyGlass(delay=17.1),
            "delay must be a whole number of integration steps of dt / substeps = 0.25 time units, "
            "got 17.1; the nearest is 17",
        ),
        (
            lambda: MackeyGlass(delay=1.0),
            "delay must be at least dt and two integration steps, 1.5 time units, got 1.0",
        ),
        (lambda: MackeyGlass(dt=-1.0), "dt must be greater than 0 time units, got -1.0"),
        (
            lambda: MackeyGlass(substeps=0),
            "substeps must be from 1 to 100000, got 0; more of them only add rounding",
        ),
    ],
)
def test_bad_settings(build, message):
    with pytest.raises(ConfigError) as caught:
        build()
    assert str(caught.value) == message
