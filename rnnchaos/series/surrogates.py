"""Whether a series can be told from linear noise: surrogates that share its spectrum and its values."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Complex, Float

from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.series.in_pieces import Series, apart_in_time, as_pieces, thinned
from rnnchaos.series.nearest_points import nearest_points
from rnnchaos.setting import whole

# By rank alone one series of linear noise in 40 would be told from it by chance.
_SURROGATES = 39
SIGNIFICANT = 3.0
# No more are drawn once one of them does as well: of ten with one below the series, the mean is less than
# (10 - 1) / √10 = 2.8 standard deviations above it.
_ENOUGH = 10
# A linear process seen through monotonic functions is one in any of its axes; those next to each other tell most.
_MOST_AXES = 10
_MOST_POINTS, _LEAST_POINTS = 2_048, 100
# Ends that do not meet are steps, and spill over the spectrum: of so many stretches the one whose ends meet best.
_STRETCHES = 200
_ITERATIONS = 100
# Steps in a delay: a series that is sampled more finely is thinned.
_STEPS = 8
# The future of a point is the mean of that of so many neighbours.
_NEIGHBOURS = 4
# Pieces count whose stretch holds so many times the steps that the delays and the prediction span.
_PIECE_OF_DELAYS = 3
# Delays of a single axis where the series has fewer.
_LEAST_DELAYS, _MOST_DELAYS = 3, 5


class SurrogateTest(NamedTuple):
    """How well a series foretells itself, against surrogates of it."""

    error: float
    """Root mean square error of prediction, as a share of the standard deviation."""
    of_surrogates: Float[np.ndarray, " surrogate"]
    """The same of each surrogate."""

    @property
    def deviations(self) -> float:
        """Standard deviations of surrogates by which the series foretells itself better than they do on average."""
        return float((self.of_surrogates.mean() - self.error) / self.of_surrogates.std(ddof=1))

    @property
    def rejected(self) -> bool:
        """Whether it does so better than every surrogate, and by 3 standard deviations: it is not linear noise."""
        return bool(self.error < self.of_surrogates.min() and self.deviations >= SIGNIFICANT)


def surrogate(series: Series, random: np.random.Generator) -> Float[np.ndarray, "time axis"]:
    """A series with the values of each axis of `series` and nearly its (cross-)spectrum, and random phases.

    Schreiber & Schmitz (1996, Phys. Rev. Lett. 77, 635; several axes: 2000, Physica D 142, 346): amplitudes of the
    spectrum and ranks of the values are restored in turn until the ranks stay as they are.

    Raises ConfigError for fewer than 2 points.
    """
    series = as_pieces(series).values
    if len(series) < 2:
        raise ConfigError(f"the series must hold at least 2 points for a surrogate, got {len(series)}")
    # One axis after the other in memory: transforms and sorts run along them.
    axes = np.ascontiguousarray(series.T)
    values, spectrum = np.sort(axes), scipy.fft.rfft(axes)
    directions = _directions(spectrum)
    found = axes[:, random.permutation(len(series))]
    order = None
    for _ in range(_ITERATIONS):
        # One turn for all axes keeps their phases to each other.
        turn = _directions(np.sum(_directions(scipy.fft.rfft(found)) * directions.conj(), axis=0))
        restored = scipy.fft.irfft(spectrum * turn, len(series))
        before, order = order, restored.argsort()
        found = np.empty_like(values)
        np.put_along_axis(found, order, values, axis=1)
        if before is not None and np.array_equal(order, before):
            break
    return found.T


def _directions(numbers: Complex[np.ndarray, "..."]) -> Complex[np.ndarray, "..."]:
    """Complex numbers, each brought to length 1; 1 where it is 0."""
    lengths = np.abs(numbers)
    return np.divide(numbers, lengths, out=np.ones_like(numbers), where=lengths > 0)


def surrogate_test(series: Series, *, lag: int, delays: int = 1, seed: int = 0) -> SurrogateTest:
    """Whether the neighbours of a point foretell its future better than they do in any of 39 surrogates.

    The prediction is `lag` steps ahead, from `delays` delays `lag` steps apart (three at least of a single axis), from
    neighbours in the other half of the series. Of more than ten axes the first ten count, of several pieces each has
    surrogates of its own. Ten are enough where one of them does as well as the series. If no surrogate does nearly as
    well, the series is not a Gaussian linear process seen through a monotonic function: it may be chaos, but also a
    noisy cycle, or have a drift.

    Raises ConfigError for a series that is too short, no `lag` or `delays`, or a negative `seed`.
    """
    lag, delays = whole("lag", lag, least=1, unit="step"), whole("delays", delays, least=1, unit="delay")
    seed = whole("seed", seed, least=0)
    series = as_pieces(series).map(lambda values: values[:, :_MOST_AXES])
    delays = (
        min(delays, _MOST_DELAYS)
        if series.dimension > 1
        else int(np.clip(delays, _LEAST_DELAYS, _MOST_DELAYS))
    )
    stride = max(1, lag // _STEPS)
    lag //= stride
    stretches = _stretches(thinned(series.at_least(2), stride), delays * lag)
    needed = _LEAST_POINTS + 2 * delays * lag
    if len(stretches) < needed:
        what = "a stretch" if len(series.lengths) == 1 else f"{len(stretches.lengths)} stretches"
        raise ConfigError(f"{needed} points are needed for surrogates, got {what} of {len(stretches)}")
    random = np.random.default_rng(seed)

    def drawn() -> Pieces:
        found = [surrogate(part.values, random) for part in stretches.parts()]
        return Pieces(np.concatenate(found), stretches.lengths)

    error = _prediction_error(stretches, lag, delays)
    of_surrogates: list[float] = []
    while len(of_surrogates) < (_ENOUGH if min(of_surrogates, default=np.inf) <= error else _SURROGATES):
        of_surrogates.append(_prediction_error(drawn(), lag, delays))
    return SurrogateTest(error, np.array(of_surrogates))


def _stretches(series: Pieces, lost: int) -> Pieces:
    """Of each piece a stretch whose ends meet, the longest first, up to the points that are enough."""
    values = series.values
    scaled = (values - values.mean(0)) / np.maximum(values.std(0), np.finfo(float).tiny)
    parts = sorted(Pieces(scaled, series.lengths).parts(), key=len, reverse=True)
    found, left = [], _MOST_POINTS
    for part in parts:
        length = min(left, int(0.9 * len(part)))
        if len(parts) > 1 and length <= _PIECE_OF_DELAYS * lost:
            break
        found.append(_with_meeting_ends(part.values, length))
        left -= length
    return Pieces(np.concatenate(found) if found else values[:0], tuple(map(len, found)))


def _with_meeting_ends(
    scaled: Float[np.ndarray, "time axis"], length: int
) -> Float[np.ndarray, "stretch axis"]:
    """The stretch whose ends and slopes there meet best."""
    begins = np.unique(np.linspace(0, len(scaled) - length - 1, _STRETCHES).astype(int))
    ends = begins + length
    gap = np.sum((scaled[ends] - scaled[begins]) ** 2, axis=1)
    bend = np.sum((scaled[ends] - scaled[ends - 1] - scaled[begins + 1] + scaled[begins]) ** 2, axis=1)
    best = int(begins[np.argmin(gap + bend)])
    return scaled[best : best + length]


def _prediction_error(series: Pieces, lag: int, delays: int) -> float:
    rows = series.ends(after=delays * lag)
    points = np.concatenate([series.values[rows + k * lag] for k in range(delays)], axis=1)
    following, half = series.values[rows + delays * lag], len(rows) // 2
    # A piece that is cut in two loses what the halves would share.
    before = np.flatnonzero(apart_in_time(series, rows[:half], int(rows[half]), delays * lag))
    parts = (before, np.arange(half, len(rows)))
    squared = []
    for known, asked in (parts, parts[::-1]):
        found = nearest_points(points[known], points[asked], _NEIGHBOURS)[1]
        squared.append(np.mean((following[known][found].mean(axis=1) - following[asked]) ** 2))
    return float(np.sqrt(np.mean(squared)))
