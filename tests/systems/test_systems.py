"""Every system: its order, its divergence, and its exponents against the literature."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.systems import AbstractFlow, Henon, Lorenz63, Lorenz96, Rossler, TwoCycle

SYSTEMS = [Lorenz63(), Rossler(), Rossler(a=0.2, c=5.7), Lorenz96(size=8), Henon(), TwoCycle()]
SETTINGS = LyapunovSettings(system_steps=40_000)


def spectrum(system):
    return attractor_of_system(system, SETTINGS, transient=2000).spectrum


@pytest.mark.parametrize("system", [s for s in SYSTEMS if isinstance(s, AbstractFlow)], ids=repr)
def test_flows_converge_with_the_fourth_power_of_the_step(system):
    # Halving the step divides the error by 16; 10 leaves room for the next order at these step lengths.
    start = system.initial_state() + 0.1
    coarse, fine, exact = (
        type(system)(**{**vars(system), "substeps": factor * system.substeps}).step(start)
        for factor in (1, 2, 16)
    )
    assert jnp.linalg.norm(fine - exact) < jnp.linalg.norm(coarse - exact) / 10


@pytest.mark.parametrize(
    ("system", "divergence"),
    [(Lorenz63(sigma=9.0, beta=2.0), -12.0), (Lorenz96(size=7), -7.0), (Henon(b=0.2), np.log(0.2))],
    ids=["Lorenz63", "Lorenz96", "Henon"],
)
def test_divergence_where_it_is_constant(system, divergence):
    for seed in range(3):
        state = system.initial_state() + jax.random.normal(
            jax.random.key(seed), (system.dimension,), jnp.float64
        )
        np.testing.assert_allclose(system.divergence(state), divergence, rtol=1e-13)


@pytest.mark.parametrize("system", SYSTEMS, ids=repr)
def test_exponents_sum_to_the_mean_divergence(system):
    found = spectrum(system)
    # Maps: rounding. Flows: the fourth-order error of the step, 7e-6 on Lorenz-63 at 0.005.
    assert abs(found.sum - found.log_volume_rate) < (1e-4 if isinstance(system, AbstractFlow) else 1e-9)


@pytest.mark.parametrize(
    "system",
    [Lorenz63(), Rossler(a=0.2, c=5.7), Henon(), TwoCycle()],
    ids=lambda system: type(system).__name__,
)
def test_exponents_against_the_literature(system):
    found, published = spectrum(system), system.literature()
    count = len(published.exponents)
    error = np.hypot(found.standard_error[:count], published.standard_error)
    # 3.5 standard errors: one of these nine numbers lies beyond by chance in 1 of 240 runs. 1e-9 is for exact values.
    assert np.all(np.abs(found.exponents[:count] - published.exponents) <= 3.5 * error + 1e-9)


@pytest.mark.slow
def test_lorenz96_against_the_literature():
    system = Lorenz96(size=40)
    # No more than is asserted, the 13 positive exponents and two that are not: those up to D_KY take ten times as long.
    settings = dataclasses.replace(SETTINGS, num_exponents=15)
    found, published = attractor_of_system(system, settings, transient=2000).spectrum, system.literature()
    assert abs(found.exponents[0] - published.exponents[0]) < 3 * np.hypot(found.standard_error[0], 0.009)
    assert np.sum(found.exponents > 3 * found.standard_error) == 13


def test_literature_is_for_its_own_parameters():
    assert Lorenz63(rho=30.0).literature() is None
    assert Rossler().literature() is None


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Lorenz63(dt=0.0), "dt must be greater than 0 time units, got 0.0"),
        (lambda: Lorenz63(dt=float("nan")), "dt must be greater than 0 time units, got nan"),
        (
            lambda: Rossler(substeps=0),
            "substeps must be from 1 to 100000, got 0; more of them only add rounding",
        ),
        (lambda: Lorenz96(size=3), "size must be at least 4 variables, got 3"),
    ],
)
def test_bad_settings(build, message):
    with pytest.raises(ConfigError, match=f"^{message}$"):
        build()
