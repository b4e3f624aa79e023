"""What Python gives of several starts: never one mean over several attractors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import rnnchaos
from rnnchaos.attractors.regions import _joined, find_regions
from rnnchaos.attractors.watching import watch
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent import Grade, worst


def bistable(x):
    return jnp.tanh(3 * x + 0.5)


def henon(x):
    return jnp.stack([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])


def rest(start):
    """The exponent of the fixed point that the orbit of a start comes to."""
    for _ in range(1_000):
        start = np.tanh(3 * start + 0.5)
    return np.log(3 * (1 - start**2))


def test_the_spectrum_is_that_of_the_attractor_that_most_starts_reach():
    starts = np.linspace(-1, 1, 16)[:, None]
    found = rnnchaos.lyapunov_spectrum(bistable, starts, num_steps=2_000)
    assert found.exponents[0] == pytest.approx(rest(1.0), abs=1e-9)
    assert worst(found.checks) is Grade.WARN
    assert "share of the orbits that this is of; the others: " in str(found)
    assert "on a fixed point (see find_attractors)" in str(found)


def test_each_attractor_has_a_spectrum_and_each_orbit_its_exponents():
    starts = np.linspace(-1, 1, 16)[:, None]
    found = rnnchaos.find_attractors(bistable, starts, num_steps=2_000)
    right = np.array([rest(start) for start in starts[:, 0]])
    np.testing.assert_allclose(found.exponents[:, 0], right, atol=1e-9)
    assert [each.kind for each in found.attractors] == ["fixed point", "fixed point"]
    assert sum(each.share for each in found.attractors) == 1
    for each in found.attractors:
        np.testing.assert_allclose(each.spectrum.exponents, right[each.orbits[0]], atol=1e-9)


@pytest.mark.parametrize("watched", [0, 1, 12, 100])
def test_orbits_that_are_hardly_watched_are_told_apart_all_the_same(watched):
    starts = np.linspace(-1, 1, 16)[:, None]
    found = rnnchaos.find_attractors(bistable, starts, num_steps=2_000, watch_steps=watched)
    own = sorted(float(each.spectrum.exponents[0]) for each in found.attractors)
    np.testing.assert_allclose(own, sorted([rest(1.0), rest(-1.0)]), atol=1e-9)
    starts = np.random.default_rng(0).uniform(-0.1, 0.1, (8, 2))
    (chaos,) = rnnchaos.find_attractors(henon, starts, num_steps=2_000, watch_steps=watched).attractors
    assert (chaos.kind, chaos.share) == ("chaotic", 1.0)


@pytest.mark.parametrize("watched", [0, 3, 40])
def test_orbits_are_measured_from_where_they_are_once_they_were_watched(watched):
    start, slopes = np.array([[0.9]]), []
    x = start[0, 0]
    for _ in range(watched + 8):
        after = np.tanh(3 * x + 0.5)
        slopes.append(np.log(3 * (1 - after**2)))
        x = after
    found = rnnchaos.find_attractors(
        bistable, start, num_steps=8, watch_steps=watched, transient=0, num_blocks=4
    )
    measured = found.attractors[0].spectrum.exponents[0]
    assert measured == pytest.approx(np.mean(slopes[watched:]), abs=1e-9)


def test_an_orbit_that_escapes_after_it_was_hardly_watched_is_left_out():
    starts = np.array([[0.1, 0.1], [0.0, 0.1], [1.4, 0.3]])
    found = rnnchaos.find_attractors(henon, starts, num_steps=2_000, watch_steps=0)
    assert found.gone.tolist() == [False, False, True]


def test_an_orbit_that_spirals_into_a_point_beside_chaos_makes_no_transient_of_it():
    """A chaotic Hénon map, beside it a focus that draws orbits in slowly from the middle of the same place."""
    turn = 0.998 * np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])

    def step(x):
        here = jnp.stack([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])
        spiral = jnp.asarray(turn) @ x[:2]
        return jnp.append(jnp.where(x[2] > 0, here, spiral), x[2])

    chaotic = np.random.default_rng(0).uniform(-0.1, 0.1, (7, 2))
    starts = np.concatenate([np.c_[chaotic, np.full(7, 1e-9)], [[0.25, 0.05, -1e-9]]])
    found = rnnchaos.find_attractors(step, starts, num_steps=2_000)
    assert found.leaving is None
    assert [(each.kind, len(each.orbits)) for each in found.attractors] == [
        ("chaotic", 7),
        ("fixed point", 1),
    ]


def test_slow_ways_to_one_neutral_point_are_one_attractor():
    """x' = x - x³, late on the way: orbits fall as 1 / √t, so that none halves while it is watched."""
    starts = 1 / np.sqrt(2 * np.linspace(8_000, 20_000, 16))[:, None]
    found = rnnchaos.find_attractors(lambda x: x - x**3, starts, num_steps=10_000)
    assert found.leaving is None
    assert [each.kind for each in found.attractors] == ["fixed point"]
    assert found.main.spectrum.zero.all()


