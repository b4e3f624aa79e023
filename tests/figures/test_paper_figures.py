"""The figures that stand beside those of the paper."""

import numpy as np

from rnnchaos.figures import (
    NetworkGradients,
    Panel,
    Points,
    Theorem,
    Trainings,
    comparison_figure,
    save_figure,
    theorems_figure,
)

LAGS = np.array([1, 10, 100])


def network(slope):
    steps = np.array([100, 200])
    return NetworkGradients(LAGS, slope * LAGS, LAGS, 0.0 * LAGS, steps, 0.5 * steps, 0.0 * steps)


def test_growth_is_drawn_in_decades_beside_the_slope_of_theory(tmp_path):
    published = {10: 0.5, 100: 3.5}
    chaos = Theorem("chaos: Theorem 2", [network(0.1), network(0.3)], 0.2, published)
    cycle = Theorem("cycle: Theorem 1", [network(-0.1)], -0.1, {})
    figure = theorems_figure([cycle, chaos])
    states = figure.axes[1]
    assert states.get_title() == "chaos: Theorem 2"
    first, second, theory, marks = states.lines
    np.testing.assert_allclose(first.get_ydata(), 0.1 * LAGS / np.log(10))
    np.testing.assert_allclose(second.get_ydata(), 0.3 * LAGS / np.log(10))
    # Through the median of both at the longest lag, with the slope of the exponent.
    np.testing.assert_allclose(theory.get_ydata(), 0.2 * LAGS / np.log(10))
    np.testing.assert_array_equal(marks.get_ydata(), [0.5, 3.5])
    over_window, over_interval = figure.axes[5].lines[:2]
    np.testing.assert_allclose(over_window.get_ydata(), np.array([50, 100]) / np.log(10))
    np.testing.assert_array_equal(over_interval.get_ydata(), [0, 0])
    save_figure(figure, tmp_path / "theorems.png")


def test_a_published_line_has_the_colour_of_the_own_one_and_others_their_own():
    x = np.array([10.0, 20.0])
    own = Trainings("LSTM", x, np.array([1.0, 2.0]))
    nothing = np.full(1, np.nan)
    published = [Points("RNN", x[:1], x[:1], nothing), Points("LSTM", np.array([40.0]), x[:1], nothing)]
    panels = [
        Panel("D", [own], published, {"floor": 0.1}, True),
        Panel("λ", [own], [], {}, False, (-1.0, 1.0)),
    ]
    figure = comparison_figure(panels, x_label="τ", verticals={"here": 15.0}, logarithmic_x=True)
    left, right = figure.axes
    lines = {bars.get_label(): bars.lines[0] for bars in left.containers}
    assert lines["LSTM, published"].get_color() == lines["LSTM"].get_color()
    assert lines["RNN, published"].get_color() != lines["LSTM"].get_color()
    assert [tick.get_text() for tick in right.get_xticklabels()] == ["10", "20", "40"]
    assert right.get_ylim() == (-1.0, 1.0)
    (legend,) = figure.legends
    said = [text.get_text() for text in legend.get_texts()]
    assert said[0] == "LSTM"
    assert set(said) == {"LSTM", "LSTM, published", "RNN, published", "floor", "here"}


def test_networks_that_have_escaped_do_not_press_the_others_flat():
    x = np.array([5.0, 10.0])
    escaped = Panel("D", [Trainings("LSTM", x, np.array([0.1, 1e80]))], [], {"floor": 0.01}, True)
    bounded = Panel("D", [Trainings("LSTM", x, np.array([0.1, 50.0]))], [], {"floor": 0.01}, True)
    figure = comparison_figure([escaped, bounded], x_label="τ", verticals={}, logarithmic_x=True)
    np.testing.assert_allclose(figure.axes[0].get_ylim(), (0.005, 1000.0))
    lower, upper = figure.axes[1].get_ylim()
    assert 0 < lower < 0.01 < 50.0 < upper
