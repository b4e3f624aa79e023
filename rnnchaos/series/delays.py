"""How to unfold a measured series: the delay by mutual information, the dimension by false neighbours."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float

from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.series.in_pieces import Series, apart_in_time, as_pieces, num_pairs, reach
from rnnchaos.series.nearest_points import nearest_points
from rnnchaos.setting import whole

# Equally filled bins along each axis: as many as N points can fill with four to a cell, within these. Fewer than 24
# smear the minimum of Lorenz-63 out, to longer delays.
_FEWEST_BINS, _MOST_BINS, _PER_CELL = 4, 24, 4
# Information has stopped falling where it goes on to fall by less than this share of that at lag 1, or less than so
# many standard deviations of what independent points show.
_FALL, _SIGNIFICANT = 0.01, 4.0
# And there is nothing left of it, rather than a minimum, below this share.
_NOTHING = 0.05
# With noise on it, a continuous series loses its memory at lag 1 in part, but hardly more at lag 2.
_SMOOTH, _REMEMBERED = 0.8, 0.1
_POINTS = 5_000
# Kennel et al.: a neighbour is false that moves apart by this many times its distance, or by two deviations.
_DISTANCE_RATIO, _SIZE_RATIO = 15.0, 2.0
_FALSE_SHARE = 0.01
_MOST_DELAYS = 10


class LagChoice(NamedTuple):
    """The delay at which a series first tells least about itself."""

    lag: int
    """Steps."""
    information: Float[np.ndarray, " lag"]
    """Mutual information of x_t and x_{t+lag}, nats, from lag 0 on; the mean over axes, less the bias of few points."""
    minimum: bool
    """Whether it falls to a minimum or a level. Otherwise `lag` is 1 where the series forgets itself from one step to
    the next, as a map's does, and else where the information has fallen to 1/e of that at lag 1."""


class DimensionChoice(NamedTuple):
    """The number of delays at which neighbours are no longer neighbours by projection alone."""

    dimension: int
    false_share: Float[np.ndarray, " delays"]
    """Share of false neighbours with 1, 2, … delays."""
    unfolded: bool
    """Whether the share falls below 1 %; otherwise, as with noise, `dimension` is where it is least."""


