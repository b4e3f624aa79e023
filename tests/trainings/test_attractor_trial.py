"""Trials of an attractor: networks that are the truth itself, exactly or until they fall."""

import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

from rnnchaos.data import Preparation, prepare
from rnnchaos.models import IdentityObservation, Network
from rnnchaos.models.base import AbstractCell
from rnnchaos.systems import AbstractSystem, Henon, Lorenz63, Lorenz84, Lozi
from rnnchaos.trainings.attractor_trial import AttractorTrial, Yardstick, trial


class Known(AbstractCell):
    """The true system as a cell."""

    system: AbstractSystem
    mean: Array
    scale: Array
    hidden_size: int

    def step(self, state):
        after = self.system.step(state * self.scale + self.mean)
        return ((after - self.mean) / self.scale).astype(state.dtype)


class Falling(Known):
    """The same for a number of steps that hangs on the starting point, then what is `factor` times as far out."""

    last: float
    factor: float

    @property
    def state_size(self):
        return self.hidden_size + 1

    def hidden(self, state):
        return state[:-1]

    def from_hidden(self, hidden):
        return jnp.append(hidden, self.last * (1 + jnp.tanh(hidden[0])) / 2)

    def step(self, state):
        point, left = state[:-1], state[-1]
        return jnp.append(jnp.where(left > 0, super().step(point), self.factor * point), left - 1)


def known(system, dataset, cell=Known, **options):
    scaling, size = dataset.scaling, dataset.dimension
    arrays = (jnp.asarray(each, jnp.float32) for each in (scaling.mean, scaling.scale))
    return Network(cell(system, *arrays, size, **options), IdentityObservation(size, size))


@pytest.fixture(scope="module", params=[Henon, Lorenz63])
def pair(request):
    system = request.param()
    return system, prepare(system, Preparation(train_length=30_000, test_length=50))


def test_the_truth_passes(pair):
    system, dataset = pair
    found = trial(known(system, dataset), dataset, num_steps=4_000)
    assert (found.orbits, found.stay, found.fell, found.escaped) == (64, 64, 0, 0)
    assert found.steps == pytest.approx(4_000, abs=5)
    assert found.excess < 2  # of one draw; of several, below
    assert np.isnan(found.zero_exponent) != dataset.flow
    assert not abs(found.zero_exponent) > found.zero_allowed


@pytest.mark.slow
@pytest.mark.parametrize("system", [Henon(), Lozi()], ids=lambda system: type(system).__name__)
def test_the_truth_passes_with_nearly_all_data(system):
    """What is allowed is two spreads of a floor that is one draw itself: some fail by chance."""
    passed = 0
    for transient in range(1_000, 9_000, 1_000):
        dataset = prepare(system, Preparation(train_length=30_000, test_length=50, transient=transient))
        passed += trial(known(system, dataset), dataset, num_steps=4_000).passes
    assert passed >= 5


@pytest.mark.parametrize(("factor", "how"), [(1.0, "fell"), (2.0, "escaped")])
def test_what_orbits_do_late_is_seen(pair, factor, how):
    system, dataset = pair
    yardstick = Yardstick.of(dataset)
    network = known(system, dataset, Falling, last=5_000.0, factor=factor)
    found = trial(network, dataset, num_steps=4_000, yardstick=yardstick)
    assert 0 < found.stay < 64
    assert getattr(found, how) >= 0.9 * (64 - found.stay)
    assert np.isfinite(found.distance)
    assert not found.passes
    assert trial(known(system, dataset), dataset, num_steps=4_000, yardstick=yardstick).rank < found.rank


def test_of_a_flow_an_exponent_must_be_zero():
    system = Henon()
    dataset = prepare(system, Preparation(train_length=30_000, test_length=50))._replace(flow=True)
    found = trial(known(system, dataset), dataset, num_steps=4_000)
    assert found.zero_exponent == pytest.approx(0.419, abs=0.05)  # Hénon's own, which is no flow
    assert found.stay == 64
    assert not found.passes


