"""Orbits that go where others have been add nothing, and no error bar forgets it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.systems import Henon, Lorenz63
from rnnchaos.tangent import Grade, independence, lyapunov_spectrum, parted

HENON, LORENZ = Henon(), Lorenz63()


def path(system, start, num_steps):
    with jax.enable_x64(True):
        return np.asarray(
            jax.jit(lambda x: jax.lax.scan(lambda s, _: (system.step(s), s), x, None, num_steps)[1])(
                jnp.asarray(start)
            )
        )


def warned(spectrum):
    return {check.name for check in spectrum.checks if check.grade is not Grade.PASS}


def test_equal_starts_are_one_orbit():
    """16 times the same point: without this .41005 ± 0 beside the true .4192."""
    one = lyapunov_spectrum(HENON, [[0.1, 0.1]], num_steps=5_000)
    many = lyapunov_spectrum(HENON, [[0.1, 0.1]] * 16, num_steps=5_000)
    assert (many.num_orbits, many.retraced) == (1, 15)
    np.testing.assert_allclose(many.exponents, one.exponents, rtol=1e-12)
    np.testing.assert_allclose(many.standard_error, one.standard_error, rtol=1e-6)
    assert warned(many) == {"independent orbits"}
    assert "1 (orbits that count, of 16: the others go where these have been, and are left out)" in str(many)
    low, high = many.confidence_interval()[0]
    assert low < 0.4192 < high


@pytest.mark.parametrize(("every", "kept"), [(50, 1), (400, 2)])
def test_points_of_one_orbit_retrace_it(every, kept):
    """Points that lie `every` steps apart, followed for 440: only what lies further apart than that is news."""
    starts = path(HENON, [0.1, 0.1], 10_000)[1_000::every][: 8 if every == 50 else 2]
    found = lyapunov_spectrum(HENON, starts, num_steps=440 if kept == 2 else 5_000, transient=0)
    assert found.num_orbits == kept
    assert ("independent orbits" in warned(found)) == (found.retraced > 0)


@pytest.mark.parametrize("target", [{"target_stderr": 1e-3}, {"target_relative_error": 0.01}])
def test_a_target_is_not_reached_by_agreeing_with_oneself(target):
    found = lyapunov_spectrum(HENON, [[0.1, 0.1]] * 8, num_steps=2_000, **target)
    assert found.num_orbits == 1
    assert found.stopped == "target"
    assert found.num_steps > 4_000
    assert abs(found.exponents[0] - 0.4192) < 4 * found.standard_error[0]


def turned(state):
    """About the nearest of two points far apart, by the golden angle a step."""
    middle = jnp.where(state[0] > 0, 1e4, -1e4)
    cosine, sine = jnp.cos(2.4), jnp.sin(2.4)
    x, y = state[0] - middle, state[1]
    return jnp.array([middle + cosine * x - sine * y, sine * x + cosine * y])


def nearby(system, share):
    """Two starts, the second so near where the first comes after 300 steps, as a share of the attractor's size."""
    orbit = path(system, [1.0, 1.0, 20.0], 5_000)
    aside = share * np.ptp(orbit, axis=0).max()
    return np.stack([orbit[2_000], orbit[2_300] + aside])


# On the second circle one follows the other, by a thousandth of what single precision tells apart there.
CIRCLES = np.array(
    [
        [1e4 + 0.01, 0.0],
        [1e4, 0.02],
        [-1e4 + 0.01, 0.0],
        [-1e4 + 0.01 * np.cos(2.4 * 7), 0.01 * np.sin(2.4 * 7)],
    ]
)


@pytest.mark.parametrize(
    ("step", "starts", "meet"),
    [
        (LORENZ.step, path(LORENZ, [1.0, 1.0, 20.0], 20_000)[2_000::2_000], False),
        (LORENZ.step, path(LORENZ, [1.0, 1.0, 20.0], 20_000)[2_000::150][:6], True),
        (LORENZ.step, nearby(LORENZ, 3e-6), True),
        (LORENZ.step, nearby(LORENZ, 3e-5), False),
        (turned, CIRCLES, True),
    ],
    ids=["apart", "one orbit", "near", "not quite", "small and far"],
)
def test_the_quick_look_misses_nothing(monkeypatch, step, starts, meet):
    with jax.enable_x64(True):
        starts, others = jnp.asarray(starts), ~np.eye(len(starts), dtype=bool)
        quick = independence._overlap(step, starts, num_steps=1_000, growth=0.01)
        monkeypatch.setattr(independence, "_SURELY", np.inf)
        slow = independence._overlap(step, starts, num_steps=1_000, growth=0.01)
    np.testing.assert_array_equal(quick[others], slow[others])
    assert slow[others].any() == meet


