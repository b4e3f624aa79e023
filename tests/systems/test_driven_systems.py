"""Oscillators under a periodic drive: exact solutions and balances, then the literature."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system, response_spectrum
from rnnchaos.systems import DrivenLorenz, Duffing, ForcedPendulum, ForcedVanDerPol, Lorenz63

TWO_WELLS = Duffing(damping=0.25, amplitude=0.4, frequency=1.0)  # as Sprott drives it
SYSTEMS = [Duffing(), TWO_WELLS, ForcedVanDerPol(), ForcedPendulum()]


@eqx.filter_jit
def orbit(system, start, num_steps):
    return jax.lax.scan(lambda x, _: (system.step(x), x), start, None, num_steps)[1]


@pytest.mark.parametrize("system", SYSTEMS, ids=repr)
def test_the_phase_of_the_drive_stays_on_time_and_within_a_turn(system):
    states = orbit(system, system.initial_state(), 2000)
    time = system.dt * np.arange(2000)
    assert np.all(np.abs(states[:, 2]) <= np.pi)
    # Rounding of 2000 additions.
    np.testing.assert_allclose(np.cos(states[:, 2]), np.cos(system.frequency * time), atol=1e-9)
    np.testing.assert_allclose(np.sin(states[:, 2]), np.sin(system.frequency * time), atol=1e-9)


@pytest.mark.parametrize("system", SYSTEMS, ids=repr)
def test_wrapping_changes_neither_what_is_seen_nor_where_it_goes(system):
    state = jnp.array([0.4, -0.3, 0.5])
    turned = state.at[2].add(2 * jnp.pi)
    if isinstance(system, ForcedPendulum):
        turned = turned.at[0].add(-4 * jnp.pi)
    np.testing.assert_allclose(system.wrap(turned), state, atol=1e-14)
    np.testing.assert_allclose(system.observe(turned), system.observe(state), atol=1e-14)
    np.testing.assert_allclose(system.step(turned), system.step(state), atol=1e-14)
    np.testing.assert_allclose(jax.jacfwd(system.wrap)(turned), np.eye(3), atol=0)


def test_what_is_seen():
    np.testing.assert_allclose(Duffing().observe(jnp.array([2.0, 3.0, jnp.pi / 3])), [2, 3, 0.5], atol=1e-15)
    seen = ForcedPendulum().observe(jnp.array([jnp.pi / 2, 3.0, jnp.pi / 3]))
    np.testing.assert_allclose(seen, [0, 1, 3, 0.5], atol=1e-15)
    assert (Duffing().num_axes, ForcedPendulum().num_axes) == (3, 4)


def test_without_damping_and_drive_energy_is_conserved():
    states = orbit(Duffing(damping=0.0, amplitude=0.0, substeps=16), jnp.array([0.2, 1.0, 0.0]), 500)
    x, v, _ = states.T
    energy = v**2 / 2 - x**2 / 2 + x**4 / 4
    # Runge–Kutta's own damping at h = 0.011: 2e-11 per time unit.
    np.testing.assert_allclose(energy, energy[0], atol=1e-8)
    pendulum = ForcedPendulum(damping=0.0, amplitude=0.0, substeps=8)
    x, v, _ = orbit(pendulum, jnp.array([0.0, 2.5, 0.0]), 500).T
    assert np.ptp(x) > 6  # it turns over
    np.testing.assert_allclose(v**2 / 2 - np.cos(x), 2.5**2 / 2 - 1, atol=1e-8)


def test_a_driven_harmonic_oscillator_follows_its_drive():
    system = ForcedVanDerPol(mu=0.0, substeps=16)
    gain = system.amplitude / (1 - system.frequency**2)
    states = orbit(system, jnp.array([gain, 0.0, 0.0]), 200)
    phase = system.frequency * system.dt * np.arange(200)
    # Fourth order at h = 0.003, with an amplitude of 2.3.
    np.testing.assert_allclose(states[:, 0], gain * np.cos(phase), atol=1e-9)
    np.testing.assert_allclose(states[:, 1], -gain * system.frequency * np.sin(phase), atol=1e-9)


def test_at_rest_in_a_well_the_exponents_are_those_of_a_damped_oscillator():
    system = Duffing(damping=0.3, amplitude=0.0)
    jacobian = jax.jacfwd(system.step)(jnp.array([1.0, 0.0, 0.2]))
    found = np.sort(np.log(np.abs(np.linalg.eigvals(jacobian))) / system.dt)
    # -δ/2 twice and the phase's 0; fourth order at h = 0.044: h⁴ 2²/120 = 1e-7.
    np.testing.assert_allclose(found, [-0.15, -0.15, 0.0], atol=2e-7)


def test_divergence_is_the_damping():
    state = jnp.array([0.7, -0.4, 2.0])
    np.testing.assert_allclose(Duffing().divergence(state), -0.1, rtol=1e-14)
    np.testing.assert_allclose(ForcedPendulum().divergence(state), -0.05, rtol=1e-14)
    np.testing.assert_allclose(ForcedVanDerPol().divergence(state), 3 * (1 - 0.7**2), rtol=1e-14)


@pytest.mark.parametrize("system", SYSTEMS, ids=repr)
def test_exponents(system):
    found = attractor_of_system(system, LyapunovSettings(system_steps=10_000), transient=2000).spectrum
    # The error of the Runge–Kutta steps: 2e-5 for van der Pol's relaxation, less for the others.
    assert abs(found.sum - found.log_volume_rate) < 3e-5
    # The phase has no growth at all: what is left is a boundary term over the length of the orbits.
    assert abs(found.exponents[1]) < 2 / (found.num_steps * system.dt)
    assert found.exponents[0] > 0.1
    published = system.literature()
    if published is not None:
        error = np.hypot(found.standard_error, published.standard_error)
        assert np.all(np.abs(found.exponents - published.exponents) < 3.5 * error + 1e-3)


DRIVEN = [
    Duffing(phase="input"),
    ForcedVanDerPol(phase="input"),
    ForcedPendulum(phase="input"),
    DrivenLorenz(),
]


@pytest.mark.parametrize("system", DRIVEN, ids=repr)
def test_the_drive_does_not_hear_the_response(system):
    """The Jacobian is block triangular, and the conditional exponents are those of its first block."""
    state = orbit(system, system.initial_state(), 500)[-1]
    size = system.response_size
    jacobian = jax.jacfwd(system.step)(state)
    np.testing.assert_array_equal(jacobian[size:, :size], 0)
    block = jax.jacfwd(system.response_step)(state[:size], state[size:])
    np.testing.assert_allclose(block, jacobian[:size, :size], atol=1e-14)
    np.testing.assert_array_equal(system.response_step(state[:size], state[size:]), system.step(state)[:size])
    assert system.inputs(state).shape == (len(system.input_names),)


def test_a_phase_that_is_an_input_is_not_observed():
    state = jnp.array([2.0, 3.0, jnp.pi / 3])
    seen, driving = Duffing(phase="input"), [0.5, np.sqrt(0.75)]
    np.testing.assert_allclose(seen.observe(state), [2, 3], atol=1e-15)
    np.testing.assert_allclose(seen.inputs(state), driving, atol=1e-15)
    assert Duffing().inputs(state).shape == (0,)
    assert (Duffing().input_names, Duffing().response_size, Duffing().num_axes) == ((), 3, 3)
    assert ForcedPendulum(phase="input").observe(state).shape == (3,)


def test_without_coupling_it_is_lorenz():
    system = DrivenLorenz(coupling=0.0)
    alone = Lorenz63(dt=system.dt, substeps=system.substeps)
    state = jnp.array([1.0, 2.0, 20.0, 3.0, 1.0, 0.5])
    np.testing.assert_allclose(system.step(state)[:3], alone.step(state[:3]), rtol=1e-14)
    np.testing.assert_array_equal(system.inputs(state), state[4:5])


@pytest.mark.slow
def test_conditional_exponents_and_where_the_response_forgets():
    """λ falls through 0 at a coupling of 6.66 (Pyragas 1996); Σλ is -δ, or -(σ + 1 + β)."""
    settings = LyapunovSettings(system_steps=20_000)
    duffing = response_spectrum(Duffing(phase="input"), settings, transient=2000)
    assert abs(duffing.exponents.sum() + 0.1) < 3e-5
    assert abs(duffing.exponents[0] - 0.131) < 3 * duffing.standard_error[0] + 1e-3
    found = {k: response_spectrum(DrivenLorenz(coupling=k), settings, transient=2000) for k in (6.0, 7.5)}
    for spectrum in found.values():
        assert abs(spectrum.exponents.sum() + 41 / 3) < 5e-3  # fourth order at h = 0.005
    assert found[6.0].exponents[0] > 3 * found[6.0].standard_error[0]
    assert found[7.5].exponents[0] < -3 * found[7.5].standard_error[0]
