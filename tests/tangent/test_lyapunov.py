"""Exponents that are known exactly, then those of the literature, then what must be refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.tangent import LyapunovSpectrum, lyapunov_spectrum
from rnnchaos.tangent.tangent import random_basis


def linear(matrix):
    matrix = jnp.asarray(matrix, dtype=jnp.float64)
    return lambda x: matrix @ x


def henon(x):
    return jnp.stack([1 - 1.4 * x[0] ** 2 + x[1], 0.3 * x[0]])


def lorenz(x, h=0.01):
    def velocity(x):
        return jnp.stack([10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]])

    k1 = velocity(x)
    k2 = velocity(x + h / 2 * k1)
    k3 = velocity(x + h / 2 * k2)
    k4 = velocity(x + h * k3)
    return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def tanh_network(size, gain=2.0, seed=0):
    weights = jnp.asarray(gain / np.sqrt(size) * np.random.default_rng(seed).standard_normal((size, size)))
    return lambda z: jnp.tanh(weights @ z)


def similar_to(eigenvalues):
    """A matrix with these eigenvalues and no symmetry."""
    basis = np.random.default_rng(1).standard_normal((len(eigenvalues),) * 2) + 2 * np.eye(len(eigenvalues))
    return basis @ np.diag(eigenvalues) @ np.linalg.inv(basis)


@pytest.mark.parametrize("eigenvalues", [[2.0, -0.9, 0.3], [1.5, 1.1, 0.8, -0.6, 0.4, 0.3, 0.2, 0.1]])
def test_linear_map(eigenvalues):
    """log|eigenvalues|, through Gram-Schmidt (3 dimensions) and through LAPACK (8)."""
    found = lyapunov_spectrum(
        linear(similar_to(eigenvalues)), jnp.zeros(len(eigenvalues)), num_steps=640, transient=500
    )
    np.testing.assert_allclose(found.exponents, np.log(np.abs(eigenvalues)), atol=1e-10)
    # Measured in one interval of a block: ten steps here, with e^12 between the longest vector and the shortest.
    assert found.log_volume_rate == pytest.approx(np.sum(np.log(np.abs(eigenvalues))), rel=1e-9)


@pytest.mark.parametrize("size", [4, 9])
def test_orthogonal_map(size):
    rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((size, size)))[0]
    found = lyapunov_spectrum(linear(rotation), jnp.ones(size), num_steps=1000)
    np.testing.assert_allclose(found.exponents, 0, atol=1e-12)
    assert abs(found.log_volume_rate) < 1e-12


def test_two_cycle():
    """(1/2) log|eig(J_2 J_1)| on the 2-cycle ±(1, 1)."""
    coupling = 0.1 * np.array([[1.0, -1.0], [-1.0, 1.0]])

    def step(x):
        return -x * (1.3 - 0.3 * x**2) + coupling @ x

    start = jnp.ones(2)
    np.testing.assert_allclose(step(start), -start)
    first, second = jax.jacfwd(step)(start), jax.jacfwd(step)(-start)
    exact = np.sort(np.log(np.abs(np.linalg.eigvals(second @ first))) / 2)[::-1]
    found = lyapunov_spectrum(step, start, num_steps=640, transient=500)
    np.testing.assert_allclose(found.exponents, exact, atol=1e-10)
    assert found.kaplan_yorke == 0


def test_exponents_per_time_unit():
    found = lyapunov_spectrum(linear(np.diag([0.5, 0.25])), jnp.zeros(2), num_steps=64, time_per_step=0.1)
    np.testing.assert_allclose(found.exponents, np.log([0.5, 0.25]) / 0.1, atol=1e-10)
    np.testing.assert_allclose(found.per_step, np.log([0.5, 0.25]), atol=1e-11)
    assert found.sum == pytest.approx(found.log_volume_rate, rel=1e-12)


def test_singular_map_has_an_exponent_of_minus_infinity():
    found = lyapunov_spectrum(linear(np.diag([0.5, 0.0])), jnp.zeros(2), num_steps=64)
    np.testing.assert_array_equal(np.isneginf(found.exponents), [False, True])
    assert not any(
        np.isnan(field).any() for field in (found.running, found.running_error, found.standard_error)
    )


@pytest.mark.parametrize("qr_every", [1, 2, 4])
def test_random_network_against_dense_jacobians(qr_every):
    """Jacobians written out and decomposed at every step give the same exponents, at any QR interval."""
    size, steps = 12, 400
    step = tanh_network(size)
    state, basis = jnp.full(size, 0.3), random_basis(size, size).T
    jacobian, advance = jax.jit(jax.jacfwd(step)), jax.jit(step)

    found = lyapunov_spectrum(step, state, num_steps=steps, transient=0, num_blocks=20, qr_every=qr_every)

    logs, volume = np.zeros(size), 0.0
    for _ in range(steps):
        dense = np.asarray(jacobian(state))
        basis, r = np.linalg.qr(dense @ basis)
        logs += np.log(np.abs(np.diag(r))) / steps
        volume += np.linalg.slogdet(dense)[1] / steps
        state = advance(state)
    assert (found.num_steps, found.qr_every) == (steps, qr_every)
    np.testing.assert_allclose(found.exponents, np.sort(logs)[::-1], atol=1e-8)
    assert found.sum == pytest.approx(volume, rel=1e-9)
    assert found.log_volume_rate == pytest.approx(volume, rel=1e-9)


def test_many_orbits_of_a_large_state():
    """Where decompositions of both kinds are batched, jax 0.10 hangs."""
    step = tanh_network(60, gain=0.5)
    starts = np.random.default_rng(0).standard_normal((16, 60))
    found = lyapunov_spectrum(step, starts, num_steps=40, transient=0)
    assert found.sum == pytest.approx(found.log_volume_rate, rel=1e-9)


def test_leading_exponents_of_many():
    step, start = tanh_network(12), jnp.full(12, 0.3)
    every = lyapunov_spectrum(step, start, num_steps=640, transient=0, qr_every=4)
    leading = lyapunov_spectrum(step, start, num_steps=640, transient=0, qr_every=4, num_exponents=3)
    # Gram-Schmidt of the first 3 of the same 12 vectors.
    np.testing.assert_allclose(leading.exponents, every.exponents[:3], atol=1e-8)
    assert leading.log_volume_rate is None


def test_henon_against_the_literature():
    """.41909(12), -1.62307(12) (Sprott 2003, Chaos and Time-Series Analysis); the sum is exactly ln .3."""
    found = lyapunov_spectrum(henon, jnp.zeros(2), num_steps=200_000)
    error = np.hypot(found.standard_error, 0.00012)
    assert np.all(np.abs(found.exponents - [0.41909, -1.62307]) < 3 * error)
    assert np.all(error < 0.002)
    assert found.sum == pytest.approx(np.log(0.3), rel=1e-12)
    assert found.kaplan_yorke == pytest.approx(1 + 0.41909 / 1.62307, abs=3 * found.kaplan_yorke_error + 1e-4)


def test_lorenz_against_the_literature():
    """.9056(3), 0, -14.5723(3), Kaplan-Yorke dimension 2.0621 (Viswanath 1998; Sprott 2003)."""
    starts = jnp.array([1.0, 1.0, 27.0]) + 0.1 * jnp.arange(16.0)[:, None]
    found = lyapunov_spectrum(
        lorenz,
        starts,
        num_steps=100_000,
        num_blocks=8,
        time_per_step=0.01,
        divergence=lambda x, after: jnp.asarray(-41 / 3),
    )
    error = np.hypot(found.standard_error, 0.0003)
    assert np.all(np.abs(found.exponents - [0.9056, 0, -14.5723]) < 3 * error)
    assert np.all(error < 0.003)
    # The Runge-Kutta step of .01 contracts volume by 1.0e-4 less than the flow.
    assert found.sum == pytest.approx(found.log_volume_rate, abs=2e-4)
    assert found.kaplan_yorke == pytest.approx(2.0621, abs=3 * found.kaplan_yorke_error + 1e-4)


def test_lorenz_sum_is_the_volume_growth_of_the_same_steps():
    found = lyapunov_spectrum(lorenz, jnp.array([1.0, 1.0, 27.0]), num_steps=5_000, time_per_step=0.01)
    assert found.sum == pytest.approx(found.log_volume_rate, rel=1e-11)
    assert found.qr_every > 1


def test_blocks_and_running_estimate():
    starts = jnp.zeros((3, 2)) + jnp.array([[0.0], [0.1], [0.2]])
    found = lyapunov_spectrum(henon, starts, num_steps=10_001, num_blocks=20, transient=500)
    assert found.num_orbits == 3
    assert found.num_steps >= 10_001
    assert found.num_steps % (20 * found.qr_every) == 0
    assert found.running.shape == found.running_error.shape == (20, 2)
    np.testing.assert_allclose(found.running[-1], found.exponents)
    np.testing.assert_allclose(found.running_error[-1], found.standard_error)
    np.testing.assert_allclose(found.running_error[0], found.standard_error * 20**0.5)
    # Pieces of 60 // 8 blocks, of which the last 14 blocks of each orbit make two.
    pieces = found.blocks[:, 6:].reshape(6, 7, 2).mean(axis=1)
    np.testing.assert_allclose(found.standard_error, pieces.std(axis=0, ddof=1) / 6**0.5)


def test_whole_orbits_give_the_error_where_they_are_many():
    """A total derivative, as a zero exponent is one, averages out along an orbit: short blocks would hide that."""
    ends = np.random.default_rng(0).standard_normal((64, 41))
    blocks = np.diff(ends, axis=1)[..., None]
    found = LyapunovSpectrum(blocks, 4000, 1, 1.0, 1, None)
    # The difference of two standard normal numbers over 40 blocks; 64 orbits tell a deviation to 9 %.
    assert found.standard_error[0] == pytest.approx(2**0.5 / 40 / 64**0.5, rel=0.27)


def test_confidence_interval_is_students():
    found = LyapunovSpectrum(np.random.default_rng(0).standard_normal((8, 4, 1)), 32, 1, 1.0, 1, None)
    low, high = found.confidence_interval(0.95)[0]
    assert (low + high) / 2 == pytest.approx(found.exponents[0])
    # 8 whole orbits leave 7 degrees of freedom.
    assert (high - low) / 2 == pytest.approx(2.3646 * found.standard_error[0], rel=1e-4)


def test_entropy_is_the_sum_of_the_positive_exponents():
    noise = 1e-3 * np.random.default_rng(0).standard_normal((32, 4, 4))
    found = LyapunovSpectrum(noise + np.array([0.5, 0.25, 0.0, -2.0]), 32, 1, 1.0, 4, None)
    assert found.entropy == pytest.approx(0.75, abs=1e-3)
    assert found.entropy == found.exponents[:2].sum()
    spread = found.blocks[..., :2].sum(-1).mean(axis=1).std(ddof=1) / 32**0.5
    assert found.entropy_error == pytest.approx(spread, rel=1e-12)
    leading = LyapunovSpectrum(noise[..., :2] + np.array([0.5, 0.25]), 32, 1, 1.0, 4, None)
    assert leading.entropy is None
    assert leading.entropy_error is None


def test_a_state_far_from_the_attractor_is_waited_for():
    """x falls slowly from 10 to 0, and the slope of y's map, from .9 to .5, with it."""

    def step(state):
        x, y = state
        return jnp.stack([0.99 * x, (0.5 + 0.04 * x) * y])

    found = lyapunov_spectrum(step, jnp.array([10.0, 1.0]), num_steps=20_000)
    np.testing.assert_allclose(found.exponents, np.log([0.99, 0.5]), atol=1e-9)
    assert found.settled
    assert found.transient_steps > 2_000  # 10 · .99^2000 = 2e-8
    assumed = lyapunov_spectrum(step, jnp.array([10.0, 1.0]), num_steps=20_000, transient=0)
    assert assumed.exponents[1] > np.log(0.5) + 1e-4
    assert not assumed.settled


