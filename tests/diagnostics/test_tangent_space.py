"""Finite-time exponents and covariant vectors beside a spectrum, as numbers, arrays, figures and sentences."""

import numpy as np
import pytest

from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system, starts_of_system
from rnnchaos.diagnostics.tangent_space import along_orbits
from rnnchaos.systems import AbstractSystem, Henon, TwoCycle


def findings(system: AbstractSystem, **settings):
    wanted = LyapunovSettings(system_steps=4000, **settings)
    spectrum = attractor_of_system(system, wanted, transient=500).spectrum
    starts = starts_of_system(system, wanted, transient=500)
    found = along_orbits(system.step, starts, spectrum, wanted, num_steps=wanted.system_steps)
    return spectrum, found


def test_henon():
    spectrum, found = findings(Henon(), covariant=True)
    assert set(found.arrays) == set(found.summary) == {"finite_time", "covariant_vectors"}
    assert set(found.figures) == {"finite_time", "angles"}
    # One predictability time is ln 2 / 0.419 = 1.65 steps.
    assert found.summary["finite_time"]["window_steps"] == 2
    windows = found.arrays["finite_time"]["exponents"]
    assert windows.shape == (16, 1000, 2)
    np.testing.assert_allclose(windows.mean((0, 1)), spectrum.exponents, atol=0.02)
    covariant = found.summary["covariant_vectors"]
    assert covariant["num_not_contracting"] == 1
    np.testing.assert_allclose(covariant["exponents_per_time_unit"], spectrum.exponents, atol=0.02)
    assert (
        covariant["splitting_angle_smallest_radians"]
        == found.arrays["covariant_vectors"]["splitting_angle"].min()
    )
    said = found.shown[1]
    assert isinstance(said, str)
    assert "manifolds touch" in said
    for draw in found.figures.values():
        assert draw().axes


def test_vectors_are_found_only_where_asked_for_and_windows_are_as_long_as_asked_for():
    _, found = findings(Henon(), window=6)
    assert set(found.figures) == {"finite_time"}
    assert found.summary["finite_time"]["window_steps"] == 6


def test_windows_take_no_more_steps_than_the_spectrum_however_weak_the_chaos():
    """An exponent of .0042 a step asks for windows of 165 steps, of which 24 fit: too few to join sixteen twice."""
    wanted = LyapunovSettings(system_steps=4000)
    spectrum = attractor_of_system(Henon(), wanted, transient=500).spectrum
    weak = spectrum._replace(blocks=1e-2 * spectrum.blocks)
    starts = starts_of_system(Henon(), wanted, transient=500)
    found = along_orbits(Henon().step, starts, weak, wanted, num_steps=4000)
    window = found.summary["finite_time"]["window_steps"]
    assert window == weak.num_steps // 32
    assert found.arrays["finite_time"]["exponents"].shape[1] == weak.num_steps // window


def test_a_stable_cycle_has_no_splitting():
    _, found = findings(TwoCycle(), covariant=True)
    windows = found.arrays["finite_time"]["exponents"]
    np.testing.assert_allclose(windows, -np.log(2), rtol=1e-9)
    assert found.summary["finite_time"]["share_positive"].tolist() == [0.0, 0.0]
    assert "no splitting" in str(found.shown[1])


@pytest.mark.parametrize("value", [0, -3])
def test_a_window_is_at_least_one_step(value):
    with pytest.raises(Exception, match=r"^window must be at least 1 step, got"):
        LyapunovSettings(window=value)
