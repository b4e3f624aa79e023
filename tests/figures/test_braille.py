"""Dots of a terminal picture."""

import numpy as np

from rnnchaos.figures.braille import braille_plot


def test_the_corners_are_dots_in_the_corners():
    drawn = braille_plot(np.array([0.0, 1.0]), np.array([0.0, 1.0]), width=2, height=2)
    assert drawn == "\u2800\u2808\n\u2840"


def test_a_filled_square_fills_every_dot():
    grid = np.linspace(0, 1, 50)
    across, up = (axis.ravel() for axis in np.meshgrid(grid, grid))
    assert braille_plot(across, up, width=3, height=2) == "\n".join(["\u28ff" * 3] * 2)


def test_a_constant_is_drawn_in_the_middle():
    drawn = braille_plot(np.zeros(3), np.ones(3), width=3, height=1)
    assert len(drawn) == 2
