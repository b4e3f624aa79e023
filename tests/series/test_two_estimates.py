"""A curve's exponent and that of fitted maps, held against each other."""

import numpy as np
import pytest

from rnnchaos.series.from_data import DataExponent
from rnnchaos.series.linear_region import Fit
from rnnchaos.series.map_exponents import FittedMap, MapExponent
from rnnchaos.series.two_estimates import checks_with_maps, held_against
from rnnchaos.tangent import Check, Grade


def by_curve(exponent, error=0.02):
    lags = np.arange(11.0)
    fit = Fit(exponent, error, (2.0, 8.0), 6 * exponent, 0.01, True)
    return DataExponent(exponent, error, lags, (exponent * lags - 5)[None], (fit,), 0.0, "Rosenstein")


def by_maps(exponent, *, error=0.01, standard_error=0.02, neutral=0.0, delays_added=0):
    best = FittedMap("made up", 1, error, np.array([exponent, neutral, -1.0]), standard_error)
    return MapExponent(best, (), error, 1.0, True, delays_added)


def failing(name):
    return Check(name, Grade.FAIL, 1.0, 0.0, "")


NAMES = ("unfolded", "determinism", "0-1 test", "surrogates")


def graded(curve, maps, *, deeper=None):
    maps = held_against(maps, curve, deeper)
    checks = checks_with_maps([failing(name) for name in NAMES], curve, deeper, maps)
    return {check.name: check.grade for check in checks}


def test_founded_maps_that_agree_leave_warnings_of_the_curve():
    found = graded(by_curve(0.2), by_maps(0.22))
    assert found == {
        "unfolded": Grade.WARN,
        "determinism": Grade.WARN,
        "0-1 test": Grade.FAIL,
        "surrogates": Grade.FAIL,
        "foretold": Grade.PASS,
        "maps": Grade.PASS,
    }


@pytest.mark.parametrize(
    ("maps", "positive", "zero_one"),
    [
        (by_maps(0.22, error=1e-4), Grade.PASS, Grade.WARN),
        # Noise of a hundredth may make a cycle look so, and a torus has no curve that grows.
        (by_maps(0.22, error=1e-2), Grade.PASS, Grade.FAIL),
        (by_maps(0.22, error=1e-4), Grade.UNDECIDED, Grade.FAIL),
        (by_maps(0.22, error=5e-4, neutral=0.1), Grade.PASS, Grade.FAIL),
    ],
)
def test_exact_maps_and_a_curve_that_grows_outweigh_the_zero_one_test(maps, positive, zero_one):
    checks = [failing("0-1 test"), Check("positive", positive, 5.0, 3.0, "")]
    found = {check.name: check.grade for check in checks_with_maps(checks, by_curve(0.2), None, maps)}
    assert found["0-1 test"] is zero_one


@pytest.mark.parametrize(
    ("maps", "grade"),
    [
        # Both read noise as growth: they agree, and are wrong by the same.
        (by_maps(0.22, neutral=-0.13), Grade.UNDECIDED),
        (by_maps(0.22, neutral=-0.09), Grade.PASS),
        (by_maps(0.22, neutral=-0.13, error=0.06), Grade.PASS),
        # So exact a map may turn slowly without a flow.
        (by_maps(0.22, neutral=-0.13, error=5e-5), Grade.PASS),
    ],
)
def test_maps_that_grow_along_a_flow_confirm_nothing(maps, grade):
    assert graded(by_curve(0.22), maps)["maps"] == grade


def test_what_founded_maps_disagree_on_is_undecided():
    assert graded(by_curve(0.2), by_maps(0.4))["maps"] is Grade.UNDECIDED
    # Of 3 standard errors, or a fifth of the larger one.
    assert graded(by_curve(0.2, error=0.07), by_maps(0.4))["maps"] is Grade.PASS
    assert graded(by_curve(0.2, error=1e-3), by_maps(0.24, standard_error=1e-3))["maps"] is Grade.PASS