def test_the_quick_look_is_enough_for_orbits_that_are_apart(monkeypatch):
    starts = path(LORENZ, [1.0, 1.0, 20.0], 100_000)[::20_000]
    monkeypatch.setattr(independence, "_approaches", None)
    with jax.enable_x64(True):
        assert not independence._overlap(LORENZ.step, jnp.asarray(starts), num_steps=1_000, growth=0.01).any()


def test_mirror_images_are_one_orbit():
    """Lorenz-63 is the same for (x, y, z) and (-x, -y, z)."""
    found = lyapunov_spectrum(
        LORENZ, [[1.0, 2.0, 20.0], [-1.0, -2.0, 20.0], [3.0, 1.0, 25.0]], num_steps=5_000
    )
    assert (found.num_orbits, found.retraced) == (2, 1)


def test_other_orbits_are_left_alone():
    rng = np.random.default_rng(0)
    found = lyapunov_spectrum(HENON, rng.uniform(-0.1, 0.1, (16, 2)), num_steps=5_000)
    assert (found.num_orbits, found.retraced) == (16, 0)
    assert "independent orbits" not in {check.name for check in found.checks}


def test_where_nothing_varies_all_count():
    """A fixed point: its exponent has no error, however many orbits there are."""
    found = lyapunov_spectrum(lambda x: 2.5 * x * (1 - x), np.linspace(0.1, 0.9, 9)[:, None], num_steps=400)
    assert (found.num_orbits, found.retraced) == (9, 0)
    assert found.exponents[0] == pytest.approx(np.log(0.5), abs=1e-12)
    assert found.standard_error[0] < 1e-12


def test_equal_phases_of_a_cycle_do_not_make_it_exact():
    """A 4-cycle over blocks that are no whole number of periods."""
    exact = lyapunov_spectrum(lambda x: 3.5 * x * (1 - x), [[0.3]], num_steps=4_000).exponents[0]
    found = lyapunov_spectrum(
        lambda x: 3.5 * x * (1 - x), [[0.3]] * 16, num_steps=4_000, num_blocks=31, qr_every=1
    )
    assert found.num_orbits == 1
    assert abs(found.exponents[0] - exact) < 4 * found.standard_error[0]
    assert not warned(found)


def test_points_of_one_orbit_are_parted():
    """Pushed by 1e-6, orbits of Lorenz-63 take some 15 time units to forget each other, and stay on the attractor."""
    starts = path(LORENZ, [1.0, 2.0, 20.0], 4_000)[2_000::125]
    scale = starts.std(0)
    pushes = 1e-6 * scale * np.random.default_rng(0).standard_normal(starts.shape)
    with jax.enable_x64(True):
        found = np.asarray(
            parted(LORENZ.step, jnp.asarray(starts), push=pushes, scale=scale, most_steps=10_000)
        )
        unparted = np.asarray(
            parted(LORENZ.step, jnp.asarray(starts), push=pushes, scale=scale, most_steps=100)
        )
    after = lyapunov_spectrum(LORENZ, found, num_steps=2_000, transient=0)
    before = lyapunov_spectrum(LORENZ, starts, num_steps=2_000, transient=0)
    assert (before.retraced > 0, after.retraced) == (True, 0)
    # After 100 steps of the 1500 they still go the same way.
    there = path(LORENZ, starts[0], 101)[100]
    assert np.abs(unparted[0] - there).max() < 1e-3
    assert (
        np.abs(found.mean(0) - path(LORENZ, [1.0, 2.0, 20.0], 50_000)[2_000:].mean(0)).max()
        < 3 * scale.max() / 4
    )


def test_regular_orbits_never_part():
    """A rotation: the push stays as it is, and the steps run out."""
    turn = jnp.array([[0.6, -0.8], [0.8, 0.6]])
    with jax.enable_x64(True):
        states, push = jnp.array([[1.0, 0.0]]), jnp.array([[1e-6, 0.0]])
        found = parted(lambda x: turn @ x, states, push=push, scale=jnp.ones(2), most_steps=50)
    assert np.hypot(*np.asarray(found)[0]) == pytest.approx(1 + 1e-6, abs=1e-12)


def test_a_run_up_to_a_target_asks_again_which_orbits_go_the_same_way():
    """Points of one orbit 2500 steps apart: 2000 steps do not show it, the run that the target takes does."""
    orbit = [np.array([0.1, 0.1])]
    for _ in range(16 * 2_500):
        x, y = orbit[-1]
        orbit.append(np.array([1 - 1.4 * x**2 + y, 0.3 * x]))
    found = lyapunov_spectrum(
        Henon().step, np.array(orbit[1_000::2_500]), num_steps=2_000, target_stderr=2e-3, max_steps=40_000
    )
    assert found.retraced > 0