def test_a_point_that_orbits_near_from_both_sides_ever_more_slowly_is_one_attractor():
    """x' = x - x⁵, as t to the power -1/4: 20 000 steps leave .06 of the way to either side."""
    starts = np.array([-0.9, -0.5, -0.2, -0.01, 0.1, 0.3, 0.6, 0.9])[:, None]
    (found,) = rnnchaos.find_attractors(lambda x: x - x**5, starts, num_steps=20_000).attractors
    assert found.kind == "fixed point"
    assert found.spectrum.zero.all()


def test_a_drift_from_infinity_is_no_fixed_point():
    """Boole's map x' = x - 1/x has no fixed point: far out orbits creep, to 0 and back by a burst."""
    starts = np.random.default_rng(0).uniform(-2, 2, (16, 1))
    found = rnnchaos.find_attractors(lambda x: x - 1 / x, starts, num_steps=20_000)
    assert found.main.kind == "drift"
    assert "fixed point" not in {each.kind for each in found.attractors}


def test_long_rests_whose_exponent_is_above_zero_are_no_fixed_point():
    """Farey's map, whose measure is infinite and whose λ falls to 0 as 1 / ln T: neighbours part in bursts."""
    for seed in range(3):
        starts = np.random.default_rng(seed).uniform(0, 1, (16, 1))
        found = rnnchaos.find_attractors(
            lambda x: jnp.where(x < 0.5, x / (1 - x), (1 - x) / x), starts, num_steps=20_000
        )
        for each in found.attractors:
            if each.kind == "fixed point":
                assert each.spectrum.exponents[0] <= 2 * each.spectrum.standard_error[0]


def test_a_cycle_at_the_edge_of_its_stability_is_counted_right():
    """The logistic map at r = 1 + √8, where its cycle of 3 is born: orbits creep to it as 1 / t, over more places."""
    starts = np.random.default_rng(1).uniform(0, 1, (8, 1))
    found = rnnchaos.find_attractors(lambda x: (1 + 8**0.5) * x * (1 - x), starts, num_steps=20_000)
    assert {each.kind for each in found.attractors} <= {"cycle of 3 steps", "regular"}


def test_a_cycle_of_which_not_all_places_may_be_seen_is_not_counted():
    """256 states of a cycle of 60 steps, taken at random: some orbits show one place of it once, some 59 places."""
    phases = np.random.default_rng(0).integers(0, 60, (8, 512))
    states, after = (np.exp(2j * np.pi * (phases + each) / 60) for each in (0, 1))
    found = find_regions(*(np.stack([each.real, each.imag], axis=-1) for each in (states, after)))
    seen = np.array([len(np.unique(each)) for each in phases[:, 256:]])
    assert np.any(seen < 60)
    assert np.all((found.places == 60) | (found.places == 256))


