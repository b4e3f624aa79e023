"""Networks of a map that step over the border of its attractor, and are drawn in."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

from rnnchaos.data import Preparation, prepare
from rnnchaos.models import LSTM, PLRNN, Delays, IdentityObservation, Network, ShallowPLRNN, ShallowRNN
from rnnchaos.models.base import AbstractCell, affinely_drawn_in
from rnnchaos.systems import Logistic, Lorenz63
from rnnchaos.trainings.attractor_trial import trial
from rnnchaos.trainings.drawing_in import drawn_in

KEY = jax.random.key(0)


class Parabola(AbstractCell):
    """z' = A z + W z² + h, which can be any logistic map."""

    hidden_size: int
    diagonal: Float[Array, " hidden"]
    weight: Float[Array, "hidden unit"]
    bias: Float[Array, " hidden"]

    def step(self, state):
        return self.diagonal * state + self.weight @ state**2 + self.bias

    def drawn_in(self, share, towards):
        return affinely_drawn_in(self, share, towards)


@pytest.fixture(scope="module")
def dataset():
    return prepare(Logistic(), Preparation(train_length=20_000, test_length=50))


def logistic(dataset, r, size=1):
    """The map in scaled units: x = s z + m, and (r s z + r m) (1 - m - s z) = s z' + m."""
    m, s = dataset.scaling.mean[0], dataset.scaling.scale[0]
    parts = r * (1 - 2 * m), -r * s, (r * m * (1 - m) - m) / s
    linear, square, constant = (jnp.full(size, part) for part in parts)
    return Network(Parabola(size, linear, jnp.diag(square), constant), IdentityObservation(size, size))


def tried(dataset):
    return lambda network: trial(network, dataset, num_steps=4_000)


@pytest.mark.parametrize("cell", [ShallowRNN, ShallowPLRNN, PLRNN])
def test_states_are_nearer_to_the_middle_by_a_share(cell):
    network = Network(cell(3, key=KEY), IdentityObservation(3, 3))
    state, middle = jnp.array([0.3, -1.0, 2.0]), np.array([0.1, 0.2, -0.5])
    expected = middle + 0.75 * (np.asarray(network.step(state)) - middle)
    found = network.drawn_in(0.25, middle)
    assert found is not None
    np.testing.assert_allclose(found.step(state), expected, rtol=1e-12)
    assert network.folded(Delays(3), 1).drawn_in(0.25, middle[:1]) is None
    assert Network(LSTM(3, key=KEY), IdentityObservation(3, 3)).drawn_in(0.25, middle) is None


def test_a_map_that_steps_over_the_border_by_little_is_drawn_in(dataset):
    over = logistic(dataset, 4 + 1e-5)
    assert tried(dataset)(over).escaped > 32
    network, found = drawn_in(over, dataset, tried(dataset))
    assert (found.stay, found.passes) == (64, True)
    assert 0 < found.drawn_in <= found.step_allowed
    assert f"drawn in by {found.drawn_in:.1g}" in str(found)
    state = jnp.array([0.5])
    middle = dataset.train.values.mean(axis=0)
    nearer = middle + (1 - found.drawn_in) * (np.asarray(over.step(state)) - middle)
    np.testing.assert_allclose(network.step(state), nearer, rtol=1e-6)


def test_what_stays_or_is_far_off_is_left_as_it_is(dataset):
    for r, escaped in ((4.0, 0), (4.5, 64)):
        given = logistic(dataset, r)
        network, found = drawn_in(given, dataset, tried(dataset))
        assert (network is given, found.escaped, found.drawn_in) == (True, escaped, 0)


def test_a_flow_is_never_drawn_in():
    flow = prepare(Lorenz63(), Preparation(train_length=5_000, test_length=50))
    asked = []

    def escapes(network):
        asked.append(network)
        return trial(network, flow, num_steps=2_000)

    network, found = drawn_in(logistic_of(flow), flow, escapes)
    assert (len(asked), asked[0] is network, found.escaped) == (1, True, 64)


def logistic_of(flow):
    cell = eqx.tree_at(lambda cell: cell.bias, ShallowRNN(3, key=KEY), jnp.full(3, 1e30))
    return Network(cell, IdentityObservation(3, 3))
