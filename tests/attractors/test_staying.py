"""Which orbits stay on an attractor that is known by its points."""

import numpy as np
import pytest

from rnnchaos.attractors import share_staying

STEPS = 3_000


def henon(starts, num_steps):
    x, y = starts.T
    seen = np.empty((len(x), num_steps, 2))
    for step in range(num_steps):
        x, y = 1 - 1.4 * x**2 + y, 0.3 * x
        seen[:, step] = np.stack([x, y], axis=1)
    return seen


def lorenz(starts, num_steps, dt=0.04):
    def rate(state):
        x, y, z = state
        return np.stack([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])

    state, seen = starts.T, np.empty((len(starts), num_steps, 3))
    for step in range(num_steps):
        first = rate(state)
        second = rate(state + dt / 2 * first)
        third = rate(state + dt / 2 * second)
        state = state + dt / 6 * (first + 2 * second + 2 * third + rate(state + dt * third))
        seen[:, step] = state.T
    return seen / 10


def maps(dimension):
    """Logistic maps side by side."""

    def follow(starts, num_steps):
        state, seen = starts, np.empty((*starts.shape[:1], num_steps, dimension))
        for step in range(num_steps):
            state = 1 - 1.9 * state**2
            seen[:, step] = state
        return seen

    return follow


SYSTEMS = {
    "Hénon": (henon, 2),
    "Lorenz": (lorenz, 3),
    **{f"maps-{dimension}": (maps(dimension), dimension) for dimension in (1, 5, 20)},
}


@pytest.fixture(scope="module", params=SYSTEMS)
def known(request):
    """Two stretches of the truth, and four orbits of it."""
    follow, dimension = SYSTEMS[request.param]
    rng = np.random.default_rng(0)
    starts = rng.uniform(-0.1, 0.1, (5, dimension)) + 0.2
    truth, other, *orbits = follow(starts, 500 + 2 * STEPS)[:, 500:]
    return truth, other, np.concatenate(orbits).reshape(6, STEPS, dimension)[:5]


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_the_truth_stays(known, noise):
    rng = np.random.default_rng(1)
    truth, other, orbits = (
        series + noise * known[0].std(axis=0) * rng.standard_normal(series.shape) for series in known
    )
    staying = share_staying(orbits, truth, other)
    assert np.array_equal(staying.left, np.full(5, -1))
    assert (staying.share, staying.num_steps) == (1.0, STEPS)


def test_orbits_without_noise_stay_among_noisy_points(known):
    truth, other, orbits = known
    rng, size = np.random.default_rng(1), 0.1 * truth.std(axis=0)
    noisy = [series + size * rng.standard_normal(series.shape) for series in (truth, other)]
    assert share_staying(orbits, *noisy).share == 1.0


def fixed_point_beside(orbit):
    return np.broadcast_to(orbit.mean(axis=0) + 3 * orbit.std(axis=0), orbit.shape)


def fixed_point_on_it(orbit):
    return np.broadcast_to(orbit[100], orbit.shape)


def cycle_within(orbit):
    angle = 2 * np.pi * np.arange(len(orbit)) / 40
    turn = np.where(np.arange(orbit.shape[1]) % 2, np.cos(angle)[:, None], np.sin(angle)[:, None])
    return orbit.mean(axis=0) + 0.3 * orbit.std(axis=0) * turn


def cycle_on_it(orbit):
    return np.resize(orbit[:20], orbit.shape)


@pytest.mark.parametrize("end", [fixed_point_beside, fixed_point_on_it, cycle_within, cycle_on_it])
def test_an_orbit_that_falls_on_something_else_has_left(known, end):
    truth, other, orbits = known
    fallen = orbits.copy()
    fallen[1, 1_800:] = end(orbits[1, : STEPS - 1_800])
    staying = share_staying(fallen, truth, other)
    assert np.array_equal(staying.left >= 0, [False, True, False, False, False])
    assert staying.left[1] == pytest.approx(1_800, abs=250)
    assert staying.fell[1] or end is fixed_point_beside
    assert not staying.escaped.any()
    assert (staying.share, staying.share_after(1_500)) == (0.8, 1.0)


@pytest.mark.parametrize("far", [np.inf, np.nan, 1e200])
def test_an_escape_has_its_step(known, far):
    truth, other, orbits = known
    gone = orbits.copy()
    gone[2, 2_001:] = far
    gone[3] = far
    staying = share_staying(gone, truth, other)
    assert np.array_equal(staying.left[[0, 1, 4]], [-1, -1, -1])
    assert staying.left[2] == pytest.approx(2_001, abs=0 if far != 1e200 else 250)
    assert staying.left[3] <= 250
    assert np.array_equal(staying.escaped, [False, False, True, True, False])


def test_an_orbit_that_is_on_its_way_out_at_its_end_has_escaped_and_one_that_comes_back_has_not(known):
    truth, other, orbits = known
    gone = orbits.copy()
    gone[1, 2_000] = gone[2, -1] = truth.mean(axis=0) + 20 * np.linalg.norm(truth.std(axis=0))
    staying = share_staying(gone, truth, other)
    assert np.array_equal(staying.escaped, [False, False, True, False, False])
    assert np.array_equal(staying.left, [-1, -1, STEPS - 1, -1, -1])


def test_every_so_many_th_step_tells_the_same(known):
    truth, other, orbits = known
    fallen = orbits.copy()
    fallen[1, 1_800:] = fixed_point_beside(orbits[1, : STEPS - 1_800])
    staying = share_staying(fallen[:, ::5], truth, other, every=5)
    assert np.array_equal(staying.left >= 0, [False, True, False, False, False])
    assert staying.left[1] == pytest.approx(1_800, abs=250)
    assert staying.num_steps == STEPS


def test_the_truth_may_be_at_rest_or_repeat_itself():
    rest, two = np.ones((1_000, 2)), np.resize([[1.0, 0.0], [0.0, 1.0]], (1_000, 2))
    assert share_staying(rest[None], rest, rest).share == 1.0
    assert share_staying(rest[None] + 0.1, rest, rest).share == 0.0
    assert share_staying(np.roll(two, 1, axis=0)[None], two, two).share == 1.0
    assert share_staying(np.broadcast_to(two[0], (1, 1_000, 2)), two, two).share == 0.0


def test_the_error_of_a_share_is_that_of_so_many_orbits(known):
    truth, other, orbits = known
    all_stay = share_staying(orbits, truth, other)
    # After 5 of 5, a share has the density of Beta(6, 1), whose variance is 6 / (7² 8).
    assert all_stay.share == 1.0
    assert all_stay.standard_error == pytest.approx(np.sqrt(6 / (49 * 8)), rel=1e-12)
    half = all_stay._replace(left=np.array([-1] * 50 + [7] * 50))
    assert (half.share, half.share_after(6)) == (0.5, 1.0)
    assert half.standard_error == pytest.approx(0.05, rel=0.03)


def test_short_series_are_judged_as_far_as_they_go():
    rng = np.random.default_rng(0)
    truth, other = rng.standard_normal((2, 30, 2))
    assert share_staying(rng.standard_normal((3, 5, 2)), truth, other).share == 1.0
    assert share_staying(rng.standard_normal((3, 100, 2)) + 100, truth, other).share == 0.0
