"""Sprott's nineteen flows: their terms, where they rest, what is the same flow twice, and the literature."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.data import orbit
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.diagnostics.spectra import attractor_of_system
from rnnchaos.errors import ConfigError
from rnnchaos.listings.systems import Entry, entries
from rnnchaos.systems import NoseHoover, Sprott

LETTERS = "ABCDEFGHIJKLMNOPQRS"
STATE = jnp.array([0.7, -1.3, 2.1])
DATASETS = [entry for entry in entries() if isinstance(entry.system, Sprott)]

# Case A rests nowhere: y = 0 and y² = 1 exclude each other.
RESTS = {
    "B": (1, 1, 0),
    "C": (-1, -1, 0),
    "D": (0, 0, 0),
    "E": (1 / 4, 1 / 16, 0),
    "F": (-2, -4, 4),
    "G": (-5 / 2, -5 / 2, 1),
    "H": (-2, 4, -2),
    "I": (0, 0, 0),
    "J": (0, 0, 0),
    "K": (-10 / 3, -10 / 3, 100 / 9),
    "L": (1, 9 / 10, -3 / 13),
    "M": ((1.7 - 9.69**0.5) / 2, -(((1.7 - 9.69**0.5) / 2) ** 2), 0),
    "N": (-1 / 4, 0, 1 / 2),
    "O": (-1, 0, -1),
    "P": (1, -1, 2.7),
    "Q": (-3.1, -3.1, 0),
    "R": (-4 / 9, 0.9, -0.4),
    "S": (-1, 1 / 4, -1),
}
CONSTANT_DIVERGENCES = {
    **dict.fromkeys("BCEILMRS", -1.0),
    **dict.fromkeys("FHQ", -0.5),
    **dict.fromkeys("JN", -2.0),
    "G": -0.6,
}
OTHER_DIVERGENCES = {
    "A": lambda x, y, z: z,
    "D": lambda x, y, z: x,
    "K": lambda x, y, z: y - 0.7,
    "O": lambda x, y, z: x,
    "P": lambda x, y, z: 2 * y,
}


def test_there_is_a_dataset_for_every_case():
    assert {entry.name: entry.system.case for entry in DATASETS} == {
        f"sprott_{case.lower()}": case for case in LETTERS
    }


@pytest.mark.parametrize("case", LETTERS)
def test_five_terms_with_two_nonlinearities_or_six_with_one(case):
    velocity = Sprott(case=case).velocity
    jacobian = jax.jacfwd(velocity)
    # Products count once, and the velocity is of second degree, so these are all of its terms.
    quadratic = np.triu(jax.jacfwd(jacobian)(STATE))
    linear, constant = jacobian(jnp.zeros(3)), velocity(jnp.zeros(3))
    terms = sum(np.count_nonzero(each) for each in (quadratic, linear, constant))
    assert (terms, np.count_nonzero(quadratic)) == ((5, 2) if case in "ABCDE" else (6, 1))
    assert not np.any(jax.jacfwd(jax.jacfwd(jacobian))(STATE))


@pytest.mark.parametrize(("case", "rest"), RESTS.items())
def test_fixed_points(case, rest):
    np.testing.assert_allclose(Sprott(case=case).velocity(jnp.array(rest, jnp.float64)), 0.0, atol=1e-14)


@pytest.mark.parametrize("case", LETTERS)
def test_divergence_in_closed_form(case):
    closed = OTHER_DIVERGENCES.get(case, lambda *_: CONSTANT_DIVERGENCES[case])
    np.testing.assert_allclose(Sprott(case=case).divergence(STATE), closed(*STATE), rtol=1e-14)


@pytest.mark.parametrize(("case", "divergence"), CONSTANT_DIVERGENCES.items())
def test_published_exponents_sum_to_the_divergence_where_it_is_constant(case, divergence):
    published = Sprott(case=case).literature()
    np.testing.assert_allclose(sum(published.exponents), divergence, rtol=1e-12)


@pytest.mark.parametrize(
    ("one", "other", "turn", "shift"),
    [
        ("F", "H", [[1, 1, 1], [1, -1.5, 0], [1, 0, 0]], [0, 0, 0]),
        ("J", "N", [[-1, 0, 0], [0, 0, 1], [0, 1, 0]], [-0.25, 0, 0.5]),
    ],
)
def test_two_cases_are_one_flow_in_other_coordinates(one, other, turn, shift):
    turn, shift = jnp.array(turn, jnp.float64), jnp.array(shift, jnp.float64)
    carried = turn @ Sprott(case=one).velocity(STATE)
    np.testing.assert_allclose(Sprott(case=other).velocity(turn @ STATE + shift), carried, rtol=1e-13)


def test_the_conservative_case_is_the_thermostat_and_runs_backwards_as_forwards():
    velocity = Sprott(case="A").velocity
    mirror, back = jnp.array([1.0, 1.0, -1.0]), jnp.array([1.0, -1.0, -1.0])
    np.testing.assert_allclose(mirror * velocity(STATE), NoseHoover().velocity(mirror * STATE), rtol=1e-14)
    np.testing.assert_allclose(back * velocity(STATE), -velocity(back * STATE), rtol=1e-14)


def check_exponents(system: Sprott) -> None:
    """Chaotic, with the sum rule and a zero exponent, and as published."""
    found = attractor_of_system(
        system, LyapunovSettings(system_steps=10_000, num_orbits=8), transient=3000
    ).spectrum
    # The fourth-order error of the step; the largest of the nineteen is 1.2e-6, of case D.
    assert abs(found.sum - found.log_volume_rate) < 1e-5
    assert found.exponents[0] > 4 * found.standard_error[0]
    # What the ends of an orbit add: a few nats over its length.
    ends = 3 / (found.num_steps * system.dt)
    assert abs(found.exponents[1]) < 4 * found.standard_error[1] + ends
    published = system.literature()
    error = np.hypot(np.hypot(found.standard_error, published.standard_error), ends)
    assert np.all(np.abs(found.exponents - published.exponents) < 4 * error)


# Case S contracts at a constant rate, case O at one that changes along the orbit.
@pytest.mark.parametrize("case", ["O", "S"])
def test_exponents(case):
    check_exponents(next(entry.system for entry in DATASETS if entry.system.case == case))


@pytest.mark.slow
@pytest.mark.parametrize("entry", DATASETS, ids=lambda entry: entry.name)
def test_exponents_of_all(entry: Entry):
    check_exponents(entry.system)


@pytest.mark.slow
@pytest.mark.parametrize("entry", DATASETS, ids=lambda entry: entry.name)
def test_an_orbit_stays_for_a_million_steps(entry: Entry):
    # `orbit` raises where a state is not finite; a quadratic flow that leaves its attractor is soon infinite.
    states = orbit(entry.system, num_steps=1000, transient=1_000_000)
    assert np.abs(states).max() < 50


def test_a_case_that_does_not_exist():
    with pytest.raises(ConfigError, match=r"^case must be one of A to S, got 'T'$"):
        Sprott(case="T")
