"""The copy of the past: it looks up what is now, and says what followed."""

import numpy as np
import pytest

from rnnchaos.diagnostics.parrot import CONTEXT, Parrot
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces


def circle(steps):
    angle = 2 * np.pi * np.arange(steps) / 37
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_what_repeats_itself_is_gone_on_with_exactly_for_ever():
    truth = circle(1000)
    parrot = Parrot.of(Pieces.of(truth[:100]), horizon=20)
    np.testing.assert_allclose(
        parrot.run(truth[200 : 200 + CONTEXT], 700), truth[200 + CONTEXT : 900 + CONTEXT], atol=1e-12
    )
    forecasts = parrot.forecasts(np.stack([truth[:CONTEXT], truth[11 : 11 + CONTEXT]]), 15)
    np.testing.assert_allclose(forecasts, np.stack([truth[5:20], truth[16:31]]), atol=1e-12)


def test_it_copies_nothing_across_a_border():
    values = np.concatenate([np.zeros((30, 1)), np.ones((30, 1))])
    parrot = Parrot.of(Pieces(values, (30, 30)), horizon=20)
    assert np.ptp(parrot.run(np.full((CONTEXT, 1), 0.1), 200)) == 0
    # Five rows up to it, and half a piece after it, are in its own piece.
    assert parrot.ends.tolist() == [*range(4, 15), *range(34, 45)]


def test_a_past_that_is_too_short():
    with pytest.raises(ConfigError, match=r"^a copy of the past needs 6 rows of it, got 3$"):
        Parrot.of(Pieces.of(circle(3)), horizon=20)
