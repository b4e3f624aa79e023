"""Exponents that are zero: growth as a power of time, which the spread of orbits does not show."""

import re

import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.systems import HenonHeiles, Lorenz63, StandardMap
from rnnchaos.tangent import Grade, LyapunovSpectrum, lyapunov_spectrum, worst
from rnnchaos.tangent.averages import end_effects


def chain(size):
    """A chain of shears: the identity and 1 above the diagonal. Vectors grow as T to the power size - 1."""
    matrix = jnp.asarray(np.eye(size) + np.eye(size, k=1))
    return lambda x: matrix @ x


@pytest.mark.parametrize("orbits", [1, 3, 16])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_shears(size, orbits):
    found = lyapunov_spectrum(chain(size), np.ones((orbits, size)), num_steps=5_000)
    assert found.zero.all()
    assert np.all(np.abs(found.exponents) <= (1 + 1e-9) * found.standard_error)
    # (size - 1) ln(1 + T / τ) / T, where τ steps passed before.
    power = (size - 1) * np.log1p(found.num_steps / found.transient_steps) / found.num_steps
    assert found.exponents[0] == pytest.approx(power, rel=0.05)
    assert not found.chaotic
    assert found.kaplan_yorke == size
    assert worst(found.checks) is Grade.PASS


@pytest.mark.parametrize(("turn", "shrink"), [(0.3, 1.0), (0.3, 0.9999), (0.0, 0.9999), (0.0, 1.0001)])
def test_growth_that_is_even_is_no_power(turn, shrink):
    """Of a circle walked at an even pace, and of slow contraction and expansion: a few nats, all of them exact."""
    matrix = shrink * jnp.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    found = lyapunov_spectrum(lambda x: matrix @ x, np.ones((4, 2)), num_steps=20_000)
    np.testing.assert_allclose(found.exponents, np.log(shrink), atol=1e-12)
    np.testing.assert_allclose(found.standard_error, 0, atol=1e-12)
    assert found.zero.all() == (shrink == 1.0)
    if shrink == 1.0:
        assert found.words() == ["0", "0"]


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (lambda x: 3 * x * (1 - x), "a period about to double"),
        (lambda x: x - x**2, "a fixed point about to vanish"),
    ],
)
def test_the_edge_of_stability(step, name):
    """Orbits come in as a power of time: sums of logs fall as -3/2 ln T and -2 ln T, and λ is 0."""
    found = lyapunov_spectrum(step, np.random.default_rng(0).uniform(0.1, 0.9, (16, 1)), num_steps=20_000)
    assert found.zero.all(), name
    assert abs(found.exponents[0]) <= (1 + 1e-9) * found.standard_error[0]


def states_of_energy(level, count, rng):
    """States of Hénon and Heiles's system of one energy."""
    states = []
    while len(states) < count:
        x, y, u = rng.uniform(-0.5, 0.5, 3)
        rest = 2 * level - u**2 - x**2 - y**2 - 2 * x**2 * y + 2 / 3 * y**3
        if rest > 0:
            states.append([x, y, u, np.sqrt(rest)])
    return np.array(states)


@pytest.mark.slow
@pytest.mark.parametrize("orbits", [1, 4, 16])
@pytest.mark.parametrize(("level", "regular"), [(1 / 12, True), (1 / 8, False)])
def test_zeros_of_a_hamiltonian_system_are_covered(level, regular, orbits):
    """Two zeros always, four at low energies, where all but few orbits are tori; 20 seeds, of which 1 may miss."""
    step, missed = HenonHeiles().step, 0
    for seed in range(20):
        starts = states_of_energy(level, orbits, np.random.default_rng(seed))
        found = lyapunov_spectrum(step, starts, num_steps=2_000, time_per_step=0.1)
        bounds = found.confidence_interval()[slice(None) if regular else slice(1, 3)]
        missed += not np.all((bounds[:, 0] <= 0) & (bounds[:, 1] >= 0))
    assert missed <= 1 + (not regular)


@pytest.mark.parametrize("orbits", [1, 16])
def test_zeros_of_hamiltonian_motion(orbits):
    starts = states_of_energy(1 / 12, orbits, np.random.default_rng(0))
    found = lyapunov_spectrum(HenonHeiles(), starts, num_steps=2_000)
    assert found.zero.all()
    assert found.kaplan_yorke == 4
    assert worst(found.checks) is Grade.PASS


@pytest.mark.slow
def test_twists_of_an_area_preserving_map_are_covered():
    step, missed = StandardMap(kick=0.5).step, 0
    for seed in range(20):
        # Within the island about (0, 0)'s neighbour at π, and rotations beyond it: all regular.
        starts = np.random.default_rng(seed).uniform([2.0, 0.5], [4.0, 1.5], (16, 2))
        found = lyapunov_spectrum(step, starts, num_steps=5_000)
        bounds = found.confidence_interval()
        missed += not np.all((bounds[:, 0] <= 0) & (bounds[:, 1] >= 0))
    assert missed <= 1


