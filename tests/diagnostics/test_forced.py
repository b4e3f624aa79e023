"""Exponents of forced networks against linear algebra, products of Jacobians, and the steps of training."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.diagnostics.conditional import stretches
from rnnchaos.diagnostics.forced import forced_spectrum, forced_step
from rnnchaos.models import GRU, LSTM, RNN, IdentityObservation, LinearObservation, Network, ShallowPLRNN
from rnnchaos.protocols import (
    Forcing,
    GeneralizedForcing,
    SparseForcing,
    TeacherForcing,
    TruncatedBackpropagation,
)
from rnnchaos.tangent import Grade, worst
from rnnchaos.training.loss import forced_states

DATA = np.random.default_rng(0).standard_normal((1, 2_001, 2))


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


def network(cell_class, hidden_size=5, **settings):
    cell = cell_class(hidden_size, **settings, key=jax.random.key(1))
    return Network(cell, LinearObservation(2, hidden_size, key=jax.random.key(2)))


def linear_network():
    """A relu network whose units stay above their kinks."""
    cell = RNN(2, activation="relu", key=jax.random.key(0))
    cell = jax.tree.map(lambda leaf: leaf, cell)
    object.__setattr__(cell, "weight", jnp.array([[0.9, 0.3], [0.0, 0.5]]))
    object.__setattr__(cell, "bias", jnp.array([100.0, 100.0]))
    return Network(cell, IdentityObservation(2, 2))


@pytest.mark.parametrize("alpha", [0.1, 0.6])
def test_generalised_forcing_takes_its_share_of_the_eigenvalues(alpha):
    found = forced_spectrum(linear_network(), GeneralizedForcing(alpha).forcing(), DATA)
    np.testing.assert_allclose(found.exponents, np.log((1 - alpha) * np.array([0.9, 0.5])), rtol=1e-10)


def test_without_forcing_they_are_those_of_the_network():
    found = forced_spectrum(linear_network(), Forcing(None), DATA)
    np.testing.assert_allclose(found.exponents, np.log([0.9, 0.5]), rtol=1e-10)


@pytest.mark.parametrize(
    "protocol",
    [TeacherForcing(), SparseForcing(tau=25), GeneralizedForcing(1.0), TruncatedBackpropagation(20)],
)
@pytest.mark.parametrize("cell", [GRU, LSTM, ShallowPLRNN])
def test_a_reset_of_the_whole_state_is_minus_infinity(protocol, cell):
    found = forced_spectrum(network(cell), protocol.forcing(), DATA)
    assert np.all(np.isneginf(found.exponents))
    assert set(found.words()) == {"-inf"}


@pytest.mark.parametrize("tau", [1, 7])
def test_a_forcing_in_part_leaves_the_rest_and_agrees_with_the_product_of_jacobians(tau):
    """Two observed directions collapse; the others are those of the product of the steps' Jacobians."""
    driven, forcing = network(GRU), SparseForcing(tau=tau, partial=True).forcing()
    found = forced_spectrum(driven, forcing, DATA)
    assert not found.resolved[3:].any()
    assert found.resolved[:3].all()
    assert all(said.startswith("below ") for said in found.words()[3:])
    assert worst(found.checks) is Grade.WARN  # the resolution's

    step = forced_step(driven, forcing)
    state, basis, logs = driven.force(jnp.asarray(DATA[0, 0])), np.eye(5)[:, :3], []
    jacobian = jax.jit(jax.jacfwd(step))
    for t in range(1, len(DATA[0])):
        row = jnp.asarray(np.append(t, DATA[0, t]))
        basis, r = np.linalg.qr(np.asarray(jacobian(state, row)) @ basis)
        state = step(state, row)
        logs.append(np.log(np.abs(np.diag(r))))
    expected = np.mean(logs[-found.num_steps :], axis=0)
    np.testing.assert_allclose(found.exponents[:3], np.sort(expected)[::-1], rtol=1e-6)


@pytest.mark.parametrize(
    "protocol", [GeneralizedForcing(0.2), SparseForcing(tau=5, partial=True), SparseForcing(tau=4)]
)
def test_the_steps_are_those_of_training(protocol):
    trained, forcing, window = network(LSTM), protocol.forcing(), jnp.asarray(DATA[0, :40])
    step, states = forced_step(trained, forcing), [trained.force(window[0])]
    for t in range(1, 39):
        states.append(step(states[-1], jnp.append(float(t), window[t])))
    free = jax.vmap(trained.step)(jnp.stack(states))
    np.testing.assert_allclose(free, forced_states(trained, forcing, window), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ((100_000,), (16, 6_250)),
        ((5_000,), (2, 2_500)),
        ((900,), (1, 900)),
        ((500, 500, 300), (2, 500)),
        ((400_000,), (16, 20_001)),
    ],
)
def test_stretches_take_up_the_recording(lengths, expected):
    found = stretches(lengths, most=16, longest=20_001)
    assert (len(found.begins), found.length) == expected


def test_stretches_cross_no_border():
    lengths = (700, 2_300, 4_100)
    found = stretches(lengths, most=8, longest=20_000)
    borders = np.cumsum(lengths)
    for begin in found.begins:
        piece = np.searchsorted(borders, begin, side="right")
        assert begin + found.length <= borders[piece]
