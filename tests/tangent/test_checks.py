"""Every check passes a sound spectrum, and names what is wrong with an unsound one."""

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.tangent import Grade, LyapunovSpectrum, half_step_check, lyapunov_spectrum, spectrum_checks
from rnnchaos.tangent.grades import worst


def made_up(exponents=(0.9, 0.0, -14.5), *, error=0.01, steps=1000, **fields):
    """A spectrum of 64 orbits with these exponents, exactly, and this standard error of each."""
    noise = np.random.default_rng(0).standard_normal((64, 8, len(exponents)))
    noise -= noise.mean(axis=(0, 1))
    noise *= error * 8 / noise.mean(axis=1).std(axis=0, ddof=1)
    rate = fields.pop("log_volume_rate", float(np.sum(exponents)))
    fields = {"transient_steps": steps} | fields
    return LyapunovSpectrum(
        noise + np.array(exponents),
        steps,
        1,
        fields.pop("time_per_step", 0.1),
        len(exponents),
        rate,
        **fields,
    )


def checks_of(spectrum, *, flow=True):
    return {check.name: check for check in spectrum_checks(spectrum, flow=flow)}


def test_a_sound_spectrum_passes():
    checks = checks_of(made_up())
    assert set(checks) == {"transient", "alignment", "resolution", "two halves", "sum rule", "zero exponent"}
    assert worst(list(checks.values())) is Grade.PASS
    assert checks["alignment"].figure == pytest.approx(0.9 * 100)  # e-folds in 100 time units


def test_maps_and_fixed_points_need_no_zero_exponent():
    assert "zero exponent" not in checks_of(made_up(), flow=False)
    assert "zero exponent" not in checks_of(made_up((-0.5, -2.0)))


def test_leading_exponents_have_no_sum_rule():
    assert "sum rule" not in checks_of(made_up(log_volume_rate=None))


@pytest.mark.parametrize(("off", "grade"), [(1e-5, Grade.PASS), (1e-3, Grade.WARN), (0.1, Grade.FAIL)])
def test_sum_rule(off, grade):
    check = checks_of(made_up(log_volume_rate=-13.6 + off))["sum rule"]
    assert check.grade is grade
    assert check.figure == pytest.approx(off / 15.4, rel=1e-6)


# 64 orbits leave 63 degrees of freedom, where 1 in 400 lies beyond 3.15 standard errors.
@pytest.mark.parametrize(("value", "grade"), [(0.02, Grade.PASS), (0.05, Grade.WARN), (0.3, Grade.FAIL)])
def test_zero_exponent(value, grade):
    check = checks_of(made_up((0.9, value, -14.5), steps=10**6))["zero exponent"]
    assert check.grade is grade
    assert check.figure == pytest.approx(value / 0.01, rel=1e-3)
    assert check.bound == pytest.approx(3.15, abs=0.01)


def test_two_halves_that_differ():
    spectrum = made_up()
    spectrum.blocks[:, :4] += 1.0
    check = checks_of(spectrum)["two halves"]
    assert check.grade is Grade.FAIL
    assert check.figure > 10


def test_a_transient_that_is_not_over():
    check = checks_of(made_up(settled=False))["transient"]
    assert check.grade is Grade.WARN
    assert check.meaning == "steps that were dropped before the average, not yet enough"


def test_neighbours_too_close_to_part():
    check = checks_of(made_up((0.9, 0.89, -14.5)))["alignment"]
    assert check.grade is Grade.WARN
    assert check.meaning == (
        "e-folds of λ_1 against λ_2 during the transient; 1 of 2 pairs of neighbours are too close to part: "
        "trust their mean"
    )


def test_an_unresolved_exponent():
    check = checks_of(made_up(remainder=np.array([1.0, 0.5, 1e-15])))["resolution"]
    assert (check.grade, check.figure) == (Grade.WARN, 1e-15)
    assert check.meaning.endswith("; λ_3 is lower than it reads")


def test_half_step():
    assert half_step_check(made_up(), made_up((0.91, 0.0, -14.5))).grade is Grade.PASS
    changed = half_step_check(made_up(), made_up((1.5, 0.0, -14.5)))
    assert changed.grade is Grade.FAIL
    # Both errors of .01, and 2 nats that each orbit of 100 time units may gain at its ends.
    assert changed.figure == pytest.approx(0.6 / np.hypot(*2 * [np.hypot(0.01, 0.02)]), rel=1e-3)


def test_exact_spectra_pass():
    """Without any spread, rounding is no difference."""
    found = lyapunov_spectrum(lambda x: jnp.array([0.5, 0.5, 0.2]) * x, jnp.ones((4, 3)), num_steps=400)
    assert worst(spectrum_checks(found, flow=False)) is Grade.PASS


def test_a_singular_map_passes():
    found = lyapunov_spectrum(lambda x: jnp.array([0.5, 0.0]) * x, jnp.ones((4, 2)), num_steps=400)
    assert worst(spectrum_checks(found, flow=False)) is Grade.PASS
