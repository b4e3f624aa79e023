"""Orbits that run away, and chaos that only looks so."""

import jax.numpy as jnp
import numpy as np
import pytest

import rnnchaos
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractors_of_system, checks_of_system
from rnnchaos.systems.equations import EquationsMap
from rnnchaos.tangent import Grade, lyapunov_spectrum, worst


def henon(x):
    return jnp.array([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])


@pytest.mark.parametrize("factor", [1.001, -1.0005])
def test_what_grows_without_end_is_no_chaos(factor):
    """λ = ln |factor| is right, and of no attractor: 40 000 steps of 1.001 are a factor of 1e17."""
    starts = np.random.default_rng(0).uniform(0.1, 1, (4, 1))
    found = rnnchaos.find_attractors(lambda x: factor * x, starts, num_steps=20_000).main
    assert found.kind == "drift"
    np.testing.assert_allclose(found.spectrum.exponents, np.log(abs(factor)), rtol=1e-6)
    alone = lyapunov_spectrum(lambda x: factor * x, starts[0], num_steps=20_000)
    for spectrum in (found.spectrum, alone):
        assert worst(spectrum.checks) is Grade.FAIL
        assert [check.name for check in spectrum.checks if check.grade is Grade.FAIL] == ["bounded"]


@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e9])
@pytest.mark.parametrize("begin", [[0.0, 0.0], [1e-9, 0.0]])
def test_chaos_that_began_near_zero_is_chaos(scale, begin):
    found = lyapunov_spectrum(lambda x: scale * henon(x / scale), scale * np.array(begin), num_steps=4_000)
    assert found.exponents[0] == pytest.approx(0.419, abs=0.02)
    assert worst(found.checks) is Grade.PASS


def test_checks_of_a_spectrum_are_those_of_its_system_too():
    """A map that is rounded to 12 digits, whose derivative is 0: the check that says so was lost on the way."""
    system = EquationsMap({"x": "floor(1e12*3.9*x*(1 - x))/1e12"}, {"x": 0.3})
    settings = LyapunovSettings(system_steps=2_000, num_orbits=2)
    found = attractors_of_system(system, settings, np.array([[0.3], [0.6]])).main
    assert np.isneginf(found.spectrum.exponents[0])
    assert worst(checks_of_system(system, found, settings)) is Grade.FAIL
