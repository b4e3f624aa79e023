"""Which weights a run keeps."""

import jax
import numpy as np
import pytest

from rnnchaos.data import Preparation, prepare
from rnnchaos.models import RNN, LinearObservation, Network
from rnnchaos.systems import Henon
from rnnchaos.trainings.selection import Selection


@pytest.fixture
def network():
    return Network(RNN(4, key=jax.random.key(0)), LinearObservation(2, 4, key=jax.random.key(1)))


@pytest.fixture
def dataset():
    return prepare(Henon(), Preparation(train_length=1000, test_length=50, transient=50))


def select(monkeypatch, network, dataset, rule, scores):
    """Offer a network every 10 of 1000 steps; candidates score as given, in order."""
    selection = Selection(rule, dataset, 1000, 10, 20, 2000, network)
    given = iter(scores)
    monkeypatch.setattr(selection, "_score", lambda _: next(given))
    for step in range(10, 1001, 10):
        selection.offer(network, step)
    return selection


def test_the_best_of_ten_late_candidates_is_kept(monkeypatch, network, dataset):
    selection = select(
        monkeypatch, network, dataset, "d_stsp", [9.0, 8.0, 7.0, 1.0, 6.0, 5.0, 2.0, 3.0, 4.0, np.inf]
    )
    assert selection.step == 880  # candidates come every 20 steps: 820, 840, 860, 880, …, 1000
    facts = selection.facts()
    assert facts["kept_step"] == 880
    spread = {"metric": "d_stsp", "best": 1, "median": 5.5, "worst": 9, "diverged": 1, "count": 10}
    assert facts["candidates"] == spread
    assert selection.sentence() == (
        "kept the weights of step 880, the best of 10 late candidates; d_stsp of the candidates on the validation "
        "series 1 to 9, median 5.5, 1 of 10 diverged"
    )


def test_equal_scores_keep_the_later(monkeypatch, network, dataset):
    assert select(monkeypatch, network, dataset, "d_stsp", [1.0] * 10).step == 1000


def test_the_last_is_kept_with_the_scatter_of_the_others(monkeypatch, network, dataset):
    selection = select(monkeypatch, network, dataset, "last", [3.0] * 9 + [4.0])
    assert selection.facts()["kept_step"] == 1000
    assert selection.sentence() == (
        "kept the weights of step 1000, the last; prediction_error of the candidates on the validation series "
        "3 to 4, median 3"
    )


def test_before_the_first_candidate_the_latest_is_kept(network, dataset):
    selection = Selection("d_stsp", dataset, 1000, 10, 20, 2000, network)
    assert selection.offer(network, 300) is None
    assert selection.step == 300


@pytest.mark.parametrize(
    ("rule", "bound"), [("d_stsp", 1), ("d_h", 0.2), ("wasserstein", 0.1), ("prediction_error", 0.5)]
)
def test_a_score_is_taken_on_the_validation_series(network, dataset, rule, bound):
    selection = Selection(rule, dataset, 10, 10, 20, 2000, network)
    score = selection._score(network)
    # An untrained network sits near a fixed point, far from the attractor.
    assert np.isfinite(score)
    assert score > bound
    elsewhere = dataset._replace(
        train=dataset.train.map(lambda x: x + 100), test=dataset.test.map(lambda x: x + 100)
    )
    assert Selection(rule, elsewhere, 10, 10, 20, 2000, network)._score(network) == score


def test_a_training_that_diverged_at_once_has_no_candidates(network, dataset):
    facts = Selection("d_stsp", dataset, 1000, 10, 20, 2000, network).facts()
    assert facts == {"kept": "d_stsp", "kept_step": 0, "candidates": None}
