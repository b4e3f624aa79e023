"""All axes of a partially observed system, read off latent states."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array, Float

from rnnchaos.data import AllAxes, Dataset, Preparation, Scaling, prepare
from rnnchaos.diagnostics import FreeRunSettings, settings_of
from rnnchaos.diagnostics.all_axes import all_axes_metrics, fit_readout
from rnnchaos.diagnostics.evaluation import evaluate_network, findings_of_evaluation
from rnnchaos.diagnostics.settings import PredictionSettings
from rnnchaos.metrics import state_space_divergence
from rnnchaos.models import RNN, AbstractCell, IdentityObservation, LinearObservation, Network
from rnnchaos.pieces import Pieces
from rnnchaos.systems import Henon

TURN = 2 * np.pi / 89
PHASE = TURN * (0.3 + np.arange(1780))  # on no edge of a bin
CIRCLE = np.sqrt(2) * np.stack([np.cos(PHASE), np.sin(PHASE)], 1)
SECOND = np.sqrt(2) * np.stack([np.cos(PHASE + 0.01), np.sin(PHASE + 0.01)], 1)
SETTINGS = settings_of(prediction=PredictionSettings(horizon=50))


class Rotation(AbstractCell):
    """Turns the plane of its first two units; the second, which is not observed, it has from two observations.

    A third one grows by a factor at every step.
    """

    hidden_size: int
    growth: float

    def step(self, state: Float[Array, " state"]) -> Float[Array, " state"]:
        cos, sin = np.cos(TURN), np.sin(TURN)
        x, y = cos * state[0] - sin * state[1], sin * state[0] + cos * state[1]
        return jnp.stack([x, y, self.growth * state[2]])

    def hidden(self, state: Float[Array, " state"]) -> Float[Array, " hidden"]:
        return state

    @property
    def history(self) -> int:
        return 2

    def from_history(self, hidden: Float[Array, "history hidden"]) -> Float[Array, " state"]:
        before, x = hidden[:, 0]
        y = (before - np.cos(TURN) * x) / np.sin(TURN)
        return jnp.stack([x, y, jnp.full_like(y, self.growth > 0)])


def network(growth=0.0):
    return Network(Rotation(3, growth), IdentityObservation(1, 3))


def dataset(offset=0.0):
    """The first axis of a circle is seen; the hidden one is `offset` away from its middle."""
    shift = np.array([0, offset])
    seen = Pieces.of(CIRCLE[:, :1])
    return Dataset(
        seen,
        seen,
        Pieces.of(SECOND[:, :1]),
        seen,
        Scaling(np.zeros(1), np.ones(1)),
        1.0,
        ("x",),
        True,
        AllAxes(CIRCLE + shift, SECOND + shift),
    )


def measured(network, dataset, settings=SETTINGS):
    return {metric.name: metric for metric in all_axes_metrics(network, dataset, settings)}


def test_a_state_that_holds_the_hidden_axis_is_at_zero():
    metrics = measured(network(), dataset())
    assert list(metrics) == ["d_stsp_all_axes_paper", "d_stsp_all_axes"]
    for metric in metrics.values():
        # The free run is two steps further along the same 89 points: twenty times around each.
        assert abs(metric.value) < 1e-12
        assert metric.unit == "nats"
        assert metric.note == ""


def test_floor_and_ceiling_are_those_of_all_axes():
    (paper, ours), full = measured(network(), dataset()).values(), dataset().all_axes
    floor = state_space_divergence(full.test, full.second_test, form="paper")
    still = np.tile(full.test.mean(0), (len(full.test), 1))
    ceiling = state_space_divergence(full.test, still, form="paper")
    assert (paper.floor, paper.ceiling) == (ours.floor, ours.ceiling) == (floor, ceiling)
    assert floor < ceiling


def test_only_an_intercept_finds_a_hidden_axis_that_is_shifted():
    paper, ours = measured(network(), dataset(offset=0.3)).values()
    assert abs(ours.value) < 1e-12
    assert paper.value > 0.1


def test_definitions_tell_the_regressions_apart():
    paper, ours = (metric.definition for metric in measured(network(), dataset()).values())
    assert "first 10 steps, without intercept (arXiv:2110.07238)" in paper
    assert "10 steps after each of 100 starts, with intercept" in ours


def test_the_readout_of_least_squares_is_exact_where_the_axes_are_linear_in_the_states():
    rng = np.random.default_rng(0)
    states, weight = rng.standard_normal((50, 4)), rng.standard_normal((4, 3))
    plain = fit_readout(states, states @ weight, intercept=False)
    np.testing.assert_allclose(plain.weight, weight, atol=1e-13)
    np.testing.assert_array_equal(plain.bias, 0)
    shifted = fit_readout(states, states @ weight + [1, 2, 3], intercept=True)
    np.testing.assert_allclose(shifted.weight, weight, atol=1e-13)
    np.testing.assert_allclose(shifted.bias, [1, 2, 3], atol=1e-13)


def test_without_intercept_a_shift_is_not_found():
    states = np.array([[-1.0], [1.0]])
    # Nothing of a constant is along the states (-1, 1).
    np.testing.assert_allclose(
        fit_readout(states, np.full((2, 1), 5.0), intercept=False).weight, 0, atol=1e-15
    )


def test_of_many_readouts_the_one_of_least_norm():
    # One point (3, 4) with the truth 5: the shortest weight is along the point, (3, 4) / 5.
    readout = fit_readout(np.array([[3.0, 4.0]]), np.array([[5.0]]), intercept=False)
    np.testing.assert_allclose(readout.weight, [[0.6], [0.8]], rtol=1e-14)


def test_states_that_are_not_finite_do_not_count():
    states = np.array([[1.0], [2.0], [np.inf], [np.nan], [1e120]])
    readout = fit_readout(states, 3 * np.arange(1.0, 6)[:, None], intercept=False)
    np.testing.assert_allclose(readout.weight, [[3]], rtol=1e-14)
    nothing = fit_readout(states[2:], np.ones((3, 2)), intercept=True)
    np.testing.assert_array_equal(nothing.weight, np.zeros((1, 2)))


@pytest.mark.parametrize("growth", [2.0, 1e60])
def test_a_run_that_diverges_has_no_value_and_says_where(growth):
    # How much of the third unit is read off is for the regression to say, and with it where it has gone too far.
    for metric in measured(network(growth), dataset()).values():
        assert metric.value is None
        assert metric.note.startswith("diverged at step ")
        assert metric.note.endswith(" of 1780")
        assert metric.floor < metric.ceiling


def test_the_run_is_judged_after_its_transient():
    settings = settings_of(
        free_run=FreeRunSettings(num_steps=300, transient=70), prediction=PredictionSettings(horizon=50)
    )
    metrics = measured(network(), dataset(), settings)
    full = dataset().all_axes.test
    expected = state_space_divergence(full, full[72:372], form="paper")
    for metric in metrics.values():
        np.testing.assert_allclose(metric.value, expected, rtol=1e-9)
    assert expected > 1e-6


def small(dimension):
    return Network(RNN(12, key=jax.random.key(0)), LinearObservation(dimension, 12, key=jax.random.key(1)))


def found(axes):
    data = prepare(Henon(), Preparation(train_length=3000, test_length=3000, transient=50, axes=axes))
    return findings_of_evaluation(
        evaluate_network(small(data.dimension), data, None, SETTINGS, seed=0), data, None, SETTINGS
    ).summary


def test_an_evaluation_has_them_where_axes_are_hidden_and_else_not():
    names = ["d_stsp_all_axes_paper", "d_stsp_all_axes"]
    partial = found((0,))
    assert [name for name in partial if "all_axes" in name] == names
    assert [name for name in partial["metrics"] if "all_axes" in name] == names
    for name in names:
        assert partial[name] == partial["metrics"][name]["value"]
        assert np.isfinite(partial[name])
    for axes in (None, (1, 0)):
        assert not [name for name in found(axes) if "all_axes" in name]
