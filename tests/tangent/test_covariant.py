"""Covariant Lyapunov vectors: eigenvectors of linear maps, the velocity of a flow, and the map's own Jacobian."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.systems import Henon, Lorenz63
from rnnchaos.tangent import covariant_vectors, line_angles, lower_tail, smallest_principal_angle

START = np.array([0.1, 0.1])


def henon(num_steps=4000, **options):
    starts = np.array([[0.1, 0.1], [0.2, 0.0], [0.3, 0.1], [0.0, 0.1]])
    return covariant_vectors(Henon().step, starts, num_steps=num_steps, **options)


def test_of_a_linear_map_they_are_its_eigenvectors():
    matrix = np.array([[0.9, 0.4, 0.1], [0.0, 0.5, -0.3], [0.0, 0.0, 0.2]])
    moduli, eigenvectors = (found.real for found in np.linalg.eig(matrix))
    order = np.argsort(-np.abs(moduli))
    found = covariant_vectors(lambda x: jnp.asarray(matrix) @ x, np.zeros(3), num_steps=200)
    np.testing.assert_allclose(found.exponents, np.log(np.abs(moduli[order])), atol=1e-10)
    expected = np.broadcast_to(eigenvectors[:, order].T, found.vectors.shape)
    np.testing.assert_allclose(line_angles(found.vectors, expected), 0.0, atol=1e-10)


def test_of_a_symmetric_map_they_are_orthogonal():
    found = covariant_vectors(lambda x: jnp.array([[2.0, 1.0], [1.0, 1.0]]) @ x, np.zeros(2), num_steps=100)
    np.testing.assert_allclose(found.splitting_angles(), np.pi / 2, atol=1e-10)
    np.testing.assert_allclose(found.exponents[0], np.log((3 + np.sqrt(5)) / 2), rtol=1e-12)


@pytest.mark.parametrize(("qr_every", "record_every"), [(1, 1), (2, 4)])
def test_the_jacobian_maps_each_onto_the_next(qr_every, record_every):
    found = henon(qr_every=qr_every, record_every=record_every)

    def steps(state):
        return jax.lax.fori_loop(0, record_every, lambda _, x: Henon().step(x), state)

    with jax.enable_x64(True):
        jacobians = np.asarray(jax.vmap(jax.vmap(jax.jacfwd(steps)))(jnp.asarray(found.states)))
    moved = np.einsum("orij,orkj->orki", jacobians, found.vectors)[:, :-1]
    lengths = np.linalg.norm(moved, axis=-1)
    # Vectors settle to e^-25; forward, rounding grows by e^2 a step, and by the inverse of the angle at a tangency.
    angles = line_angles(moved / lengths[..., None], found.vectors[:, 1:])
    assert np.quantile(angles, 0.99) < 1e-8
    np.testing.assert_allclose(np.log(lengths) / record_every, found.growth[:, :-1], atol=1e-6)


def test_the_neutral_vector_of_a_flow_is_its_velocity():
    system = Lorenz63()
    found = covariant_vectors(
        system.step, np.array([1.0, 1.0, 27.0]), num_steps=20_000, qr_every=5, time_per_step=system.dt
    )
    with jax.enable_x64(True):
        velocity = np.asarray(jax.vmap(system.velocity)(jnp.asarray(found.states[0])))
    angles = line_angles(found.vectors[0, :, 1], velocity / np.linalg.norm(velocity, axis=-1, keepdims=True))
    # The step is not the flow itself but of fourth order: its neutral direction is off by that much.
    assert np.median(angles) < 1e-4
    np.testing.assert_allclose(found.exponents, [0.906, 0.0, -14.572], atol=0.1)
    assert found.num_not_contracting == 2
    # Lorenz's attractor is singularly hyperbolic: volume-expanding and contracting directions never touch.
    assert found.splitting_angles().min() > 0.05


def test_the_growth_is_that_of_the_exponents_and_angles_reach_zero_where_manifolds_touch():
    found = henon(num_steps=20_000)
    # By QR over 16 orbits of 50 000 steps: 0.41919 ± 0.00012 and ln 0.3 less that.
    error = np.hypot(found.standard_error[0], 0.00012)
    assert abs(found.exponents[0] - 0.41919) < 3.5 * error
    np.testing.assert_allclose(found.exponents.sum(), np.log(0.3), atol=2e-4)
    tail = lower_tail(found.splitting_angles())
    # A density at zero: share of angles below θ proportional to θ; 800 angles fix it to 4 %.
    np.testing.assert_allclose(tail.exponent, 1.0, atol=0.25)
    assert tail.smallest < 1e-3
    assert found.pairs.tolist() == [[0, 1]]
    np.testing.assert_allclose(found.angles[..., 0], found.splitting_angles(), atol=1e-9)


def test_windows_of_covariant_growth():
    found = henon(record_every=2)
    windows = found.finite_time(10)
    np.testing.assert_allclose(windows.mean, found.exponents, rtol=1e-12)
    assert windows.window_steps == 10
    with pytest.raises(ConfigError, match=r"^window must be a multiple of record_every \(2 steps\), got 3$"):
        found.finite_time(3)


def test_angles():
    angle = np.array([1e-9, 0.3, np.pi / 2, 2.0])
    first = np.tile([1.0, 0.0], (4, 1))
    second = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    np.testing.assert_allclose(line_angles(first, second), [1e-9, 0.3, np.pi / 2, np.pi - 2.0], rtol=1e-7)
    plane = np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    line = np.array([[[0.0, np.cos(0.2), np.sin(0.2)]]])
    np.testing.assert_allclose(smallest_principal_angle(plane, line), [0.2], rtol=1e-12)
    # Angles distributed as θ² have the exponent 2.
    drawn = np.sqrt(np.random.default_rng(0).random(200_000))
    np.testing.assert_allclose(lower_tail(drawn).exponent, 2.0, atol=0.15)
    with pytest.raises(ConfigError, match=r"^angles must number at least 2000 for their tail, got 5$"):
        lower_tail(np.ones(5))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_vectors": 3}, "num_vectors must be from 1 to the state's 2 dimensions, got 3"),
        ({"num_steps": 0}, "num_steps must be at least 1 step, got 0"),
        ({"qr_every": 3, "record_every": 4}, "record_every must be a multiple of qr_every (3 steps), got 4"),
    ],
)
def test_bad_settings_are_refused(options, message):
    with pytest.raises(ConfigError) as refused:
        covariant_vectors(Henon().step, START, **{"num_steps": 100, **options})
    assert str(refused.value) == message


def test_a_collapsed_direction_and_an_escape_are_said():
    with pytest.raises(ConfigError, match="the step collapses direction 2"):
        covariant_vectors(lambda x: jnp.array([0.5 * x[0], 0.0]), START, num_steps=10)
    with pytest.raises(RunError, match="left every bound"):
        covariant_vectors(lambda x: 3 * x**3, np.array([2.0, 2.0]), num_steps=10)
