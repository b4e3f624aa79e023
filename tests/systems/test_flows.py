"""Flows of three dimensions and four: where they rest, their symmetries, their sums, and the literature."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.systems import (
    AbstractFlow,
    Aizawa,
    Arneodo,
    Chen,
    CoupledLorenz,
    Dadras,
    Halvorsen,
    HindmarshRose,
    HyperRossler,
    Lorenz63,
    Lorenz84,
    Lu,
    RabinovichFabrikant,
    Rucklidge,
    Thomas,
)

STATE = jnp.array([0.7, -1.3, 2.1])


@pytest.mark.parametrize(
    ("system", "rest"),
    [
        (Chen(), [np.sqrt(3 * 21), np.sqrt(3 * 21), 21.0]),
        (Lu(), [np.sqrt(60.0), np.sqrt(60.0), 20.0]),
        (Rucklidge(), [0.0, np.sqrt(6.7), 6.7]),
        (Arneodo(), [np.sqrt(5.5), 0.0, 0.0]),
        (Halvorsen(a=1.4), [-9.4, -9.4, -9.4]),
        (Thomas(b=0.2), [0.0, 0.0, 0.0]),
        (Dadras(), [0.0, 0.0, 0.0]),
    ],
    ids=repr,
)
def test_fixed_points(system, rest):
    np.testing.assert_allclose(system.velocity(jnp.asarray(rest)), 0.0, atol=1e-12)


@pytest.mark.parametrize(
    ("system", "divergence"),
    [
        (Chen(), -35.0 - 3.0 + 28.0),
        (Lu(), -36.0 + 20.0 - 3.0),
        (Thomas(), -0.54),
        (Halvorsen(), -3.81),
        (Rucklidge(), -3.0),
        (Arneodo(c=0.9), -0.9),
        (Dadras(), -3.0 + 1.7 - 9.0),
        (Lorenz84(), 2 * 0.7 - 2.25),
        (RabinovichFabrikant(), 2 * 0.87 - 2.2),
        (HindmarshRose(), -3 * 0.49 + 6 * 0.7 - 1.006),
    ],
    ids=repr,
)
def test_divergence_in_closed_form(system, divergence):
    np.testing.assert_allclose(system.divergence(STATE), divergence, rtol=1e-12)


@pytest.mark.parametrize("system", [Thomas(), Halvorsen()], ids=repr)
def test_cyclic_symmetry(system):
    turned = system.velocity(jnp.roll(STATE, 1))
    np.testing.assert_allclose(turned, jnp.roll(system.velocity(STATE), 1), rtol=1e-14)


@pytest.mark.parametrize("system", [Chen(), Lu(), RabinovichFabrikant()], ids=repr)
def test_symmetry_of_a_half_turn(system):
    mirror = jnp.array([-1.0, -1.0, 1.0])
    np.testing.assert_allclose(system.velocity(mirror * STATE), mirror * system.velocity(STATE), rtol=1e-14)


def test_rotation_of_aizawas_torus():
    system, angle = Aizawa(f=0.0), 0.8
    turn = jnp.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    np.testing.assert_allclose(system.velocity(turn @ STATE), turn @ system.velocity(STATE), rtol=1e-13)


def test_coupled_flows_are_two_where_nothing_couples_them_and_one_where_they_agree():
    first, second = Lorenz63(), Lorenz63(rho=35.0)
    pair = jnp.concatenate([STATE, 2 * STATE])
    alone = CoupledLorenz(coupling=0.0).velocity(pair)
    np.testing.assert_allclose(
        alone, jnp.concatenate([first.velocity(STATE), second.velocity(2 * STATE)]), rtol=1e-14
    )
    together = CoupledLorenz(rho_2=28.0, coupling=3.0).velocity(jnp.concatenate([STATE, STATE]))
    np.testing.assert_allclose(together, jnp.tile(first.velocity(STATE), 2), rtol=1e-14)
    # Where they differ, each is drawn to the other.
    drawn = CoupledLorenz(coupling=3.0).velocity(pair) - alone
    np.testing.assert_allclose(drawn, [3 * 0.7, 0, 0, -3 * 0.7, 0, 0], atol=1e-12)


def check(system: AbstractFlow, *, positive: int = 1) -> None:
    """Bounded, chaotic, with the sum rule and a zero exponent, and as published."""
    found = attractor_of_system(
        system, LyapunovSettings(system_steps=10_000, num_orbits=8), transient=3000
    ).spectrum
    assert abs(found.sum - found.log_volume_rate) < 1e-4
    assert found.exponents[0] > 4 * found.standard_error[0]
    # A neutral direction's growth is bounded: a few nats over the length of an orbit.
    ends = 3 / (found.num_steps * system.dt)
    assert abs(found.exponents[positive]) < 4 * found.standard_error[positive] + ends
    published = system.literature()
    if published is not None:
        error = np.hypot(np.hypot(found.standard_error, published.standard_error), ends)
        assert np.all(np.abs(found.exponents - published.exponents) < 4 * error)


FLOWS = [
    Aizawa(),
    Arneodo(),
    Chen(),
    Dadras(),
    Halvorsen(),
    Lorenz84(),
    Lu(),
    RabinovichFabrikant(),
    Rucklidge(),
    Thomas(),
]


@pytest.mark.parametrize("system", [Halvorsen(), RabinovichFabrikant()], ids=repr)
def test_exponents(system):
    check(system)


@pytest.mark.slow
@pytest.mark.parametrize("system", [*FLOWS, HindmarshRose()], ids=repr)
def test_exponents_of_all(system):
    check(system)


@pytest.mark.slow
@pytest.mark.parametrize("system", [HyperRossler(), CoupledLorenz(coupling=0.0)], ids=repr)
def test_hyperchaos(system):
    check(system, positive=2)
