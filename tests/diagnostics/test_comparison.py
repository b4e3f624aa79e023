"""A network's spectrum held against the one that it should have."""

import numpy as np
import pytest

from rnnchaos.diagnostics.comparison import compare, compared
from rnnchaos.diagnostics.tables import exponents_table
from rnnchaos.diagnostics.truth import EQUATIONS, SERIES, Truth
from rnnchaos.tangent import Check, Grade, LyapunovSpectrum

LORENZ = Truth(
    np.array([0.9056, 0.0, -14.5723]), np.array([3e-4, 1e-5, 3e-4]), 0.01, EQUATIONS, kaplan_yorke=2.062
)
HENON = Truth(np.array([0.419, -1.623]), np.array([1e-4, 1e-4]), 1.0, EQUATIONS, kaplan_yorke=1.258)


def spectrum(*exponents, error=1e-3, time_per_step=0.01):
    """Sixteen orbits whose exponents have these means and standard errors."""
    ups = np.random.default_rng(0).standard_normal((16, 1, len(exponents)))
    ups = (ups - ups.mean(0)) / ups.std(0, ddof=1) * error * 4
    blocks = np.broadcast_to(np.array(exponents) + ups, (16, 10, len(exponents)))
    return LyapunovSpectrum(blocks, 10_000, 1, time_per_step, len(exponents), None)


def verdicts(found):
    return [each.verdict for each in found.rows]


def test_the_whole_spectrum_is_held_against_the_truth():
    # The right sum of the two leading exponents, λ_1 low by what λ_2 is too high, and 18 % less contraction.
    found = compare(spectrum(0.870, 0.036, -12.0), LORENZ)
    assert [each.name for each in found.rows] == ["λ_1", "λ_2", "λ_3", "λ_1+λ_2"]
    assert verdicts(found) == ["agrees", "agrees", "differs", "agrees"]
    assert found.verdict == "differs"
    np.testing.assert_allclose(found.leading_sum.gap, 0.0004, atol=1e-9)
    np.testing.assert_allclose([each.tolerance for each in found.exponents], [0.09056, 0.09056, 1.45723])


def test_exponents_agree_within_a_tenth_and_differ_significantly_beyond():
    assert compare(spectrum(0.88, 0.02, -14.0), LORENZ).verdict == "agrees"
    assert compare(spectrum(0.75, 0.0, -14.5), LORENZ).verdict == "differs"
    assert compare(spectrum(0.75, 0.0, -14.5, error=0.1), LORENZ).verdict == "undecided"
    assert compare(spectrum(0.90, 0.0, -14.5, error=0.1), LORENZ).verdict == "undecided"


def test_exponents_beyond_those_that_shape_the_attractor_decide_nothing():
    found = compare(spectrum(0.42, -1.60, -2.0, time_per_step=1.0), HENON)
    assert (len(found.exponents), found.leading_sum, found.verdict) == (2, None, "agrees")
    of_many = LORENZ._replace(exponents=np.array([1.0, 0.0, -9.0, -20.0]), standard_error=np.full(4, 1e-3))
    of_many = of_many._replace(kaplan_yorke=2.1)
    assert compare(spectrum(1.0, 0.0, -9.0, -10.0), of_many).verdict == "agrees"


def test_how_fast_a_thin_attractor_is_reached_counts_as_far_as_its_dimension_shows_it():
    """D_KY = 2 + .06 / 6 = 2.01: at -12 it moves by .005, at -4 by .005."""
    thin = Truth(np.array([0.06, 0.0, -6.0]), np.full(3, 1e-5), 0.1, EQUATIONS, kaplan_yorke=2.01)
    found = {
        last: compare(spectrum(0.06, 0.0, last, error=1e-4, time_per_step=0.1), thin).exponents[2].verdict
        for last in (-11.9, -12.1, -4.01, -3.99)
    }
    assert found == {-11.9: "agrees", -12.1: "differs", -4.01: "agrees", -3.99: "differs"}


def test_a_cycle_of_the_data_is_measured_by_its_contraction():
    cycle = Truth(np.array([0.0, -1.0]), np.array([1e-6, 1e-4]), 0.01, EQUATIONS, kaplan_yorke=1.0)
    assert compare(spectrum(0.01, -1.0, error=1e-4), cycle).verdict == "agrees"
    assert compare(spectrum(0.5, -1.0, error=1e-4), cycle).verdict == "differs"


def test_rounding_is_no_difference():
    same = compare(spectrum(0.9056, 0.0, -14.5723, error=0.0), LORENZ._replace(standard_error=np.zeros(3)))
    assert [each.in_errors for each in same.exponents] == [0.0, 0.0, 0.0]
    collapsed = Truth(np.array([-np.inf]), np.array([0.0]), 1.0, EQUATIONS)
    assert compare(spectrum(-np.inf, error=0.0), collapsed).exponents[0].in_errors == 0


@pytest.mark.parametrize(
    ("grade", "known", "differences"),
    [
        (Grade.FAIL, False, False),
        (Grade.WARN, False, True),
        (Grade.FAIL, True, False),
        (Grade.PASS, True, True),
    ],
)
def test_nothing_is_held_against_an_estimate_that_fails(grade, known, differences):
    check = Check("noise", grade, 1.0, 0.1, "")
    origin = EQUATIONS if known else SERIES
    truth = Truth(np.array([0.7]), np.array([0.03]), 0.01, origin, checks=(check,))
    found = compared(spectrum(0.85, 0.0), truth)
    assert ("lambda_max_difference_standard_errors" in found) == differences
    assert ("lambda_max_relative_error" in found) == (differences and known)
    assert any("true" in name for name in found) == known
    assert ("lambda_max_from_series_grade" in found) == (not known)
    headings = [column.header for column in exponents_table(spectrum(0.85), truth, title="network").columns]
    assert headings[3:4] == [truth.heading]
    assert ("difference" in headings) == differences