def choose_lag(series: Series, *, max_lag: int | None = None) -> LagChoice:
    """The first minimum of the mutual information (Fraser & Swinney 1986, Phys. Rev. A 33, 1134).

    Up to `max_lag` steps, by default a tenth of the series, half of a piece and at most 1000. A dip counts as a
    minimum once nothing lower follows within the time in which the information is halved: those of a finite sample
    are passed over. Where the autocorrelation falls so far in one step, as in the series of most maps, the delay is 1.

    Raises ConfigError for a series that is too short or constant, and for a `max_lag` below 2.
    """
    series = as_pieces(series).at_least(2)
    if max_lag is None:
        longest = min(len(series) // 10, reach(series), 1000)
    else:
        longest = whole("max_lag", max_lag, least=2, unit="step")
    if len(series.lengths) > 1 and reach(series) < 2:
        raise ConfigError("the pieces must hold at least 4 points each to choose a delay")
    if len(series) < 10 * max(2, longest):
        upto = "" if max_lag is None else f" of up to {longest} steps"
        raise ConfigError(
            f"the series must hold at least {10 * max(2, longest)} points to choose a delay{upto}, got {len(series)}"
        )
    if longest >= series.longest:
        raise ConfigError(
            f"max_lag must be below the {series.longest} points of the longest piece, got {longest}"
        )
    if np.ptp(series.values, axis=0).min() == 0:
        raise ConfigError("the series must vary along every axis to choose a delay")
    bins = int(np.clip(np.sqrt(len(series) / _PER_CELL), _FEWEST_BINS, _MOST_BINS))
    # Ranks fill the bins equally, whatever the distribution: the marginals carry no noise.
    cells = series.values.argsort(axis=0, kind="stable").argsort(axis=0) * bins // len(series)
    pairs = num_pairs(series, longest + 1)
    bias = (bins - 1) ** 2 / (2 * pairs)

    def tells(lag: int) -> float:
        first = series.ends(after=lag)
        return float(
            np.mean([_information(axis[first], axis[first + lag], bins) for axis in cells.T]) - bias[lag]
        )

    correlation = _correlation(series)
    if _forgets_at_once(correlation):
        return LagChoice(1, np.array([tells(lag) for lag in range(3)]), False)
    information = [tells(0), tells(1)]
    least = max(_FALL * information[1], _SIGNIFICANT * np.sqrt(2 * bias[0] / len(series)))
    uncorrelated = int(np.argmax(correlation <= correlation[1] / np.e))
    while information[-1] > information[1] / 2 and len(information) <= longest:
        information.append(tells(len(information)))
    halved = len(information) - 1
    for first in range(1, longest):
        last = min(longest, first + max(2, min(halved, uncorrelated), first // 3))
        information += [tells(lag) for lag in range(len(information), last + 1)]
        if min(information[first + 1 : last + 1]) > information[first] - least:
            lag = first + int(np.argmin(information[first : (first + last) // 2 + 1]))
            rises = max(information[lag:]) > information[lag] + 2 * least
            if rises or information[lag] > _NOTHING * information[1]:
                return LagChoice(lag, np.array(information), True)
            break
    gone = np.array(information[1:]) <= information[1] / np.e
    return LagChoice(1 + int(np.argmax(gone)) if gone.any() else 1, np.array(information), False)


def autocorrelation_time(series: Series) -> int:
    """Steps after which the autocorrelation, averaged over axes, has fallen to 1/e; at least 1.

    Raises ConfigError where it does not fall so far within half of the series, or of its pieces, and for an axis that
    is constant.
    """
    series = as_pieces(series).at_least(2)
    if len(series) < 2 or np.ptp(series.values, axis=0).min() == 0:
        raise ConfigError("the series must vary along every axis to have an autocorrelation time")
    half = reach(series)
    correlation = _correlation(series)[: max(2, half)]
    fallen = np.flatnonzero(correlation <= np.exp(-1))
    if len(fallen) == 0:
        what = "the series" if len(series.lengths) == 1 else "its pieces"
        raise ConfigError(
            f"the autocorrelation must fall to 1/e within half of {what} ({half} steps); it does not"
        )
    return int(fallen[0])


def choose_dimension(series: Series, *, lag: int, most: int = _MOST_DELAYS) -> DimensionChoice:
    """The fewest delays with less than 1 % false neighbours (Kennel, Brown & Abarbanel 1992, Phys. Rev. A 45, 3403).

    A neighbour is false where the next delay parts it by more than 15 times its distance, or by more than twice the
    size of the attractor. All axes are embedded alike, pieces by themselves and in as many delays as the longest of
    several holds. Raises ConfigError for a series that is too short, and for a `lag` or `most` below 1.
    """
    lag, most = whole("lag", lag, least=1, unit="step"), whole("most", most, least=1, unit="delay")
    series = as_pieces(series).at_least(2)
    if len(series.lengths) > 1:
        most = max(1, min(most, (series.longest - 1) // lag - 1))
    if series.longest <= (most + 1) * lag:
        what = "the series" if len(series.lengths) == 1 else "a piece"
        raise ConfigError(
            f"{what} must hold more than {(most + 1) * lag} points for {most} delay{'s' * (most > 1)} of {lag} steps, "
            f"got {series.longest}"
        )
    size = np.sqrt(np.sum(series.values.var(axis=0)))
    shares = []
    for delays in range(1, most + 1):
        shares.append(_false_share(series, lag, delays, size))
        if shares[-1] < _FALSE_SHARE:
            return DimensionChoice(delays, np.array(shares), True)
    return DimensionChoice(1 + int(np.argmin(shares)), np.array(shares), False)


def _correlation(series: Pieces) -> Float[np.ndarray, " lag"]:
    """The autocorrelation, averaged over axes, of as many lags as the longest piece has points."""
    length, mean = series.longest, series.values.mean(0)
    padded = scipy.fft.next_fast_len(2 * length, real=True)
    power = sum(np.abs(scipy.fft.rfft(part.values - mean, padded, axis=0)) ** 2 for part in series.parts())
    covariance = scipy.fft.irfft(power, padded, axis=0)[:length] / num_pairs(series, length)[:, None]
    return (covariance / covariance[0]).mean(1)


def _forgets_at_once(correlation: Float[np.ndarray, " lag"]) -> bool:
    noisy = correlation[1] > _REMEMBERED and correlation[2] > _SMOOTH * correlation[1]
    return bool(correlation[1] <= np.exp(-1) and not noisy)


def _information(first: np.ndarray, second: np.ndarray, bins: int) -> float:
    joint = np.bincount(bins * first + second, minlength=bins**2).reshape(bins, bins)
    share = joint / joint.sum()
    product = share.sum(axis=1, keepdims=True) * share.sum(axis=0, keepdims=True)
    seen = share > 0
    return float(np.sum(share[seen] * np.log(share[seen] / product[seen])))


def _false_share(series: Pieces, lag: int, delays: int, size: float) -> float:
    rows = series.ends(after=delays * lag)
    length = len(rows)
    points = np.concatenate([series.values[rows + k * lag] for k in range(delays)], axis=1)
    following = series.values[rows + delays * lag]
    references = np.unique(np.linspace(0, length - 1, min(_POINTS, length)).astype(int))
    # Points of the same pass are neighbours in time only; one delay apart they count.
    found = nearest_points(points, points[references], min(2 * lag + 2, length))[1]
    apart = apart_in_time(series, rows[found], rows[references, None], lag)
    neighbours = found[np.arange(len(references)), apart.argmax(axis=1)]
    usable = apart.any(axis=1)
    references, neighbours = references[usable], neighbours[usable]
    distance = np.linalg.norm(points[neighbours] - points[references], axis=1)
    parted = np.linalg.norm(following[neighbours] - following[references], axis=1)
    false = parted > _DISTANCE_RATIO * distance
    false |= np.hypot(distance, parted) > _SIZE_RATIO * size
    # Points that coincide and go on alike are true neighbours.
    return float(np.mean(false & (parted > 1e-12 * size))) if len(false) else 1.0
