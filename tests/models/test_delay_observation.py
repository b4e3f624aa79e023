"""A state that stands for several observations: found from them all, and showing the newest."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.data import embedded
from rnnchaos.models import (
    GRU,
    Delays,
    EchoState,
    IdentityObservation,
    InputTerm,
    LinearObservation,
    Network,
)
from rnnchaos.models.simulation import forecasts, histories
from rnnchaos.pieces import Pieces

KEY = jax.random.key(0)
SERIES = np.random.default_rng(0).standard_normal((40, 3))
PAST = Delays(3, 2, (0, 2))


@pytest.fixture(autouse=True)
def in_float64():
    with jax.enable_x64(True):
        yield


def network(observation, drive=None):
    cell = GRU(8, key=KEY)
    return Network(cell, observation, drive).folded(PAST, 3).astype(jnp.float64)


OBSERVATIONS = {"identity": IdentityObservation(7, 8), "linear": LinearObservation(7, 8, key=KEY)}


@pytest.mark.parametrize("observation", OBSERVATIONS.values(), ids=OBSERVATIONS)
@pytest.mark.parametrize("prepared", [False, True])
def test_a_start_is_the_state_of_the_rows_with_their_delays_and_shows_the_newest(observation, prepared):
    folded = network(observation)
    folded = folded.prepared() if prepared else folded
    assert folded.history == 5
    rows = embedded(Pieces.of(SERIES), dimension=3, lag=2, columns=PAST.columns(3)).values
    np.testing.assert_array_equal(rows[0], SERIES[[4, 4, 4, 2, 2, 0, 0], [0, 1, 2, 0, 2, 0, 2]])
    state = folded.start(jnp.asarray(SERIES[:5]))
    np.testing.assert_allclose(state, folded.unfolded().force(jnp.asarray(rows[0])), atol=1e-14)
    np.testing.assert_allclose(folded.unfolded().observe(state), rows[0], atol=1e-13)
    np.testing.assert_allclose(folded.observe(state), SERIES[4], atol=1e-13)
    matrix, inverse = (np.asarray(part()) for part in (folded.observation.matrix, folded.observation.inverse))
    np.testing.assert_allclose(matrix @ inverse, np.eye(3), atol=1e-13)


def test_without_delays_nothing_is_wrapped():
    plain = Network(GRU(4, key=KEY), IdentityObservation(3, 4))
    assert plain.folded(Delays(), 3) is plain
    assert plain.observation.delays.past == 0
    assert plain.history == 1


def test_a_network_that_listens_hears_the_inputs_of_the_states_that_it_finds():
    cell = EchoState(20, dimension=7, listening=4, key=KEY)
    drive = InputTerm(cell.input_matrix(1, key=KEY))
    folded = Network(cell, LinearObservation(7, 20, key=KEY), drive).folded(PAST, 3).astype(jnp.float64)
    assert folded.history == cell.history + 4
    inputs = np.random.default_rng(1).standard_normal((folded.history - 1, 1))
    rows = embedded(Pieces.of(SERIES[: folded.history]), dimension=3, lag=2, columns=PAST.columns(3)).values
    found = folded.start(jnp.asarray(SERIES[: folded.history]), jnp.asarray(inputs))
    expected = folded.unfolded().start(jnp.asarray(rows), jnp.asarray(inputs[4:]))
    np.testing.assert_allclose(found, expected, atol=1e-14)


def test_forecasts_begin_where_there_are_enough_rows():
    folded, series = network(OBSERVATIONS["identity"]), Pieces.of(SERIES)
    starts = histories(folded, series, np.array([0, 10]))
    np.testing.assert_array_equal(starts, [SERIES[:5], SERIES[6:11]])
    (first, _) = forecasts(folded, starts, num_steps=2)
    state = folded.step(folded.start(jnp.asarray(SERIES[:5])))
    np.testing.assert_allclose(first[0], folded.observe(state), atol=1e-14)


@pytest.mark.parametrize(
    ("delays", "words"),
    [
        (Delays(2), "2 delays, 1 step apart"),
        (Delays(3, 8, (1,)), "3 delays of axis 1, 8 steps apart"),
        (Delays(2, 1, (0, 2)), "2 delays of axes 0, 2, 1 step apart"),
    ],
)
def test_delays_in_words(delays, words):
    assert str(delays) == words