def test_long_rests_near_a_neutral_point_between_bursts_are_no_chaos():
    """x' = x + x³ modulo 1, whose averages fall to 0: most orbits are on their way out of 0 all the time.

    Its measure is infinite: that one orbit rests for all of the watch is a matter of chance, at half of the starts.
    """
    together = 0
    for seed in range(8):
        starts = np.random.default_rng(seed).uniform(0, 1, (16, 1))
        found = rnnchaos.find_attractors(lambda x: (x + x**3) % 1.0, starts, num_steps=20_000)
        together += found.leaving is None and len(found.main.orbits) == 16
        for each in found.attractors:
            assert abs(each.spectrum.exponents[0]) < 4 * each.spectrum.standard_error[0] < 0.1
    assert together >= 2


def test_cycles_of_a_driven_oscillator_that_is_sampled_20_times_a_period_are_told_apart():
    """Ueda's oscillator, ẍ + 0.08 ẋ + x³ = 0.2 cos t, whose states once a period tell which cycle an orbit is on."""
    h, periods = np.pi / 20, 120

    def step(s):
        def velocity(s):
            return jnp.stack([s[1], -0.08 * s[1] - s[0] ** 3 + 0.2 * jnp.cos(s[2]), jnp.ones_like(s[0])])

        for _ in range(2):
            k1 = velocity(s)
            k2 = velocity(s + h / 2 * k1)
            k3 = velocity(s + h / 2 * k2)
            s = s + h / 6 * (k1 + 2 * k2 + 2 * k3 + velocity(s + h * k3))
        return s.at[2].set(s[2] % (2 * jnp.pi))

    starts = np.zeros((48, 3))
    starts[:, :2] = np.random.default_rng(7).uniform(-1.5, 1.5, (48, 2))
    state, once = jnp.asarray(starts), []
    many = jax.jit(jax.vmap(lambda s: jax.lax.fori_loop(0, 20, lambda _, x: step(x), s)))
    for period in range(periods):
        state = many(state)
        if period >= periods - 6:
            once.append(np.asarray(state)[:, :2])
    # Cycles of one, two and three periods: six states, one after the other, hold all of each.
    apart = (
        np.abs(np.stack(once)[:, None, :, None] - np.stack(once)[None, :, None]).max(axis=-1).min(axis=(0, 1))
    )
    same = apart < 1e-3
    assert len(np.unique(same, axis=0)) >= 4
    watched = watch(step, starts, num_steps=20 * periods)
    last = find_regions(watched.states, watched.after).visited[:, -1]
    np.testing.assert_array_equal(last[:, None] == last[None], same)


@pytest.mark.parametrize(
    "doubling", [lambda x: 2 * x % 1, lambda x: 1 - 2 * jnp.abs(x)], ids=["shift", "tent"]
)
def test_maps_that_rounding_collapses_have_an_unstable_point_and_no_chaos(doubling):
    starts = np.random.default_rng(0).uniform(0.1, 0.9, (8, 1))
    (found,) = rnnchaos.find_attractors(doubling, starts, num_steps=2_000).attractors
    assert found.kind == "unstable fixed point"
    assert {c.name: c.grade for c in found.spectrum.checks}["repetition"] is Grade.FAIL
    assert "on a point from which neighbours part" in str(found.spectrum)


def test_an_unstable_point_that_was_asked_for_is_measured():
    found = rnnchaos.lyapunov_spectrum(lambda x: 2 * x, [[0.0]], num_steps=640)
    assert found.exponents[0] == pytest.approx(np.log(2))
    assert worst(found.checks) is Grade.PASS


def test_one_attractor_has_no_such_check():
    starts = np.random.default_rng(0).uniform(-0.1, 0.1, (8, 2))
    found = rnnchaos.lyapunov_spectrum(henon, starts, num_steps=5_000)
    assert abs(found.exponents[0] - 0.4192) < 4 * found.standard_error[0]
    assert worst(found.checks) is Grade.PASS


