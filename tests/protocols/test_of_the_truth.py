"""Penalties that know the truth: 0 for it, and what they are by their formulas for what is not."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.data import Preparation, prepare, tangents_of_data, tangents_of_equations
from rnnchaos.models import AbstractCell, InputTerm, LinearObservation, Network
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import Batch, InvariantMeasure, JacobianMatching, TrainingSeries, draw_windows
from rnnchaos.systems import Lorenz63

A = np.array([[0.6, -0.8, 0.0], [0.8, 0.6, 0.0], [0.3, -0.2, 0.5]])
C = np.array([[0.5, 0.0], [0.0, -0.4], [0.2, 0.1]])


class Linear(AbstractCell):
    """z' = M z + h."""

    matrix: jax.Array
    bias: jax.Array
    hidden_size: int = 3

    def step(self, state):
        return self.matrix @ state + self.bias


def network(matrix=A, *, driven=False, dtype=jnp.float64):
    """The map x' = A x + C s, seen through an observation matrix."""
    observation = LinearObservation(3, 3, key=jax.random.key(0))
    seen, hidden = observation.matrix(), observation.inverse()
    cell = Linear(hidden @ matrix @ seen, jnp.zeros(3))
    return Network(cell, observation, InputTerm(hidden @ C) if driven else None).astype(dtype)


def pieces(*, driven=False, lengths=(3000, 2000)):
    """Orbits of the same map from random points."""
    random = np.random.default_rng(0)
    values, inputs = [], random.standard_normal((sum(lengths), 2))
    for length in lengths:
        x = random.standard_normal(3)
        for _ in range(length):
            x = A @ x + (C @ inputs[len(values)] if driven else 0.0)
            values.append(x)
    return Pieces(np.stack(values), lengths, inputs if driven else None)


def batch(series, window=12, tangents=None, dtype=jnp.float64, key=1):
    data = TrainingSeries.of(series, window=window, dtype=dtype, tangents=tangents)
    return Batch(draw_windows(data, 4, window, key=jax.random.key(0)), data, jax.random.key(key))


@pytest.mark.parametrize("driven", [False, True])
@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("directions", [None, 2])
def test_the_jacobians_of_the_truth_match(driven, steps, directions):
    series = pieces(driven=driven)
    given = batch(series, tangents=tangents_of_data(series, steps=steps))
    matching = JacobianMatching(1.0, steps=steps, directions=directions)
    # Least squares of equations that hold exactly: rounding, over squared spreads that are at least 1e-3 of the widest.
    assert matching.penalty(network(driven=driven), given) < 1e-20
    assert matching.penalty(network(0.9 * A, driven=driven), given) > 1e-3


@pytest.mark.parametrize("driven", [False, True])
def test_the_measure_of_the_truth_is_reached(driven):
    given = batch(pieces(driven=driven))
    measure = InvariantMeasure(1.0, num_steps=12, orbits=40)
    assert measure.penalty(network(driven=driven), given) < 1e-28
    assert measure.penalty(network(0.9 * A, driven=driven), given) > 1e-4


@pytest.mark.parametrize("steps", [1, 3])
def test_the_mismatch_by_its_formula(steps):
    """For a linear network and whole Jacobians it is the same at every point."""
    series = pieces(driven=True)
    tangents = tangents_of_data(series, steps=steps)
    whole = tangents.directions == pytest.approx(np.broadcast_to(np.eye(3), tangents.directions.shape))
    assert whole  # the driven orbits fill all dimensions
    wrong = A + 0.1 * np.arange(9).reshape(3, 3)
    power = np.linalg.matrix_power
    expected = 0.7 * np.sum((power(wrong, steps) - power(A, steps)) ** 2) / 3
    given = batch(series, tangents=tangents)
    found = JacobianMatching(0.7, steps=steps).penalty(network(wrong, driven=True), given)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    # In random directions it is that in the mean: 400 keys, each a mean over 32 points.
    matching = JacobianMatching(0.7, steps=steps, directions=1)
    keys = jax.random.split(jax.random.key(3), 400)
    values = jax.vmap(lambda key: matching.penalty(network(wrong, driven=True), given._replace(key=key)))(
        keys
    )
    assert abs(np.mean(values) - expected) < 4 * np.std(values) / 20