def test_chaos_and_flows_are_left_as_they_are():
    """λ_max of Lorenz's system is no power, and of its neutral exponent all that matters is its spread."""
    starts = np.array([1.0, 1.0, 27.0]) + np.random.default_rng(0).standard_normal((16, 3))
    found = lyapunov_spectrum(Lorenz63().step, starts, num_steps=10_000, time_per_step=0.01)
    np.testing.assert_array_equal(found.end_effects, 0.0)


def test_noise_is_seldom_taken_for_a_power():
    """Random walks without drift, and bounded noise, as the sums of logs of a zero exponent are: 2 in 100 by chance."""
    rng, taken = np.random.default_rng(0), 0
    for _ in range(100):
        bounded = np.diff(rng.standard_normal((16, 41, 1)), axis=1)
        blocks = np.concatenate([bounded, rng.standard_normal((16, 40, 1))], axis=2)
        taken += np.count_nonzero(end_effects(blocks, block_time=1.0, passed=4.0))
    assert taken <= 200 * 0.02 + 2 * np.sqrt(200 * 0.02)


@pytest.mark.parametrize(
    ("exponents", "dimension"),
    [
        ([0.0, -1.0], 1.0),  # a cycle, whichever side of 0 its exponent fell
        ([0.0, 0.0, -1.0, -1.0], 2.0),  # a torus
        ([0.5, 0.0, 0.0, -0.5], 4.0),  # volume is conserved
        ([0.5, -np.inf, -np.inf], 1.0),
        ([0.0, -np.inf], 1.0),
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_kaplan_yorke_where_sums_are_zero_within_their_errors(exponents, dimension, seed):
    noise = 1e-3 * np.random.default_rng(seed).standard_normal((16, 40, len(exponents)))
    found = LyapunovSpectrum(np.array(exponents) + noise, 4_000, 1, 1.0, len(exponents), None)
    assert found.kaplan_yorke == pytest.approx(dimension, abs=1e-3)
    assert np.isfinite(found.kaplan_yorke_error)


def test_bounds_are_named():
    found = lyapunov_spectrum(lambda x: jnp.array([1.0, 0.5, 0.0]) * x, np.ones((4, 3)), num_steps=400)
    assert found.words() == ["0", "-0.6931", "-inf"]
    assert found.words(per_step=True) == found.words()
    lost = found._replace(remainder=np.array([1.0, 1e-15, 1.0]))
    assert lost.words() == ["0", "below -0.6931", "-inf"]


@pytest.mark.parametrize("orbits", [1, 4])
def test_a_small_exponent_of_chaos_is_not_called_a_power_of_time(orbits):
    """Growth of a few nats within noise, straight as far as that tells: zero within its error, and no ln T / T."""
    called = 0
    for seed in range(100):
        blocks = 0.02 + 0.3 * np.random.default_rng(seed).standard_normal((orbits, 40, 1))
        found = LyapunovSpectrum(blocks, 400, 1, 1.0, 1, None, transient_steps=40)
        called += "ln T / T" in found.words()[0]
        assert found.standard_error[0] >= found.end_effects[0]
    assert called <= 4  # by chance 1 of 100


@pytest.mark.parametrize("orbits", [1, 3])
def test_a_power_of_time_that_one_orbit_shows_is_called_one(orbits):
    found = lyapunov_spectrum(chain(2), np.ones((orbits, 2)), num_steps=5_000)
    assert all(re.fullmatch(r"0 \(below 0\.000\d, ln T / T\)", said) for said in found.words())


def test_a_small_exponent_beside_contracting_chaos_is_no_end_effect():
    """What a trained network does in place of the data's 0: a growth of a few nats, straight as far as noise tells."""
    rates, noise = np.array([0.9, 0.04, -14.5]), np.array([0.9, 0.9, 1.0])
    for seed in range(20):
        steps = np.random.default_rng(seed).standard_normal((16, 40, 3))
        blocks = rates + noise / np.sqrt(5.0) * steps
        assert end_effects(blocks, block_time=5.0, passed=10.0)[1] == 0


def test_a_power_beside_contracting_chaos_is_found():
    """Growth as the time itself, with noise that is small beside it."""
    time = np.arange(41) * 5.0 + 10.0
    power = np.diff(np.log(time)) / 5.0
    steps = np.random.default_rng(0).standard_normal((16, 40, 3))
    blocks = np.stack([0 * power + 0.9, power, 0 * power - 14.5], axis=1) + 0.02 * steps
    assert end_effects(blocks, block_time=5.0, passed=10.0)[1] == pytest.approx(np.log(21) / 200, rel=0.1)
