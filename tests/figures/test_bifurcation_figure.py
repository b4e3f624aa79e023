"""What a reader finds on a bifurcation diagram; nothing warns, since warnings are errors."""

import numpy as np

from rnnchaos.figures import bifurcation_figure, save_figure

PARAMETERS = np.linspace(0.5, 1.5, 5)
POINTS = [np.array([1.0, 2.0]), np.array([3.0]), np.empty(0), np.array([4.0]), np.empty(0)]
ESCAPED = np.array([False, False, True, False, True])
EXPONENTS = np.array([-9.0, 0.5, np.nan, -0.2, np.nan])[:, None]
NAMES = {"parameter_name": "factor on cell.weight", "axis_name": "x", "maxima": True}


def draw(exponents=EXPONENTS, *, trained=1.0):
    return bifurcation_figure(
        PARAMETERS, POINTS, exponents, 0.1 * np.abs(exponents), ESCAPED, trained=trained, **NAMES
    )


def test_points_above_and_exponents_below_over_the_same_values(tmp_path):
    figure = draw()
    above, below = figure.axes
    assert (above.get_ylabel(), below.get_xlabel()) == ("maxima of $x$", "factor on cell.weight")
    assert above.get_xlim() == below.get_xlim() == (0.375, 1.625)
    np.testing.assert_array_equal(above.lines[0].get_xdata(), [0.5, 0.5, 0.75, 1.25])
    np.testing.assert_array_equal(above.lines[0].get_ydata(), [1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(below.lines[0].get_ydata(), EXPONENTS[:, 0])
    # One strongly stable value does not flatten the rest.
    assert below.get_ylim() == (-1.5, 0.65)
    texts = [text.get_text() for text in below.get_legend().get_texts()]
    assert texts == [r"$\lambda_{\max}$", "as trained", "escapes"]
    save_figure(figure, tmp_path / "bifurcation.png")


def test_each_stretch_of_escapes_is_shaded():
    above, _ = draw().axes
    spans = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in above.patches]
    np.testing.assert_allclose(spans, [(0.875, 1.125), (1.375, 1.625)])


def test_a_trained_value_outside_is_not_shown_and_further_exponents_are_named():
    below = draw(np.hstack([EXPONENTS, EXPONENTS - 1]), trained=2.0).axes[1]
    texts = [text.get_text() for text in below.get_legend().get_texts()]
    assert texts == [r"$\lambda_{\max}$", r"$\lambda_{2}$", "escapes"]


def test_exponents_of_minus_infinity_are_gaps(tmp_path):
    figure = draw(np.full((5, 1), -np.inf))
    assert np.isnan(figure.axes[1].lines[0].get_ydata()).all()
    save_figure(figure, tmp_path / "bifurcation.png")
