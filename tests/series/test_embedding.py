"""Delays by how well they foretell, where those by information leave the state folded."""

import numpy as np
import pytest

from rnnchaos.data import observed_orbit
from rnnchaos.pieces import Pieces
from rnnchaos.series import Embedding, better_embedding
from rnnchaos.systems import Henon


@pytest.fixture(scope="module")
def delayed_logistic():
    """x' = 2.27 x (1 - the x before): two delays of one step are its state."""
    x = np.full(3_000, 0.4)
    for t in range(1, len(x) - 1):
        x[t + 1] = 2.27 * x[t] * (1 - x[t - 1])
    return x[500:, None]


def test_delays_that_outlast_memory_give_way_to_the_state(delayed_logistic):
    assert better_embedding(delayed_logistic, Embedding(15, 6)) == Embedding(1, 2)
    assert better_embedding(Pieces(delayed_logistic, (1_000, 1_500)), Embedding(15, 6)) == Embedding(1, 2)


def test_delays_that_foretell_stay(delayed_logistic):
    assert better_embedding(delayed_logistic, Embedding(1, 2)) is None
    henon = observed_orbit(Henon(), num_steps=2_000, transient=1_000)
    assert better_embedding(henon[:, :1], Embedding(1, 2)) is None


def test_no_delays_foretell_noise_or_a_short_series():
    noise = np.random.default_rng(0).standard_normal((2_000, 1))
    assert better_embedding(noise, Embedding(3, 4)) is None
    assert better_embedding(noise[:50], Embedding(3, 4)) is None
