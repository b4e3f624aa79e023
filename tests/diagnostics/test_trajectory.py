"""A series of any model in the units of a truth: scaled, with its delays, and refused where it is none."""

import numpy as np
import pytest

from rnnchaos.diagnostics import settings_of
from rnnchaos.diagnostics.evaluation import findings_of_evaluation
from rnnchaos.diagnostics.settings import PredictionSettings
from rnnchaos.diagnostics.trajectory import evaluate_trajectory, in_units_of, rollouts
from rnnchaos.diagnostics.yardstick import halves, yardstick_of_series
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces

NAMES = ("x", "y")


def series(length=3000, seed=0):
    """Two axes of an autoregression, far from mean 0 and standard deviation 1."""
    noise = np.random.default_rng(seed).standard_normal((length, 2))
    found = np.zeros((length, 2))
    for row in range(1, length):
        found[row] = 0.9 * found[row - 1] + noise[row]
    return 100 + 7 * found


def yardstick(test=None, train=None, **settings):
    return yardstick_of_series(
        Pieces.of(series() if test is None else test),
        train,
        settings_of(**settings),
        seed=0,
        axis_names=NAMES,
        time_per_step=0.5,
    )


def test_the_past_of_a_truth_that_is_one_series_is_its_second_half():
    values = series()
    found = yardstick(values)
    scaled = (values - values.mean(0)) / values.std(0)
    np.testing.assert_array_equal(found.dataset.test.values, scaled[:1500])
    np.testing.assert_array_equal(found.past.values, scaled[1500:])
    np.testing.assert_array_equal(found.dataset.second_test.values, scaled[1500:])
    np.testing.assert_array_equal(found.rows.values, scaled)


def test_another_series_gives_scaling_floors_and_past():
    train = 2 * series(seed=1)
    found = yardstick(series(), Pieces.of(train))
    np.testing.assert_array_equal(found.dataset.test.values, (series() - train.mean(0)) / train.std(0))
    np.testing.assert_allclose(found.past.values.std(0), 1)


def test_halves_end_between_pieces_where_that_is_as_good():
    values = np.arange(1000.0)[:, None]
    first, second = halves(Pieces(values, (460, 300, 240)))
    assert (first.lengths, second.lengths) == ((460,), (300, 240))
    first, second = halves(Pieces(values, (100, 900)))
    assert (first.lengths, second.lengths) == ((100, 400), (500,))
    np.testing.assert_array_equal(np.concatenate([first.values, second.values]), values)


def test_a_trajectory_in_the_datas_units_is_scaled_by_the_truth():
    found = yardstick()
    own = series(seed=2)
    trajectory = in_units_of(found, "a", Pieces.of(own), scaled=False)
    np.testing.assert_array_equal(trajectory.series.values, found.dataset.scaling.apply(own))
    already = in_units_of(found, "a", trajectory.series, scaled=True)
    np.testing.assert_array_equal(already.series.values, trajectory.series.values)
    assert trajectory.said == already.said == ()


def test_other_units_are_noticed_and_the_setting_is_named():
    found, own = yardstick(), series(seed=2)
    scaled = Pieces.of(found.dataset.scaling.apply(own))
    (said,) = in_units_of(found, "a", scaled, scaled=False).said
    assert said.startswith("a: x has mean ")
    assert said.endswith(": it looks scaled to mean 0 and standard deviation 1, which scaled=true says")
    (said,) = in_units_of(found, "a", Pieces.of(own), scaled=True).said
    assert said.endswith("is it in other units? (scaled=false is for models in the data's own units)")
    (said,) = in_units_of(found, "a", Pieces.of(1000 * own), scaled=False).said
    assert said.endswith("is it in other units? (scaled=true is for models in the truth's scaled units)")
    at_rest = Pieces.of(np.tile(own[:1], (100, 1)))
    assert in_units_of(found, "a", at_rest, scaled=False).said == ()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (series()[:, :1], "a.npy must have the truth's 2 axes x, y, got 1"),
        (
            np.where(np.arange(3000)[:, None] == 7, np.nan, series()),
            "a.npy must be finite, but row 7 is not, and later rows are; an orbit that escapes to infinity stays there",
        ),
        (
            np.full((30, 2), np.inf),
            "a.npy must begin with finite rows, but row 0 of a piece is not",
        ),
    ],
)
def test_what_is_no_trajectory(values, message):
    with pytest.raises(ConfigError) as caught:
        in_units_of(yardstick(), "a", Pieces.of(values), scaled=False, origin="a.npy")
    assert str(caught.value) == message


def test_an_escape_is_none_of_these():
    values = series()
    values[100:] = np.inf
    trajectory = in_units_of(yardstick(), "a", Pieces.of(values), scaled=False)
    run = evaluate_trajectory(trajectory, yardstick())
    assert (run.escape, run.steps) == (100, 3000)
    assert {metric.value for metric in run.metrics} == {None}


def test_pieces_with_starts_are_forecasts_of_the_rows_after_them():
    values, starts = series(), np.array([2000, 10])
    found = yardstick(values, prediction=PredictionSettings(horizon=20, n=5))
    perfect = np.stack([values[start + 1 : start + 31] for start in starts]).reshape(-1, 2)
    trajectory = in_units_of(found, "a", Pieces(perfect, (30, 30)), scaled=False, starts=starts)
    forecasts = rollouts(trajectory, found)
    np.testing.assert_array_equal(forecasts.starts, [10, 2000])  # errors hang on their order along the truth
    assert forecasts.predicted.shape == (2, 20, 2)
    np.testing.assert_array_equal(forecasts.predicted, forecasts.future)
    metrics = {metric.name: metric for metric in evaluate_trajectory(trajectory, found).metrics}
    assert metrics["n_step_error"].value == 0
    assert metrics["valid_prediction_time"].value == metrics["valid_prediction_time_smape"].value == 20 * 0.5


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        ([5], "starts must be one for each of the 2 pieces of a, got 1"),
        (
            [5, 2980],
            "starts must be rows up to 2969 of the truth with 30 rows after them, which it has 3000 of, got 2980",
        ),
    ],
)
def test_starts_that_are_not_the_truths(starts, message):
    with pytest.raises(ConfigError) as caught:
        in_units_of(yardstick(), "a", Pieces(series()[:60], (30, 30)), scaled=False, starts=np.array(starts))
    assert str(caught.value) == message


def test_errors_are_stored_with_the_standard_deviation_that_decides():
    truth, starts = series(), np.arange(0, 1000, 100)
    found = yardstick(truth, prediction=PredictionSettings(n=1, horizon=20))
    pieces = np.concatenate([truth[start + 1 : start + 21] + 7 for start in starts])
    model = in_units_of(found, "a", Pieces(pieces, (20,) * len(starts)), scaled=False, starts=starts)
    stored = findings_of_evaluation(
        evaluate_trajectory(model, found), found.dataset, found.truth, found.settings
    ).arrays["forecasts"]
    np.testing.assert_allclose(stored["standard_deviation"], truth.std(0))