def test_tangent_vectors_are_given_time_to_align():
    """The gap of .002 per step takes 2000 steps to bring the vectors 4 e-folds closer to their limits."""
    found = lyapunov_spectrum(linear(similar_to([1.0, np.exp(-0.002)])), jnp.zeros(2), num_steps=20_000)
    assert found.transient_steps >= 2_000
    assert found.alignment_folds[0] >= 4


@pytest.mark.parametrize("target", [0.004, 0.002])
def test_run_until_known(target):
    found = lyapunov_spectrum(henon, jnp.zeros(2), num_steps=2_000, transient=100, target_stderr=target)
    assert found.stopped == "target"
    assert found.standard_error[0] <= target
    assert found.num_steps > 2_000
    # The error falls with the root of the length: no more than was needed, but for the last extension.
    assert found.standard_error[0] > target / 4


def test_run_until_known_stops_at_its_limit():
    found = lyapunov_spectrum(
        henon, jnp.zeros(2), num_steps=2_000, transient=100, target_stderr=1e-9, max_steps=10_000
    )
    assert found.stopped == "limit"
    assert 10_000 <= found.num_steps < 12_500


def test_goes_on_until_the_relative_error_of_a_positive_exponent_is_reached():
    found = lyapunov_spectrum(
        henon, jnp.zeros(2), num_steps=2_000, transient=100, target_relative_error=0.005
    )
    assert found.stopped == "target"
    assert found.num_steps > 2_000
    assert found.standard_error[0] <= 0.005 * found.exponents[0]
    contraction = lyapunov_spectrum(
        lambda x: 0.5 * x, jnp.ones(2), num_steps=2_000, transient=100, target_relative_error=0.005
    )
    assert contraction.stopped == "steps"


