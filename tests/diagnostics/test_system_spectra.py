"""Spectra as the settings ask for them."""

import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import spectrum_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.systems import HenonHeiles, KuramotoSivashinsky, Lorenz63


def spectrum(system, *, steps=2000, **settings):
    wanted = LyapunovSettings(system_steps=steps, num_orbits=4, **settings)
    return spectrum_of_system(system, wanted, transient=500)


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


def test_neutral_directions_of_a_conserving_system_are_given_time_and_an_error():
    found = spectrum(HenonHeiles())
    orbit_time = found.num_steps * 0.1
    assert found.transient_steps >= 2000
    assert np.all(found.standard_error >= 2 / orbit_time)
    assert spectrum(Lorenz63()).end_effect == 0
