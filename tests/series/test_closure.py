"""The error of local linear predictions tells a state that is seen from one that is hidden or noisy."""

import numpy as np
import pytest

from rnnchaos.pieces import Pieces
from rnnchaos.series import error_of_most, prediction_errors


def henon(steps=6000):
    x = np.zeros((steps + 100, 2))
    for t in range(1, len(x)):
        x[t] = 1 - 1.4 * x[t - 1, 0] ** 2 + x[t - 1, 1], 0.3 * x[t - 1, 0]
    return x[100:]


def one_step_error(series):
    return error_of_most(prediction_errors(series))


def test_of_a_linear_map_nothing_is_left():
    phase = 0.3 * np.arange(3000)
    assert one_step_error(Pieces.of(np.stack([np.sin(phase), np.cos(phase)], axis=1))) < 1e-12


def test_a_seen_state_leaves_little_and_a_hidden_part_much():
    both = henon()
    assert one_step_error(Pieces.of(both)) < 1e-3
    assert one_step_error(Pieces.of(both[:, :1])) > 0.1


@pytest.mark.parametrize("noise", [0.003, 0.03, 0.3])
def test_noise_leaves_its_own_size(noise):
    x = henon()
    noisy = x + noise * x.std(0) * np.random.default_rng(0).standard_normal(x.shape)
    assert noise < one_step_error(Pieces.of(noisy)) < 10 * noise


def test_of_a_driven_series_the_inputs_are_known():
    rng = np.random.default_rng(1)
    inputs = rng.uniform(-1, 1, (4000, 1))
    x = np.zeros((4000, 1))
    for t in range(1, len(x)):
        x[t] = 0.5 * x[t - 1] + inputs[t]
    assert one_step_error(Pieces(x, (4000,), inputs)) < 1e-12
    assert one_step_error(Pieces.of(x)) > 0.1


def test_nothing_reaches_from_one_piece_into_the_next():
    phase = 0.3 * np.arange(3000)
    whole = np.stack([np.sin(phase), np.cos(phase)], axis=1)
    jumping = whole[np.concatenate([np.arange(s, s + 60) for s in range(0, 2900, 97)])]
    assert one_step_error(Pieces(jumping, (60,) * (len(jumping) // 60))) < 1e-12
    assert one_step_error(Pieces.of(jumping)) > 0


def test_a_series_that_is_too_short_says_nothing():
    assert prediction_errors(Pieces.of(henon(200))) is None
