"""λ_max of a series from the Jacobians of maps that were fitted to it."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.pieces import Pieces
from rnnchaos.series.competing_maps import Competing, competing
from rnnchaos.series.divergence_curves import GROUPS, SAMPLES_OF_A_FLOW, mean_period
from rnnchaos.series.in_pieces import Series, as_pieces, one_more_delay
from rnnchaos.series.smooth_maps import SmoothMap
from rnnchaos.setting import positive

_MOST_POINTS, _FEWEST_POINTS = 10_000, 200
# Beyond, the products of a quadratic map are more than a recording has points for, and Jacobians fill the memory.
_MOST_DIMENSIONS = 20
# Maps go over one step, and over this share of a mean period.
_SHARE_OF_PERIOD = 1 / 8
# Of maps whose errors are within this factor of the smallest none is better founded than the other.
_AS_GOOD = 1.5
# Maps are well founded whose errors are at most this share of how far the series moves meanwhile, whose exponent is so
# many standard errors above 0, and which, of a flow, have an exponent within this share of it from 0.
_FOUNDED, _POSITIVE, _NEUTRAL = 0.03, 3.0, 0.3
# Where they foretell, but no exponent is within this share of it from 0, noise or missing axes have made them steep.
_STEEP = 0.5
# One exponent of a flow is 0: of a series with so many samples in its mean period, one for each radian, unless maps are
# as exact as this, for a map may turn slowly, too. So may one that spikes: its steps turn by more than so many radians
# from each to the next, which is known where maps are exact, for noise makes steps turn.
_SAMPLES_OF_A_TURN, _OF_A_MAP = 2 * np.pi, 1e-4
_STEPS_OF_A_MAP = 1.5
# From this error on another delay is tried, and taken where it leaves less than this share of the error.
_DOUBTFUL, _BETTER = 0.02, 0.5
# Maps that err by less see the motion itself: neither noise nor a hidden part of the state drives it.
EXACT = 1e-3


class FittedMap(NamedTuple):
    """A map that was fitted to a series, and the exponents of its Jacobians along it."""

    name: str
    step: int
    """Samples that it goes ahead."""
    error: float
    """Of its predictions of points that it was not fitted to, standard deviations of the series; of a noisy series
    once it is smoothed."""
    exponents: Float[np.ndarray, " dimension"]
    """Nats per time unit, largest first."""
    standard_error: float
    """Of the largest, from stretches of the series."""


class MapExponent(NamedTuple):
    """λ_max, nats per time unit, of the map with the smallest error for each step ahead."""

    best: FittedMap
    others: tuple[FittedMap, ...]
    """Those whose errors are hardly larger."""
    missed: float
    """Root mean square error of predictions of the points as they are, in the unit of errors."""
    moved: float
    """Root mean square distance that the series moves in so many steps, in the unit of errors."""
    flow: bool
    """Whether it is sampled so finely that an exponent should be 0."""
    delays_added: int = 0
    """To what was given, for the maps to foretell it."""
    apart: float = 0.0
    """Standard errors from the exponent of divergence curves to this one."""

    @property
    def method(self) -> str:
        """As records name it."""
        return "maps"

    @property
    def exponent(self) -> float:
        """Of the best map."""
        return float(self.best.exponents[0])

    @property
    def spread(self) -> float:
        """Standard deviation over the maps that would do."""
        return float(np.std([each.exponents[0] for each in (self.best, *self.others)]))

    @property
    def standard_error(self) -> float:
        """From stretches of the series, the maps that would do, and by how much a flow's neutral exponent is off.

        Widened by as many standard errors as divergence curves are apart (Birge 1932, Phys. Rev. 40, 207).
        """
        return self.widened * self.own_error

    @property
    def own_error(self) -> float:
        """The standard error by the maps alone."""
        return float(np.hypot(self._by_chance, self.off_neutral))

    @property
    def widened(self) -> float:
        """By what the error is larger than by the maps alone, since another estimate is further apart than that."""
        return max(1.0, self.apart)

    @property
    def _by_chance(self) -> float:
        return float(np.hypot(self.best.standard_error, self.spread))

    @property
    def off_neutral(self) -> float:
        """How far from 0 the exponent of a flow is that should be 0; 0 for a map."""
        others = np.abs(self.best.exponents[1:])
        return float(others.min()) if self.flow and len(others) and self.error > _OF_A_MAP else 0.0

    @property
    def error(self) -> float:
        """Of predictions, as a share of how far the series moves meanwhile."""
        return self.missed / self.moved

    @property
    def positive(self) -> bool:
        """Whether the exponent is 3 standard errors above 0, whatever the neutral one is."""
        return self.exponent >= _POSITIVE * self._by_chance

    @property
    def stays_positive(self) -> bool:
        """Whether it is so with the wider error, too."""
        return self.exponent >= _POSITIVE * self.widened * self._by_chance

    @property
    def steep(self) -> bool:
        """Whether they grow along the flow, too, so that what grows across it is not told from it."""
        return self.off_neutral > _STEEP * abs(self.exponent)

    @property
    def founded(self) -> bool:
        """Whether the maps foretell the series so well that the exponent can be quoted."""
        neutral = self.off_neutral <= _NEUTRAL * self.exponent
        return self.error <= _FOUNDED and self.positive and neutral


def maps_of_series(series: Series, *, dt: float, axes: int, spacing: int) -> MapExponent | None:
    """`lyapunov_by_maps`, with another delay of each of `axes` axes, `spacing` steps long, where that foretells better.

    Where a part of the state is hidden, as the direction of a drive that is seen as its cosine, another delay shows it.
    """
    found = lyapunov_by_maps(series, dt=dt)
    if found is None or found.error <= _DOUBTFUL:
        return found
    deeper = one_more_delay(as_pieces(series), axes=axes, lag=spacing)
    more = lyapunov_by_maps(deeper, dt=dt, below=_BETTER * found.error) if deeper.lengths else None
    return found if more is None else more._replace(delays_added=1)


def lyapunov_by_maps(series: Series, *, dt: float, below: float = np.inf) -> MapExponent | None:
    """λ_max from maps fitted to a series that shows the whole state, one sample every `dt` time units.

    Local linear and quadratic maps, and smooth ones of the whole series, over one step and over an eighth of a mean
    period, compete by the error of their predictions for each step. The exponents are those of the product of the
    Jacobians of the best one along the series (Eckmann & Ruelle 1985, Rev. Mod. Phys. 57, 617). None where the series
    is too short, is driven, or has more than 20 dimensions, or where no map errs by less than `below`, as a share of
    how far the series moves meanwhile.
    """
    dt = positive("dt", dt, unit="time units")
    series = as_pieces(series).head(_MOST_POINTS)
    if series.inputs is not None or len(series) < _FEWEST_POINTS or series.dimension > _MOST_DIMENSIONS:
        return None
    if np.ptp(series.values, axis=0).min() == 0:
        return None
    values = (series.values - series.values.mean(0)) / series.values.std(0)
    series = Pieces(values / np.sqrt(series.dimension), series.lengths)
    period = mean_period(series)
    longer = round(_SHARE_OF_PERIOD * period) if period >= SAMPLES_OF_A_FLOW else 1
    tried = (competing(series, step, period) for step in {1, max(1, longer)})
    found = [each for each in tried if each is not None and each.missed < below * each.moved]
    if not found:
        return None
    best = min(found, key=lambda each: each.missed / each.step)
    if EXACT * best.moved < best.missed <= _FOUNDED * best.moved:
        best = best.of_smoothed_points(period)
    measured = _measured(best, dt)
    spikes = best.missed <= EXACT * best.moved and _turning(series) > _STEPS_OF_A_MAP
    flow = period >= _SAMPLES_OF_A_TURN and not spikes
    return MapExponent(measured[0], tuple(measured[1:]), best.missed, best.moved, flow)


def _turning(series: Pieces) -> float:
    """How far the steps of a series turn from each to the next, radians: the mean frequency of its differences."""
    second = np.diff(series.values, 2, axis=0)[series.since[2:] >= 2]
    first = np.diff(series.values, axis=0)[series.since[1:] >= 1]
    return float(np.sqrt(np.mean(second**2) / np.mean(first**2)))


def _measured(maps: Competing, dt: float) -> list[FittedMap]:
    """The exponents of those that err hardly more than the best."""
    found = []
    for name, error, one in maps.maps:
        if error > _AS_GOOD * maps.maps[0][1]:
            break
        if isinstance(one, SmoothMap):
            slopes = one.jacobians(maps.series.values[maps.queries]) + np.eye(maps.series.dimension)
        else:
            slopes = one.jacobians
        found.append(FittedMap(name, maps.step, error, *_exponents(slopes[maps.chains], maps.step * dt)))
    return found


def _exponents(
    jacobians: Float[np.ndarray, "link stretch offset out in"], time: float
) -> tuple[Float[np.ndarray, " dimension"], float]:
    """Exponents of products along chains, and the standard error of the largest; `time` is that of a link."""
    length, stretches, _, dimension, _ = jacobians.shape
    first = np.random.default_rng(0).standard_normal((dimension, dimension))
    vectors = np.broadcast_to(np.linalg.qr(first)[0], jacobians.shape[1:])
    logs = np.zeros((stretches, dimension))
    measured = length * 2 // 3
    for link, each in enumerate(jacobians):
        vectors, upper = np.linalg.qr(each @ vectors)
        if link >= length - measured:
            grown = np.abs(np.diagonal(upper, axis1=-2, axis2=-1))
            logs += np.log(np.maximum(grown, np.finfo(float).tiny)).mean(axis=1)
    rates = logs / (measured * time)
    groups = [part[:, 0].mean() for part in np.array_split(rates, min(GROUPS, stretches))]
    return rates.mean(axis=0), float(np.std(groups, ddof=1) / np.sqrt(len(groups)))