def test_orbits_that_escape_are_counted_and_the_rest_is_measured():
    starts = np.array([[0.0, 0.0], [0.1, 0.1], [-0.1, 0.1], [9.0, 9.0]])
    found = rnnchaos.find_attractors(henon, starts, num_steps=5_000)
    assert len(found.attractors) == 1
    assert found.main.share == 0.75
    assert found.escaped.tolist()[:3] == [-1, -1, -1]
    assert found.escaped[3] > 0
    assert np.isnan(found.exponents[3]).all()


def test_an_orbit_on_its_way_to_infinity_has_escaped():
    # 1e160 when the orbits are compared: finite, but its square is not.
    grow = 10 ** (160 / 500)
    with pytest.raises(
        RunError, match=r"^all 2 orbits left every bound by step \d+: no Lyapunov exponent exists$"
    ):
        rnnchaos.find_attractors(lambda z: grow * z, jnp.ones((2, 2)), num_steps=500)


def test_one_odd_state_is_taken_by_those_about_it():
    import scipy

    from rnnchaos.attractors.regions import _medians

    values = np.random.default_rng(0).random((2, 3, 20))
    expected = scipy.ndimage.median_filter(values, size=(1, 1, 5), mode="nearest")
    np.testing.assert_array_equal(_medians(values), expected)


@pytest.mark.parametrize(
    ("turn", "gain", "watched"),
    [(1.0, 2.0, 100_000), (2.454, 2.65, 100_000), (2.44, 2.11, 20_000), (2.116, 2.03, 20_000)],
)
def test_orbits_on_a_circle_are_on_one_attractor_whatever_the_rotation(turn, gain, watched):
    """Near a resonance, states at regular times are a lattice, in whose gaps those of another orbit may lie."""
    weights = gain * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    starts = np.random.default_rng(0).uniform(-1, 1, (16, 2))
    found = rnnchaos.find_attractors(
        lambda z: jnp.tanh(jnp.asarray(weights) @ z), starts, num_steps=1000, watch_steps=watched
    )
    assert [(each.kind, each.share) for each in found.attractors] == [("regular", 1.0)]
    assert found.leaving is None


def test_sets_between_which_orbits_go_to_and_fro_are_one():
    visited, final = _joined(np.array([[0, 0, 1], [1, -1, 0], [2, 2, 0], [3, 3, 3]]))
    assert visited[0].tolist() == [visited[0, 0]] * 3
    assert visited[1].tolist() == [visited[0, 0], -1, visited[0, 0]]
    assert final[visited[:, -1]].all()
    assert not final[visited[2, 0]]
    assert visited[3, 0] not in visited[:3]


@pytest.mark.parametrize("unit", [2.0**-660, 2.0**-400, 2.0**400])
def test_no_unit_of_the_states_makes_a_difference(unit):
    starts = np.random.default_rng(0).uniform(-0.1, 0.1, (8, 2))
    right = rnnchaos.lyapunov_spectrum(henon, starts, num_steps=2_000)
    found = rnnchaos.lyapunov_spectrum(lambda x: unit * henon(x / unit), unit * starts, num_steps=2_000)
    assert found.num_orbits == right.num_orbits == 8
    np.testing.assert_allclose(found.exponents, right.exponents, atol=0.03)


def test_states_whose_squares_are_beyond_float64_are_named():
    starts = 1e200 * np.random.default_rng(0).uniform(-0.1, 0.1, (8, 2))

    def large(x):
        return 1e200 * henon(x / 1e200)

    for measured in (rnnchaos.lyapunov_spectrum, rnnchaos.covariant_vectors):
        with pytest.raises(
            ConfigError, match=r"^x0 must be at most 1e\+150 in size, whose square .* near 1$"
        ):
            measured(large, starts, num_steps=1_000)
    with pytest.raises(
        RunError, match=r"^all 8 orbits left .* exists; states start at 9.95e\+198, .* near 1$"
    ):
        rnnchaos.find_attractors(large, starts, num_steps=1_000)
