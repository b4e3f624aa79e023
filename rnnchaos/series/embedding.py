"""Delays with which maps foretell a series, where those of information and false neighbours do not."""

from typing import NamedTuple

import numpy as np

from rnnchaos.pieces import Pieces
from rnnchaos.series.divergence_curves import SAMPLES_OF_A_FLOW, mean_period
from rnnchaos.series.in_pieces import Series, as_pieces
from rnnchaos.series.smooth_maps import SmoothMap

# As many points as tell embeddings apart, ahead by this share of a mean period, by a map of one width.
_POINTS, _SHARE_OF_PERIOD, _WIDTH = 2_000, 1 / 8, 0.8
_DELAYS, _MOST_COLUMNS = range(2, 7), 10
# From this error on, as a share of how far the series moves meanwhile, others are tried; they count where the best
# leaves less than this share of it and errs by less than the third, which shows the state. Of those that are hardly
# worse, or not doubtful, the one with the fewest delays is taken.
_DOUBTFUL, _BETTER, _SEEN, _AS_GOOD = 0.02, 0.5, 0.05, 1.5


class Embedding(NamedTuple):
    """Delays of all axes."""

    lag: int
    """Steps from one to the next."""
    delays: int


def better_embedding(series: Series, given: Embedding) -> Embedding | None:
    """The shorter or other delays that foretell the series far better than the given ones; None where none do.

    A lag of least mutual information and delays without false neighbours can leave the state folded all the same: where
    the information has no minimum, or the delays together outlast what the series remembers. How well a fitted map
    foretells the newest values judges them all alike (as Casdagli 1989, Physica D 35, 335, chooses delays).
    """
    series = as_pieces(series)
    series = series.map(lambda values: (values - values.mean(0)) / values.std(0))
    period = mean_period(series)
    ahead = max(1, round(_SHARE_OF_PERIOD * period)) if period >= SAMPLES_OF_A_FLOW else 1
    error = _error(series, given, ahead)
    if error <= _DOUBTFUL:
        return None
    lags = {1} | {given.lag // parts for parts in (1, 2, 4, 8) if given.lag >= parts}
    tried = [Embedding(lag, delays) for lag in sorted(lags) for delays in _DELAYS]
    errors = {
        each: _error(series, each, ahead) for each in tried if each.delays * series.dimension <= _MOST_COLUMNS
    }
    least = min(errors.values(), default=np.inf)
    if least > min(_BETTER * error, _SEEN):
        return None
    good = [each for each in errors if errors[each] <= max(_AS_GOOD * least, _DOUBTFUL)]
    return min(good, key=lambda each: (each.delays, errors[each]))


def _error(series: Pieces, embedding: Embedding, ahead: int) -> float:
    """Of the newest values, as a share of how far they move; infinite where the series is too short."""
    past = (embedding.delays - 1) * embedding.lag
    rows = series.ends(before=past, after=ahead)
    if len(rows) <= _POINTS // 10:
        return np.inf
    rows = rows[np.linspace(0, len(rows) - 1, min(_POINTS, len(rows))).astype(int)]
    columns = [series.values[rows - k * embedding.lag] for k in range(embedding.delays)]
    points = np.concatenate(columns, axis=1) / np.sqrt(len(columns) * series.dimension)
    moves = series.values[rows + ahead] - series.values[rows]
    return SmoothMap(points, moves, width=_WIDTH).error / float(np.sqrt(np.mean(np.sum(moves**2, axis=1))))