def test_no_share_is_wanted_of_an_exponent_that_turns_out_to_be_zero():
    """Orbits grow, each at a rate of its own, for as long as the trial lasts, and then no more."""
    rates = 1e-3 * (1 + 0.7 * np.random.default_rng(3).standard_normal(16))
    starts = np.stack([rates, np.zeros(16), np.zeros(16)], axis=1)

    def step(state):
        rate, time, x = state
        return jnp.stack([rate, time + 1, x * jnp.exp(jnp.where(time < 5_000, rate, 0.0))])

    found = lyapunov_spectrum(step, starts, num_steps=20_000, target_relative_error=0.01, max_steps=400_000)
    assert found.stopped == "steps"
    assert found.num_steps <= 20_000
    np.testing.assert_allclose(found.exponents, 0, atol=1e-12)


def test_an_exponent_below_the_resolution_of_one_step_is_named():
    """No QR interval is short enough where a single step contracts one direction e^50 times more than another."""
    first, second = (np.linalg.qr(np.random.default_rng(seed).standard_normal((3, 3)))[0] for seed in (0, 1))
    step = linear(first @ np.diag([1.0, 0.5, np.exp(-50.0)]) @ second)
    found = lyapunov_spectrum(step, jnp.zeros(3), num_steps=400)
    np.testing.assert_array_equal(found.resolved, [True, True, False])
    assert found.qr_every == 1


