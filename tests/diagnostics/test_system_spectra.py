"""Spectra as the settings ask for them."""

import re

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.systems import AbstractMap, HenonHeiles, KuramotoSivashinsky, Lorenz63, StandardMap
from rnnchaos.tangent import Grade, worst


def spectrum(system, *, steps=2000, **settings):
    wanted = LyapunovSettings(system_steps=steps, num_orbits=4, **settings)
    return attractor_of_system(system, wanted, transient=500).spectrum


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"qr_every": 2000}, "diagnostics.lyapunov.qr_every must be at most "),
        (
            {"num_exponents": 4},
            "diagnostics.lyapunov.num_exponents must be from 1 to the state's 3 dimensions, got 4",
        ),
    ],
)
def test_a_setting_that_does_not_fit_is_named_as_the_user_wrote_it(settings, message):
    with pytest.raises(ConfigError) as refused:
        spectrum(Lorenz63(), **settings)
    assert str(refused.value).startswith(message)


def test_as_many_exponents_as_the_dimension_needs_where_the_state_is_a_truncation():
    found = spectrum(KuramotoSivashinsky())
    assert len(found.exponents) == 8
    assert found.dimension == 22
    assert found.kaplan_yorke is not None


def test_neutral_directions_of_a_conserving_system_are_zero_as_far_as_ln_t_over_t():
    found = spectrum(HenonHeiles())
    orbit_time = found.num_steps * 0.1
    np.testing.assert_array_equal(found.zero, [False, True, True, False])
    assert np.all(found.end_effects[1:3] < 3 * np.log(orbit_time) / orbit_time)
    assert not spectrum(Lorenz63()).zero[[0, 2]].any()


def test_regular_motion_has_an_answer_at_once():
    found = spectrum(StandardMap(kick=0.5), steps=20_000)
    assert found.zero.all()
    assert found.stopped == "steps"
    assert np.all(np.abs(found.exponents) <= (1 + 1e-9) * found.standard_error)
    assert found.kaplan_yorke == 2
    assert found.entropy == 0
    assert worst(found.checks) is Grade.PASS
    shown = str(found).splitlines()[1]
    assert re.fullmatch(r"  λ_1 +0 \(below (0.000\d|\de-05), ln T / T\)", shown)


class Shift(AbstractMap):
    """x' = 2 x or 4 x modulo 1, whose exponent is (log 2 + log 4) / 2; float64 ends on 0 in 53 steps."""

    start: float = 0.3141

    @property
    def dimension(self):
        return 1

    def initial_state(self):
        return jnp.array([self.start])

    def step(self, state):
        return jnp.where(state < 0.5, 2 * state, 4 * state) % 1.0


def test_a_point_where_the_orbit_of_a_system_has_been_put_by_rounding_is_named():
    """All starts of the measurement are there already."""
    found = spectrum(Shift())
    assert {check.name: check.grade for check in found.checks}["repetition"] is Grade.FAIL
    asked_for = spectrum(Shift(start=0.0))
    assert {check.name for check in asked_for.checks}.isdisjoint({"repetition"})
