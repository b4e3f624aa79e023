"""The picture of a dataset: panels of channels and inputs, parts by colour, borders between pieces."""

import numpy as np
import pytest

from rnnchaos.figures import recording_arrays, recording_figure
from rnnchaos.pieces import Pieces


def part(lengths, channels, inputs):
    draw = np.random.default_rng(0).standard_normal
    total = sum(lengths)
    return Pieces(draw((total, channels)), lengths, draw((total, inputs)) if inputs else None)


@pytest.mark.parametrize(("channels", "inputs", "panels"), [(1, 0, 1), (3, 1, 4), (64, 3, 6)])
def test_panels_and_borders(channels, inputs, panels):
    parts = {"training": part((30, 20), channels, inputs), "test": part((25,), channels, inputs)}
    names = [f"x_{i}" for i in range(channels)]
    figure = recording_figure(
        recording_arrays(
            parts, time_per_step=0.5, axis_names=names, input_names=[f"s{i}" for i in range(inputs)]
        )
    )
    *curves, plane = figure.axes
    assert len(curves) == panels
    first = curves[0]
    training, test, border = first.lines
    # A gap after each piece.
    assert np.flatnonzero(np.isnan(training.get_ydata())).tolist() == [30, 51]
    assert len(test.get_xdata()) == 26
    assert test.get_xdata()[0] == 25.0  # after 50 points of 0.5
    assert border.get_xdata()[0] == 15.0  # the only one within a part
    assert training.get_color() != test.get_color()
    assert plane.get_xlabel() == ("$x_{0}$$(t)$" if channels == 1 else "$x_{0}$")


def test_a_long_series_keeps_its_extremes():
    values = np.zeros((100_000, 2))
    values[12_345, 0] = 7.0
    arrays = recording_arrays({"training": Pieces.of(values)}, time_per_step=1.0, axis_names=["x", "y"])
    (line,) = recording_figure(arrays).axes[0].lines
    assert len(line.get_ydata()) < 15_000
    assert np.nanmax(line.get_ydata()) == 7.0
    assert len(arrays["plane"]) <= 6_001