def test_the_error_is_widened_by_what_a_curve_is_apart():
    maps = held_against(by_maps(0.4, standard_error=0.03), by_curve(0.2, error=0.04), None)
    assert maps.apart == pytest.approx(4)
    assert (maps.own_error, maps.standard_error) == pytest.approx((0.03, 0.12))
    near = held_against(by_maps(0.21), by_curve(0.2), None)
    assert near.standard_error == near.own_error == 0.02
    # .2 is 6.7 standard errors above 0, and with the curve's in it 2.7.
    doubtful = graded(by_curve(0.4, error=0.074), by_maps(0.2, standard_error=0.03))
    assert doubtful["maps"] is Grade.UNDECIDED


@pytest.mark.parametrize(
    ("curve", "positive", "noise", "grade"),
    [
        (0.3, Grade.PASS, Grade.WARN, Grade.WARN),
        (0.3, Grade.PASS, Grade.PASS, Grade.UNDECIDED),
        (0.3, Grade.UNDECIDED, Grade.WARN, Grade.UNDECIDED),
        (0.6, Grade.PASS, Grade.WARN, Grade.UNDECIDED),
    ],
)
def test_noise_hides_growth_from_a_curve_that_still_grows(curve, positive, noise, grade):
    checks = [Check("positive", positive, 5.0, 3.0, ""), Check("noise", noise, 0.2, 0.05, "")]
    maps = held_against(by_maps(0.4), by_curve(curve), None)
    found = {each.name: each.grade for each in checks_with_maps(checks, by_curve(curve), None, maps)}
    assert found["maps"] is grade


def test_a_curve_of_neighbours_that_forget_their_distance_is_not_held_against_exact_maps():
    curve, checks = by_curve(0.02), [failing("determinism")]
    exact = held_against(by_maps(0.2, error=5e-4), curve, None, checks)
    assert exact.standard_error == exact.own_error
    found = {check.name: check.grade for check in checks_with_maps(checks, curve, None, exact)}
    assert found == {"determinism": Grade.WARN, "foretold": Grade.PASS}
    # Of noise neighbours forget it, too, and noise is what maps are not exact for.
    noisy = held_against(by_maps(0.2, error=5e-3), curve, None, checks)
    found = {check.name: check.grade for check in checks_with_maps(checks, curve, None, noisy)}
    assert found["maps"] == Grade.UNDECIDED


def test_maps_of_one_more_delay_are_held_against_the_curve_with_one_more():
    maps = by_maps(0.4, delays_added=1)
    assert graded(by_curve(0.2), maps, deeper=by_curve(0.39))["maps"] is Grade.PASS
    assert graded(by_curve(0.2), maps)["maps"] is Grade.UNDECIDED


@pytest.mark.parametrize(
    ("maps", "founded"),
    [
        (by_maps(0.2), True),
        (by_maps(0.2, error=0.04), False),
        (by_maps(0.2, standard_error=0.1), False),
        (by_maps(0.2, neutral=0.1), False),
        # A map may turn slowly, too, where it is exact.
        (by_maps(0.2, error=5e-5, neutral=0.1), True),
    ],
)
def test_when_maps_are_founded(maps, founded):
    assert maps.founded == founded


def test_what_a_neutral_exponent_is_off_counts_as_error():
    assert by_maps(0.2, neutral=0.05).standard_error == pytest.approx(np.hypot(0.02, 0.05))
    assert by_maps(0.2, error=5e-5, neutral=0.05).standard_error == 0.02


def test_others_tell_at_most_that_the_state_is_seen():
    found = graded(by_curve(0.2), by_maps(0.4, error=0.04))
    assert (found["unfolded"], found["determinism"]) == (Grade.WARN, Grade.FAIL)
    assert (found["foretold"], found["maps"]) == (Grade.WARN, Grade.WARN)
    assert graded(by_curve(0.2), by_maps(0.4, error=0.1))["unfolded"] is Grade.FAIL
    assert graded(by_curve(0.2), by_maps(0.2, error=0.3))["foretold"] is Grade.UNDECIDED


def test_maps_without_growth_speak_against_chaos():
    assert graded(by_curve(0.2), by_maps(0.01))["maps"] is Grade.UNDECIDED
    assert graded(by_curve(0.2), by_maps(-0.1))["maps"] is Grade.UNDECIDED
    # Growth that is uncertain says nothing.
    assert graded(by_curve(0.2), by_maps(0.3, standard_error=0.2))["maps"] is not Grade.UNDECIDED


def test_without_maps_the_checks_stay():
    assert set(graded(by_curve(0.2), None).values()) == {Grade.FAIL}
