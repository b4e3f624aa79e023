"""Which weights a run keeps."""

import jax
import numpy as np
import pytest

from rnnchaos.cells import RNN, LinearObservation, Network
from rnnchaos.data import Preparation, prepare
from rnnchaos.experiments.selection import Selection
from rnnchaos.systems import Henon


@pytest.fixture
def network():
    return Network(RNN(4, key=jax.random.key(0)), LinearObservation(2, 4, key=jax.random.key(1)))


@pytest.fixture
def dataset():
    return prepare(Henon(), Preparation(train_length=500, test_length=50, transient=50))


def select(monkeypatch, network, dataset, rule, scores):
    """Offer a network every 10 of 1000 steps; candidates score as given, in order."""
    selection = Selection(rule, dataset, 1000, 10, network)
    given = iter(scores)
    monkeypatch.setattr(selection, "_score", lambda _: next(given))
    for step in range(10, 1001, 10):
        selection.offer(network, step)
    return selection


def test_the_best_of_ten_late_candidates_is_kept(monkeypatch, network, dataset):
    selection = select(
        monkeypatch, network, dataset, "best", [9.0, 8.0, 7.0, 1.0, 6.0, 5.0, 2.0, 3.0, 4.0, np.inf]
    )
    assert selection.step == 880  # candidates come every 20 steps: 820, 840, 860, 880, …, 1000
    facts = selection.facts()
    assert facts["kept_step"] == 880
    assert facts["candidates_d_stsp"] == {"best": 1, "median": 5.5, "worst": np.inf}


def test_equal_scores_keep_the_later(monkeypatch, network, dataset):
    assert select(monkeypatch, network, dataset, "best", [1.0] * 10).step == 1000


def test_the_last_is_kept_without_scoring(monkeypatch, network, dataset):
    selection = select(monkeypatch, network, dataset, "last", [])
    assert selection.facts() == {"kept": "last", "kept_step": 1000, "candidates_d_stsp": None}


def test_before_the_first_candidate_the_latest_is_kept(network, dataset):
    selection = Selection("best", dataset, 1000, 10, network)
    assert selection.offer(network, 300) is None
    assert selection.step == 300


def test_a_score_is_a_divergence_from_the_training_series(network, dataset):
    score = Selection("best", dataset, 10, 10, network)._score(network)
    # An untrained network sits near a fixed point, far from the attractor but within the ceiling of the metric.
    assert np.isfinite(score)
    assert score > 1