class Coarse(Known):
    """The truth but for a ripple, too small to be seen in the shape of the attractor."""

    height: float

    def step(self, state):
        return super().step(state) + self.height * jnp.sin(40 * state)


def test_a_step_may_be_no_worse_than_what_neighbours_in_the_data_say_of_it():
    dataset = prepare(Henon(), Preparation(train_length=30_000, test_length=50))
    yardstick = Yardstick.of(dataset)._replace(spread=0.02)  # whatever the draw, the shape is not what fails
    assert 1e-6 < yardstick.step_allowed < 1e-4
    heights = (yardstick.step_allowed / 10, yardstick.step_allowed * 10)
    fine, coarse = (
        trial(known(Henon(), dataset, Coarse, height=height), dataset, num_steps=4_000, yardstick=yardstick)
        for height in heights
    )
    for found, height in zip((fine, coarse), heights, strict=True):
        assert found.step_error == pytest.approx(height / 2**0.5, rel=0.3)  # the ripple's root mean square
    assert (fine.passes, coarse.passes) == (True, False)
    shape = coarse._replace(step_error=np.nan)
    assert shape.passes
    assert coarse.excess == pytest.approx(shape.excess + np.log10(coarse.step_error / yardstick.step_allowed))
    assert "the next step errs by" in str(coarse)
    assert "the next step" not in str(fine)


def test_a_step_from_a_state_of_which_a_part_is_hidden_is_not_judged():
    dataset = prepare(Henon(), Preparation(train_length=30_000, test_length=50))
    hidden = known(Henon(), dataset, Falling, last=1e6, factor=1.0)
    found = trial(hidden, dataset, num_steps=2_000)
    assert (hidden.state_size, found.stay) == (3, 64)
    assert np.isnan(found.step_error)
    assert found.passes


def test_noise_says_nothing_of_what_a_step_may_be_wrong_by():
    dataset = prepare(Henon(), Preparation(train_length=5_000, test_length=50, noise=0.02))
    assert Yardstick.of(dataset).step_allowed == np.inf
    assert trial(known(Henon(), dataset), dataset, num_steps=2_000).facts()["step_error"] is None


def test_another_attractor_is_at_a_distance():
    dataset = prepare(Lorenz84(), Preparation(train_length=20_000, test_length=50))
    found = trial(known(Lorenz84(forcing=6.0), dataset), dataset, num_steps=4_000)
    assert found.distance > 0.1
    assert not found.passes


def test_a_series_that_is_trained_on_and_chosen_by_is_held_against_its_own_half():
    dataset = prepare(Henon(), Preparation(train_length=3_000, test_length=50))
    whole = Yardstick.of(dataset._replace(validation=dataset.train))
    assert (len(whole.truth), len(whole.other)) == (1_500, 1_500)
    assert 0 < whole.floor < 0.1


def test_candidates_are_ordered_by_the_share_that_stays_and_then_by_the_excess():
    def tried(stay, distance, zero=np.nan):
        return AttractorTrial(64, 100, stay, 0, 0, 0.01, distance, 1.0, 0.5, zero, 0.1)

    best, near, far = tried(64, 1.0), tried(64, 1.9), tried(64, 5.0)
    bent, leaves = tried(64, 0.5, -0.2), tried(60, 0.1)
    ordered = sorted([leaves, far, bent, near, best], key=lambda each: each.rank)
    assert ordered == [best, near, bent, far, leaves]
    assert [each.passes for each in ordered] == [True, True, False, False, False]
    assert bent.excess == pytest.approx(2.0)
    assert bent.facts()["zero_exponent"] == -0.2
    assert AttractorTrial.restored(np.array(bent._replace(step_error=0.1), dtype=float)) == bent._replace(
        step_error=0.1
    )
    older = np.array(bent, dtype=float)[:-2]  # of a checkpoint from before steps were judged
    assert AttractorTrial.restored(older).facts() == bent.facts()