@pytest.mark.parametrize(
    ("blocks", "dimension", "expected"),
    [
        ([0.5, 0.0, -2.0], 3, 2.25),
        ([-0.1, -0.2], 2, 0.0),
        ([0.5, 0.1], 2, 2.0),  # volume grows
        ([0.5, 0.1], 5, None),  # too few exponents to tell
        ([0.5, -np.inf], 2, 1.0),
    ],
)
def test_kaplan_yorke(blocks, dimension, expected):
    found = LyapunovSpectrum(np.tile(blocks, (1, 4, 1)), 4, 1, 1.0, dimension, None)
    assert found.kaplan_yorke == expected
    assert found.kaplan_yorke_error == (None if expected is None else 0.0)


def test_kaplan_yorke_error_takes_correlation_into_account():
    """Where every block has exponents (a, -1 + b) with a = -b, D = 1 + a / (1 - a) varies with both."""
    a = 0.3 + 1e-4 * np.random.default_rng(0).standard_normal((1, 50))
    found = LyapunovSpectrum(np.stack([a, -1 - a], axis=-1), 50, 1, 1.0, 2, None)
    of_pieces = 1 + (a / (1 + a))[0, 2:].reshape(8, 6).mean(axis=1)
    assert found.kaplan_yorke_error == pytest.approx(of_pieces.std(ddof=1) / 8**0.5, rel=1e-3)


def test_steps_are_compiled_once():
    traces = []

    def step(x):
        traces.append(None)
        return henon(x)

    lyapunov_spectrum(step, jnp.zeros(2), num_steps=320)
    before = len(traces)
    lyapunov_spectrum(step, jnp.zeros(2), num_steps=640, transient=50, qr_every=2)
    assert len(traces) == before


