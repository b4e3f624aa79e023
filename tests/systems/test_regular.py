"""Systems without chaos: their exponents are known exactly."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.config.schema import LyapunovSettings
from rnnchaos.errors import ConfigError
from rnnchaos.experiments.spectra import spectrum_of_system
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
    found = spectrum_of_system(system, LyapunovSettings(system_steps=4000, num_orbits=4), transient=500)
    # Fourth order at h = 0.025: (3h)⁴/120 = 3e-7 at the fastest.
    np.testing.assert_allclose(found.exponents, exponents, atol=1e-6)


def test_a_cycle_has_its_radius_and_its_period():
    system = LimitCycle(mu=0.3, dt=2 * np.pi / 100, substeps=8)
    state = system.initial_state()
    np.testing.assert_allclose(jnp.linalg.norm(state) ** 2, 0.3, rtol=1e-14)
    turned = state
    for _ in range(25):
        turned = system.step(turned)
    np.testing.assert_allclose(turned, [-state[1], state[0]], atol=1e-9)


def test_a_torus_never_returns():
    system = Torus()
    np.testing.assert_allclose(
        system.velocity(system.initial_state())[1::2] / system.initial_state()[::2],
        [1.0, (1 + 5**0.5) / 2],
    )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: LimitCycle(mu=0.0), "dataset.mu must be above 0, where there is a cycle, got 0.0"),
        (lambda: Torus(mu=-1.0), "dataset.mu must be above 0, where there is a torus, got -1.0"),
    ],
)
def test_bad_settings(build, message):
    with pytest.raises(ConfigError, match=f"^{message}$"):
        build()
