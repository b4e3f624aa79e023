"""Maps: exponents that are known exactly, orbits that outlive their binary digits, and the literature."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.systems import (
    Baker,
    CatMap,
    CoupledMapLattice,
    GeneralisedHenon,
    Ikeda,
    Logistic,
    Lozi,
    StandardMap,
    Tent,
    Tinkerbell,
)


def spectrum(system, steps=20_000):
    return attractor_of_system(system, LyapunovSettings(system_steps=steps), transient=1000).spectrum


def after(system, steps):
    with jax.enable_x64(True):
        return np.asarray(
            jax.jit(lambda x: jax.lax.fori_loop(0, steps, lambda _, x: system.step(x), x))(
                system.initial_state()
            )
        )


@pytest.mark.parametrize(
    ("system", "exponents"),
    [
        (CatMap(), [np.log((3 + 5**0.5) / 2), -np.log((3 + 5**0.5) / 2)]),
        (Tent(), [np.log(1.9)]),
        (Tent(mu=1.3), [np.log(1.3)]),
        # On the period-two orbit of r = 3.2 the product of slopes is 4 + 2r - r².
        (Logistic(r=3.2), [np.log(4 + 2 * 3.2 - 3.2**2) / 2]),
    ],
    ids=repr,
)
def test_exponents_that_are_known_exactly(system, exponents):
    np.testing.assert_allclose(spectrum(system, 2000).exponents, exponents, atol=1e-10)


@pytest.mark.parametrize(
    ("system", "exponent"),
    [(Logistic(), np.log(2)), (Baker(), 0.67301167), (Baker(cut=0.9), 0.32508297)],
    ids=repr,
)
def test_exponents_that_are_means_over_a_known_density(system, exponent):
    found = spectrum(system)
    assert abs(found.exponents[0] - exponent) < 3.5 * found.standard_error[0] + 1e-6
    assert found.standard_error[0] < 0.002
    if system.dimension == 2:
        np.testing.assert_allclose(found.sum, 0.0, atol=1e-9)


@pytest.mark.parametrize("system", [Logistic(), Tent(mu=1.999), Baker(cut=0.499), CatMap()], ids=repr)
def test_orbits_do_not_collapse(system):
    # With slope 2 they would be at 0 after 53 steps.
    state = after(system, 1_000_000)
    assert np.all((state > 0) & (state < 1))
    assert not np.allclose(system.step(jnp.asarray(state)), state)


def test_the_cat_map_permutes_multiples_of_its_resolution():
    state = after(CatMap(), 1000)
    lattice = state * 2.0**53
    np.testing.assert_array_equal(lattice, np.round(lattice))
    # In exact integers the same orbit goes on.
    x, y = (int(value) for value in lattice)
    for _ in range(50):
        x, y = (x + y) % 2**53, (x + 2 * y) % 2**53
    np.testing.assert_array_equal(after(CatMap(), 1050), [x / 2**53, y / 2**53])


def test_areas_of_the_standard_map_are_conserved_and_its_exponent_is_chirikovs():
    found = spectrum(StandardMap(kick=20.0))
    np.testing.assert_allclose(found.sum, 0.0, atol=1e-9)
    # ln(K/2) up to terms of order 1/K².
    np.testing.assert_allclose(found.exponents[0], np.log(10.0), atol=0.02)
    angle = np.array([0.4, -2.5])
    seen = StandardMap().observe(jnp.asarray(angle))
    np.testing.assert_allclose(seen, np.stack([np.cos(angle), np.sin(angle)], axis=1).ravel(), rtol=1e-14)


def test_without_coupling_a_lattice_is_as_many_maps():
    found = spectrum(CoupledMapLattice(size=5, a=2.0, coupling=0.0), 40_000)
    # x' = 1 - 2x² is the logistic map of r = 4 in other coordinates.
    np.testing.assert_allclose(found.exponents, np.log(2), atol=5e-3)
    np.testing.assert_allclose(found.exponents.mean(), np.log(2), atol=1e-3)


def test_in_step_a_lattice_is_one_map():
    state = jnp.full(7, 0.3)
    np.testing.assert_allclose(CoupledMapLattice(size=7).step(state), 1 - 1.9 * 0.09, rtol=1e-14)


@pytest.mark.parametrize(
    "system",
    [Lozi(), Ikeda(), Tinkerbell(), GeneralisedHenon(a=1.9, b=0.03)],
    ids=lambda system: type(system).__name__,
)
def test_exponents_against_the_literature(system):
    found, published = spectrum(system), system.literature()
    error = np.hypot(found.standard_error, published.standard_error)
    assert np.all(np.abs(found.exponents - published.exponents) < 3.5 * error)
    assert abs(found.sum - found.log_volume_rate) < 1e-9


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: Logistic(r=4.1),
            "r must be greater than 0 and at most 4, got 4.1; orbits escape beyond",
        ),
        (
            lambda: Tent(mu=2.0),
            "mu must be greater than 1 and less than 2, got 2.0; float64 orbits collapse onto 0 at 2, not at 1.999",
        ),
        (
            lambda: Baker(cut=0.5),
            "cut must not be 0.5, got 0.5; float64 orbits collapse onto 0 there, and do not at 0.499",
        ),
        (lambda: CoupledMapLattice(size=2), "size must be at least 3 sites, got 2"),
        (lambda: CoupledMapLattice(coupling=-0.1), "coupling must be from 0 to 1, got -0.1"),
        (
            lambda: CoupledMapLattice(a=2.5),
            "a must be greater than 0 and at most 2, got 2.5; orbits escape beyond",
        ),
    ],
)
def test_bad_settings(build, message):
    with pytest.raises(ConfigError) as refused:
        build()
    assert str(refused.value) == message
