"""A result of many trainings against a setting."""

import numpy as np

from rnnchaos.figures import Trainings, save_figure, sweep_figure
from rnnchaos.figures.style import NETWORK
from rnnchaos.figures.sweep import looks_of


def test_medians_quartiles_points_and_what_has_no_result(tmp_path):
    x = np.array([5.0, 5, 5, 10, 10, 10, 20])
    y = np.array([1.0, 2, 4, 1, np.nan, 3, np.nan])
    figure = sweep_figure(
        [Trainings("lstm", x, y), Trainings("gru", x, 2 * y)],
        x_label="τ",
        y_label="D",
        verticals={"ln 2 / λ": 7.0},
        logarithmic=(True, True),
    )
    (axes,) = figure.axes
    lstm, gru = axes.containers
    np.testing.assert_array_equal(lstm.lines[0].get_xdata(), [5, 10])
    np.testing.assert_array_equal(lstm.lines[0].get_ydata(), [2, 2])
    np.testing.assert_array_equal(gru.lines[0].get_ydata(), [4, 4])
    bars = [segment[:, 1].tolist() for segment in lstm.lines[2][0].get_segments()]
    assert bars == [[1.5, 3.0], [1.5, 2.5]]
    assert [(text.xy[0], text.get_text()) for text in axes.texts] == [(10.0, "2×"), (20.0, "2×")]
    save_figure(figure, tmp_path / "figure.png")


def test_no_result_at_all():
    figure = sweep_figure(
        [Trainings(None, np.array([1.0]), np.array([np.nan]))], x_label="x", y_label="y", verticals={}
    )
    assert [text.get_text() for text in figure.axes[0].texts] == ["1×"]


def test_a_model_has_one_look_in_all_figures():
    shrnn, lstm, gru = looks_of(["ShallowRNN", "LSTM", "GRU"])
    assert looks_of(["GRU", "LSTM"]) == [gru, lstm]
    assert shrnn.colour == NETWORK
    assert (
        len({(look.colour, look.marker, look.dashes) for look in looks_of([f"seed {i}" for i in range(30)])})
        == 30
    )
    assert looks_of(["a", "LSTM"]) == looks_of(["tau 5", "tau 10"])