def test_works_whatever_the_precision_flag():
    with jax.enable_x64(False):
        found = lyapunov_spectrum(henon, jnp.zeros(2), num_steps=320)
    assert found.exponents.dtype == np.float64
    assert found.sum == pytest.approx(np.log(0.3), rel=1e-12)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"num_exponents": 3}, "num_exponents must be from 1 to the state's 2 dimensions, got 3"),
        ({"num_blocks": 3}, "num_blocks must be at least 4 blocks, got 3"),
        ({"num_steps": 7}, "num_steps must be at least num_blocks (40 steps), got 7"),
        ({"transient": -1}, "transient must be at least 0 steps, got -1"),
        ({"qr_every": 0}, "qr_every must be at least 1 step, got 0"),
        ({"target_relative_error": -0.1}, "target_relative_error must be greater than 0, got -0.1"),
        ({"target_stderr": 0.0}, "target_stderr must be greater than 0 nats per time unit, got 0.0"),
        ({"time_per_step": 0.0}, "time_per_step must be greater than 0 time units, got 0.0"),
    ],
)
def test_settings_out_of_bounds(settings, message):
    with pytest.raises(ConfigError) as caught:
        lyapunov_spectrum(henon, jnp.zeros(2), **{"num_steps": 1_000} | settings)
    assert str(caught.value) == message


def test_qr_interval_that_loses_the_smallest_exponent():
    """Exponents 0 and -4 nats per step: 36 nats are 9 steps."""
    step = linear(np.diag([1.0, np.exp(-4.0)]))
    assert lyapunov_spectrum(step, jnp.ones(2), num_steps=320, qr_every=8).qr_every == 8
    assert lyapunov_spectrum(step, jnp.ones(2), num_steps=320).qr_every == 3
    with pytest.raises(ConfigError) as caught:
        lyapunov_spectrum(step, jnp.ones(2), num_steps=320, qr_every=10)
    assert str(caught.value) == (
        "qr_every must be at most 9 here, where the exponents span 4 nats per step and float64 resolves "
        "36 between QR decompositions, got 10"
    )


def test_escape_to_infinity():
    with pytest.raises(
        RunError, match=r"^orbit 2 of 2 left every bound by step \d+: no Lyapunov exponent exists$"
    ) as caught:
        lyapunov_spectrum(henon, jnp.array([[0.0, 0.0], [5.0, 0.0]]), num_steps=320)
    state, steps = np.array([5.0, 0.0]), 0
    with np.errstate(over="ignore", invalid="ignore"):
        while np.isfinite(state).all():
            state, steps = np.array([1 - 1.4 * state[0] ** 2 + state[1], 0.3 * state[0]]), steps + 1
    assert f"by step {steps}:" in str(caught.value)


def test_escape_after_the_transient():
    """x doubles at every step and overflows after 1024 of them."""
    with pytest.raises(RunError, match=r"^orbit 1 of 1 left every bound by step 10[23]\d:"):
        lyapunov_spectrum(linear([[2.0]]), jnp.ones(1), num_steps=3_200, transient=320)


def test_steps_that_are_not_maps_of_float64_states():
    with pytest.raises(
        ConfigError, match=r"^step must return a state of shape \(2,\) like the one it got, got an array"
    ):
        lyapunov_spectrum(lambda x: x[:1], jnp.zeros(2), num_steps=320)
    with pytest.raises(ConfigError, match=r"got a tuple$"):
        lyapunov_spectrum(lambda x: (x, x), jnp.zeros(2), num_steps=320)
    with pytest.raises(
        ConfigError, match=r"^step must compute in float64 when its state is float64, got float32$"
    ):
        lyapunov_spectrum(lambda x: x.astype(jnp.float32), jnp.zeros(2), num_steps=320)


@pytest.mark.parametrize("num_blocks", [4, 5, 6])
def test_a_target_with_few_blocks(num_blocks):
    """Fewer blocks are left than an orbit has pieces while the length is decided."""
    found = lyapunov_spectrum(
        lambda x: x * jnp.array([0.5, 0.495]),
        [1.0, 1.0],
        num_steps=8_000,
        num_blocks=num_blocks,
        target_stderr=1e-2,
    )
    assert found.exponents[0] == pytest.approx(np.log(0.5), abs=1e-2)