def test_derivatives_are_compared_where_the_equations_were_asked():
    """The network that is a step of Lorenz-63, scaled, matches its Jacobians beside the data as well."""
    system = Lorenz63(dt=0.02)
    dataset = prepare(system, Preparation(train_length=500, test_length=10, validation_length=10))
    mean, scale = dataset.scaling

    class Truth(Linear):
        def step(self, state):
            return (system.step(state * scale + mean) - mean) / scale

    class Identity(LinearObservation):
        def matrix(self):
            return jnp.eye(3)

        def inverse(self):
            return jnp.eye(3)

    truth = Network(Truth(jnp.eye(3), jnp.zeros(3)), Identity(3, 3, key=jax.random.key(0)))
    for steps, perturbation in ((1, 0.0), (2, 0.3)):
        tangents = tangents_of_equations(
            system, dataset.train, dataset.scaling, steps=steps, perturbation=perturbation
        )
        given = batch(dataset.train, tangents=tangents)
        matching = JacobianMatching(1.0, "equations", steps=steps, perturbation=perturbation)
        assert matching.penalty(truth, given) < 1e-24


def by_hand(points, reached, lines):
    """The distance of two sets of points as the docstring has it."""
    apart = np.sort(reached @ lines, axis=0) - np.sort(points @ lines, axis=0)
    return np.mean(2 * (np.sqrt(1 + apart**2) - 1))


def test_the_distance_by_hand():
    series, wrong = pieces(driven=True), network(0.8 * A, driven=True)
    given = batch(series)
    measure = InvariantMeasure(2.0, orbits=5, num_steps=6, gradient_steps=2, directions=3)
    start_key, line_key = jax.random.split(given.key)
    windows, inputs = (np.asarray(part) for part in draw_windows(given.series, 5, 6, key=start_key))
    lines = np.asarray(jax.random.normal(line_key, (3, 3)))
    lines = lines / np.linalg.norm(lines, axis=0)
    reached = []
    for window, driving in zip(windows, inputs, strict=True):
        x = window[0]
        for t in range(1, 7):
            x = 0.8 * A @ x + C @ driving[t]
            reached += [x] if t > 4 else []
    points = np.asarray(given.series.values[given.series.starts])
    mean, spread = points.mean(0), points.std(0)
    ends = windows[:, -2:].reshape(-1, 3)
    expected = by_hand((ends - mean) / spread, (np.stack(reached) - mean) / spread, lines)
    np.testing.assert_allclose(measure.penalty(wrong, given), 2 * expected, rtol=1e-9)


def test_gradients_reach_back_through_the_last_steps_alone():
    """Of x' = 2 x from data that stay near 1: after 30 steps the state is 2^30 times as large, its gradient is not."""
    data = TrainingSeries.of(pieces(), window=40, dtype=jnp.float64)
    given = Batch(draw_windows(data, 2, 40, key=jax.random.key(0)), data, jax.random.key(1))
    measure = InvariantMeasure(1.0, num_steps=40, gradient_steps=2)
    value, gradient = eqx.filter_value_and_grad(measure.penalty)(network(2 * np.eye(3)), given)
    sizes = [float(jnp.max(jnp.abs(leaf))) for leaf in jax.tree.leaves(gradient)]
    # Runs that have left go on from the data, from where two steps go 4 times as far out.
    assert 0 < value < 2 * 2 * 40
    assert 0 < max(sizes) < 1e3


@pytest.mark.parametrize("large", [np.inf, np.nan, 1e200])
def test_runs_that_leave_every_bound_go_on_from_the_data(large):
    class Leaving(Linear):
        def step(self, state):
            return jnp.where(jnp.max(jnp.abs(state)) > 20, large, 2 * self.matrix @ state)

    net = network()
    net = eqx.tree_at(lambda n: n.cell, net, Leaving(net.cell.matrix, net.cell.bias))
    measure = InvariantMeasure(1.0, num_steps=12, gradient_steps=1)
    value, gradient = eqx.filter_value_and_grad(measure.penalty)(net, batch(pieces()))
    assert 0 < value < 10
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(gradient))
