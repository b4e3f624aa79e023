"""The Kuramoto–Sivashinsky equation: linear waves, balances and symmetries, order in time, then the literature."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.systems import KuramotoSivashinsky

SYSTEM = KuramotoSivashinsky()
WAVENUMBERS = 2 * np.pi / 22 * np.arange(1, 12)
GROWTH = WAVENUMBERS**2 - WAVENUMBERS**4


@eqx.filter_jit
def last_state(system, start, num_steps):
    return jax.lax.fori_loop(0, num_steps, lambda _, x: system.step(x), start)


@pytest.fixture(scope="module")
def turbulent():
    return last_state(SYSTEM, SYSTEM.initial_state(), 1000)


def refined(state, size):
    """The same field for a system of more points."""
    real, imaginary = jnp.split(state, 2)
    missing = size // 2 - 1 - len(real)
    return jnp.concatenate([jnp.pad(real, (0, missing)), jnp.pad(imaginary, (0, missing))])


def test_small_waves_grow_and_decay_as_linear_theory_says():
    # Exponential steps are exact for linear waves; the square of waves this small is below 1e-15.
    state = 1e-9 * jnp.arange(1.0, 23.0)
    expected = np.exp(np.tile(GROWTH, 2) * SYSTEM.dt) * state
    np.testing.assert_allclose(SYSTEM.step(state), expected, rtol=1e-6, atol=1e-15)


def test_steps_about_zero_have_the_linear_growth_rates():
    jacobian = np.asarray(jax.jacfwd(SYSTEM.step)(jnp.zeros(22)))
    np.testing.assert_allclose(
        jacobian, np.diag(np.exp(np.tile(GROWTH, 2) * SYSTEM.dt)), rtol=1e-13, atol=1e-16
    )


def test_velocity_is_that_of_the_equation():
    x = np.arange(24) * 22 / 24
    q = 2 * np.pi / 22
    # u = 0.6 cos qx - 1.4 sin 3qx, whose square has modes up to 6, all of them kept.
    state = jnp.zeros(22).at[0].set(0.3).at[11 + 2].set(0.7)
    u = 0.6 * np.cos(q * x) - 1.4 * np.sin(3 * q * x)
    u_x = -0.6 * q * np.sin(q * x) - 4.2 * q * np.cos(3 * q * x)
    u_xx = -0.6 * q**2 * np.cos(q * x) + 1.4 * (3 * q) ** 2 * np.sin(3 * q * x)
    u_xxxx = 0.6 * q**4 * np.cos(q * x) - 1.4 * (3 * q) ** 4 * np.sin(3 * q * x)
    np.testing.assert_allclose(SYSTEM.observe(state), u, atol=1e-14)
    np.testing.assert_allclose(SYSTEM.observe(SYSTEM.velocity(state)), -u * u_x - u_xx - u_xxxx, atol=1e-13)


def test_nothing_is_aliased(turbulent):
    finer = KuramotoSivashinsky(size=96)
    on_finer = finer.velocity(refined(turbulent, 96))
    kept = jnp.concatenate([on_finer[:11], on_finer[47:58]])
    np.testing.assert_allclose(SYSTEM.velocity(turbulent), kept, atol=1e-13)


def test_advection_conserves_energy_and_volume(turbulent):
    gain = jnp.sum(jnp.tile(GROWTH, 2) * turbulent**2)
    np.testing.assert_allclose(turbulent @ SYSTEM.velocity(turbulent), gain, rtol=1e-12)
    trace = jnp.trace(jax.jacfwd(SYSTEM.velocity)(turbulent))
    np.testing.assert_allclose(SYSTEM.divergence(turbulent), trace, rtol=1e-12)


def test_the_mean_is_zero_and_stays_zero(turbulent):
    assert float(jnp.abs(SYSTEM.observe(turbulent)).max()) > 1.0
    np.testing.assert_allclose(SYSTEM.observe(turbulent).mean(), 0.0, atol=1e-15)


def test_a_turned_ring_turns_with_its_future(turbulent):
    def turn(state):
        modes = (state[:11] + 1j * state[11:]) * np.exp(-0.8j * np.arange(1, 12))
        return jnp.concatenate([modes.real, modes.imag])

    np.testing.assert_allclose(SYSTEM.step(turn(turbulent)), turn(SYSTEM.step(turbulent)), atol=1e-14)


def test_steps_are_of_fourth_order(turbulent):
    def end(substeps):
        return last_state(KuramotoSivashinsky(dt=1.0, substeps=substeps), turbulent, 2)

    exact, coarse, fine = (end(n) for n in (1024, 64, 128))
    # 16 in the limit of steps that are short for the fastest decay too; 13 leaves room for the next order.
    assert jnp.linalg.norm(fine - exact) < jnp.linalg.norm(coarse - exact) / 13


def test_the_default_grid_and_step_resolve_the_field(turbulent):
    finer = KuramotoSivashinsky(size=64, substeps=16)
    start = last_state(finer, refined(turbulent, 64), 40)
    there = finer.step(start)
    coarse = jnp.concatenate([start[:11], start[31:42]])
    expected = jnp.concatenate([there[:11], there[31:42]])
    np.testing.assert_allclose(SYSTEM.step(coarse), expected, atol=1e-4)


def test_leading_exponents():
    settings = LyapunovSettings(system_steps=800, num_exponents=8, num_orbits=16)
    found = attractor_of_system(SYSTEM, settings, transient=400).spectrum
    assert found.exponents[0] > 0.02
    # Four that are about zero, then a gap.
    assert np.all(np.abs(found.exponents[1:4]) < 0.03)
    assert -0.25 < found.exponents[4] < -0.12


@pytest.mark.slow
def test_kuramoto_sivashinsky_against_the_literature():
    settings = LyapunovSettings(system_steps=8000, num_exponents=8)
    found, published = attractor_of_system(SYSTEM, settings, transient=4000).spectrum, SYSTEM.literature()
    # The exponents around zero are 0.003 apart and part slowly; the last digits given are the errors of the others.
    error = np.hypot(found.standard_error, published.standard_error)
    assert np.all(np.abs(found.exponents - published.exponents) < 3.5 * error)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: KuramotoSivashinsky(size=25),
            "size must be at least 4 points and a multiple of 2, got 25",
        ),
        (
            lambda: KuramotoSivashinsky(size=2),
            "size must be at least 4 points and a multiple of 2, got 2",
        ),
        (lambda: KuramotoSivashinsky(length=0.0), "length must be greater than 0, got 0.0"),
        (lambda: KuramotoSivashinsky(dt=0.0), "dt must be greater than 0 time units, got 0.0"),
    ],
)
def test_bad_settings(build, message):
    with pytest.raises(ConfigError) as caught:
        build()
    assert str(caught.value) == message
