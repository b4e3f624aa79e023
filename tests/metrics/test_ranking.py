"""By what late weights are ranked."""

import numpy as np
import pytest

from rnnchaos.metrics import attractor_divergence


def spiky(*, spikes=True):
    random = np.random.default_rng(int(spikes))
    beats = np.where(np.arange(20_000) % 50 == 0, 6.0, 0.0)
    return (random.standard_normal(20_000) + spikes * beats)[:, None] - 0.12


def test_spikes_count():
    """They lie beyond the 2 standard deviations that the paper's form sees."""
    truth = spiky()
    assert attractor_divergence(truth, np.roll(truth[::-1], 100)) < 0.02
    assert attractor_divergence(truth, spiky(spikes=False)) > 0.1


@pytest.mark.parametrize("dimension", [1, 2, 3, 6])
def test_the_more_of_a_run_has_left_the_larger(dimension):
    truth, other = np.random.default_rng(0).standard_normal((2, 4000, dimension))
    left = [np.where(np.arange(4000)[:, None] < count, 100.0, other) for count in (0, 40, 2000, 4000)]
    ranks = [attractor_divergence(truth, generated) for generated in left]
    assert ranks == sorted(ranks)
    assert ranks[-1] > 2 * ranks[0]
