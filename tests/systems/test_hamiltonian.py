"""Systems that conserve energy or volume: exact laws, paired exponents, then the literature."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.systems import DoublePendulum, HenonHeiles, NoseHoover

UNEQUAL = DoublePendulum(length_1=0.7, length_2=1.3, mass_1=2.0, mass_2=0.4, gravity=3.0)
SYSTEMS = [HenonHeiles(), HenonHeiles(energy_level=0.16), DoublePendulum(), UNEQUAL]


@eqx.filter_jit
def last_state(system, start, num_steps):
    return jax.lax.fori_loop(0, num_steps, lambda _, x: system.step(x), start)


def drift(system, num_steps):
    """Change of the energy, as a share of what the orbit has to move by."""
    start = system.initial_state()
    depth = system.energy(start) - system.energy(jnp.zeros(4))
    return float((system.energy(last_state(system, start, num_steps)) - system.energy(start)) / depth)


@pytest.mark.parametrize("system", SYSTEMS, ids=repr)
def test_energy_is_conserved(system):
    # Over 1000 steps; the slow test allows 1e-3 over a thousand times as many.
    assert abs(drift(system, 1000)) < 1e-6


@pytest.mark.parametrize("system", [HenonHeiles(substeps=1), DoublePendulum(substeps=1)], ids=repr)
def test_energy_drifts_with_the_fourth_power_of_the_step_or_less(system):
    finer = type(system)(substeps=2)
    # 16 and more; 12 leaves room for the next order.
    assert abs(drift(finer, 50)) < abs(drift(system, 50)) / 12


@pytest.mark.slow
@pytest.mark.parametrize("system", [HenonHeiles(), DoublePendulum()], ids=repr)
def test_energy_is_conserved_over_a_million_steps(system):
    assert abs(drift(system, 1_000_000)) < 1e-3


@pytest.mark.parametrize("system", SYSTEMS, ids=repr)
def test_a_step_is_symplectic(system):
    start = last_state(system, system.initial_state(), 100)
    jacobian = jax.jit(jax.jacfwd(lambda state: system.step(state)))(start)
    form = np.kron([[0, 1], [-1, 0]], np.eye(2))
    # Fourth order at the default steps.
    np.testing.assert_allclose(jacobian.T @ form @ jacobian, form, atol=1e-7)


def test_henon_and_heiles_potential():
    system = HenonHeiles()
    # The three saddles at the corners of the triangle x² + y² = 1, at the energy of escape.
    for x, y in [(0.0, 1.0), (np.sqrt(3) / 2, -0.5), (-np.sqrt(3) / 2, -0.5)]:
        saddle = jnp.array([x, y, 0.0, 0.0])
        np.testing.assert_allclose(system.energy(saddle), 1 / 6, rtol=1e-14)
        np.testing.assert_allclose(system.velocity(saddle), 0.0, atol=1e-15)
    for level in (0.01, 0.125, 0.16):
        start = HenonHeiles(energy_level=level).initial_state()
        np.testing.assert_allclose(system.energy(start), level, rtol=1e-14)


def lagrangian(system, angles, speeds):
    """Kinetic minus potential energy of two masses in the plane, from where they are."""

    def places(angles):
        first = system.length_1 * jnp.array([jnp.sin(angles[0]), -jnp.cos(angles[0])])
        return first, first + system.length_2 * jnp.array([jnp.sin(angles[1]), -jnp.cos(angles[1])])

    (place_1, place_2), (velocity_1, velocity_2) = jax.jvp(places, (angles,), (speeds,))
    kinetic = (system.mass_1 * velocity_1 @ velocity_1 + system.mass_2 * velocity_2 @ velocity_2) / 2
    return kinetic - system.gravity * (system.mass_1 * place_1[1] + system.mass_2 * place_2[1])


def test_the_double_pendulum_obeys_lagranges_equations():
    angles, speeds = jnp.array([0.4, -2.0]), jnp.array([1.5, -0.7])
    force, momenta = jax.grad(lagrangian, argnums=(1, 2))(UNEQUAL, angles, speeds)
    state = jnp.concatenate([angles, momenta])
    np.testing.assert_allclose(UNEQUAL.velocity(state), jnp.concatenate([speeds, force]), rtol=1e-13)
    seen = jnp.concatenate([jnp.cos(angles), jnp.sin(angles), speeds])
    np.testing.assert_allclose(UNEQUAL.observe(state), seen, rtol=1e-13)


def test_the_double_pendulum_swings_in_its_normal_modes():
    system = DoublePendulum(length_1=2.0, length_2=2.0)
    found = np.linalg.eigvals(jax.jacfwd(system.velocity)(jnp.zeros(4)))
    # ω² = (2 ± √2) g/l for equal masses and lengths.
    frequencies = np.sqrt(system.gravity / 2 * (2 + np.sqrt(2) * np.array([-1, -1, 1, 1])))
    np.testing.assert_allclose(np.sort(np.abs(found.imag)), frequencies, rtol=1e-12)
    np.testing.assert_allclose(found.real, 0.0, atol=1e-12)


@pytest.mark.parametrize("system", [HenonHeiles(), DoublePendulum(substeps=4)], ids=repr)
def test_exponents_come_in_pairs(system):
    settings = LyapunovSettings(system_steps=2000, num_orbits=8)
    found = attractor_of_system(system, settings, transient=1000).spectrum
    # Both follow from the symplectic step; what is left are boundary terms over the length of the orbits.
    orbit_time = found.num_steps * system.dt
    np.testing.assert_allclose(found.exponents + found.exponents[::-1], 0.0, atol=2 / orbit_time)
    assert abs(found.sum) < 3e-6
    assert found.log_volume_rate == 0.0
    # Neutral directions grow in proportion to time: ln T / T.
    assert np.all(np.abs(found.exponents[1:3]) < 2 * np.log(orbit_time) / orbit_time)


def test_nose_hoover_balances():
    system = NoseHoover(coupling=1.7)
    state = jnp.array([0.3, -1.2, 0.8])
    x, y, z = state
    velocity = system.velocity(state)
    # The oscillator and its bath lose energy at the rate z, which is also the rate at which volume shrinks.
    np.testing.assert_allclose(velocity @ jnp.array([x, y, z / 1.7]), -z, rtol=1e-13)
    np.testing.assert_allclose(system.divergence(state), -z, rtol=1e-13)


def test_nose_hoover_exponents_cancel():
    found = attractor_of_system(
        NoseHoover(), LyapunovSettings(system_steps=10_000, num_orbits=8), transient=2000
    ).spectrum
    assert abs(found.sum - found.log_volume_rate) < 3e-5
    # ∫z dt is bounded: by the spread of the energies on the orbit, about 30.
    assert abs(found.log_volume_rate) < 30 / (found.num_steps * 0.1)


@pytest.mark.slow
def test_nose_hoover_against_the_literature():
    system = NoseHoover()
    found, published = (
        attractor_of_system(system, LyapunovSettings(system_steps=400_000), transient=10_000).spectrum,
        system.literature(),
    )
    error = np.hypot(found.standard_error, published.standard_error)
    assert np.all(np.abs(found.exponents - published.exponents) < 3.5 * error)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: HenonHeiles(energy_level=0.2),
            "energy_level must be greater than 0 and less than 0.166667, got 0.2; orbits escape from 1/6 on",
        ),
        (lambda: DoublePendulum(mass_2=0.0), "mass_2 must be greater than 0, got 0.0"),
        (lambda: DoublePendulum(length_1=-1.0), "length_1 must be greater than 0, got -1.0"),
        (lambda: HenonHeiles(dt=0.0), "dt must be greater than 0 time units, got 0.0"),
    ],
)
def test_bad_settings(build, message):
    with pytest.raises(ConfigError) as caught:
        build()
    assert str(caught.value) == message
