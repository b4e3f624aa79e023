"""Which weights a run keeps."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnchaos.data import Preparation, prepare
from rnnchaos.models import RNN, LinearObservation, Network
from rnnchaos.models.network import InputTerm
from rnnchaos.models.simulation import Samples
from rnnchaos.systems import Henon
from rnnchaos.trainings.attractor_trial import AttractorTrial
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


def tried(*ranks):
    """Trials of which so many orbits of 64 stay, at such a distance, whose floor is 1."""
    return [AttractorTrial(64, 2_000, stay, 64 - stay, 0, 0.01, far, 1.0, 0.5) for stay, far in ranks]


def select_by_trial(monkeypatch, network, dataset, trials):
    selection = Selection("attractor", dataset, 1000, 10, 20, 2000, network)
    given = iter(trials)
    monkeypatch.setattr(selection, "_trial", lambda _: next(given))
    for step in range(10, 1001, 10):
        selection.offer(network, step)
    return selection


def test_the_best_attractor_is_kept_and_goes_through_a_checkpoint(monkeypatch, network, dataset):
    trials = tried((60, 1.0), (64, 5.0), (64, 1.5), (63, 0.5), *[(64, 9.0)] * 6)
    selection = select_by_trial(monkeypatch, network, dataset, trials)
    assert (selection.step, selection.best) == (860, trials[2])
    assert selection.sentence() == (
        "kept the weights of step 860, the best of 10 late candidates: all 64 orbits stay on the attractor for 2000 "
        "steps, Wasserstein distance 1.5 (floor 1 ± 0.5); 1 of 10 are good enough"
    )
    facts = selection.facts()
    assert (facts["kept"], facts["trial"]["passes"], facts["trial"]["zero_exponent"]) == (
        "attractor",
        True,
        None,
    )
    assert (facts["candidates"]["metric"], facts["candidates"]["passed"]) == ("attractor", 1)
    again = Selection("attractor", dataset, 1000, 10, 20, 2000, network)
    again.restore(selection.arrays(), lambda number: network, origin="here")
    assert (again.sentence(), again.facts()) == (selection.sentence(), facts)
    assert again.best.stay == 64


def test_where_all_are_bad_the_one_that_stays_longest_is_kept_and_said_to_be_bad(
    monkeypatch, network, dataset
):
    trials = tried(*[(3, 1.0)] * 4, (4, 9.0), *[(0, np.inf)] * 5)
    selection = select_by_trial(monkeypatch, network, dataset, trials)
    assert selection.step == 900
    assert selection.sentence().endswith(
        "4 of 64 orbits stay on the attractor for 2000 steps, 60 keep to a small part of it (as a cycle "
        "does), Wasserstein distance 9 (floor 1 ± 0.5); none is good enough"
    )


def test_an_untrained_network_is_tried_on_the_validation_series(network, dataset):
    selection = Selection("attractor", dataset, 10, 10, 20, 2000, network)
    assert selection.offer(network, 10) > 0.1
    assert (selection.best.stay, selection.best.fell) == (0, 64)
    elsewhere = dataset._replace(test=dataset.test.map(lambda x: x + 100))
    again = Selection("attractor", elsewhere, 10, 10, 20, 2000, network)
    again.offer(network, 10)
    assert again.best == selection.best


def test_of_a_driven_network_d_stsp_is_taken(network, dataset):
    driven = Network(network.cell, network.observation, InputTerm(jnp.zeros((4, 1))))
    assert Selection("attractor", dataset, 10, 10, 20, 2000, driven).metric == "d_stsp"


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


@pytest.mark.parametrize("run_length", [16_001, 400_000])
def test_a_density_is_of_as_many_steps_as_eight_runs(monkeypatch, network, dataset, run_length):
    asked = {}

    def sampled(network, starts, *, count, every, single):
        asked.update(orbits=len(starts), count=count, every=every, single=single)
        return Samples(np.zeros((len(starts), 4)), np.zeros((len(starts), count, 2)))

    monkeypatch.setattr("rnnchaos.trainings.selection.sampled_runs", sampled)
    Selection("d_stsp", dataset, 10, 10, 20, run_length, network)._score(network)
    assert asked["orbits"] == 64
    assert asked["orbits"] * asked["count"] <= 800_000
    watched = asked["orbits"] * asked["count"] * asked["every"]
    assert watched == pytest.approx(8 * run_length, rel=0.01)
    # A map would fall on a cycle of rounding errors in single precision, and an even stride sees one phase of a cycle.
    assert not asked["single"]
    assert asked["every"] % 2 == 1


def test_where_orbits_have_gone_counts(monkeypatch, network, dataset):
    """Not where they were for as long as they remembered the data that they began on."""
    on_data = dataset.validation.values

    def leaving(network, starts, *, count, every, single):
        orbits = np.resize(on_data, (len(starts), count, on_data.shape[1]))
        orbits[:, count // 2 :] = on_data[0]
        return Samples(np.zeros((len(starts), 4)), orbits)

    monkeypatch.setattr("rnnchaos.trainings.selection.sampled_runs", leaving)
    assert Selection("d_stsp", dataset, 10, 10, 20, 16_001, network)._score(network) > 5


def test_a_training_that_diverged_at_once_has_no_candidates(network, dataset):
    facts = Selection("d_stsp", dataset, 1000, 10, 20, 2000, network).facts()
    assert facts == {"kept": "d_stsp", "kept_step": 0, "kept_attempt": 1, "candidates": None}
