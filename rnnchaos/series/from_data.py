"""The largest Lyapunov exponent of a measured series, from the divergence of neighbouring points."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float, Int

from rnnchaos.errors import RunError
from rnnchaos.pieces import Pieces
from rnnchaos.series.divergence_curves import (
    DivergencePlan,
    distances,
    flow_direction,
    in_groups,
    plan_for,
    saturated,
)
from rnnchaos.series.faults import repeated
from rnnchaos.series.in_pieces import Series, apart_in_time, as_pieces
from rnnchaos.series.linear_region import Fit, fit_linear_region
from rnnchaos.series.nearest_points import nearest_points

_REFERENCES = 4_000
_KANTZ_REFERENCES = 1_000
# Kantz: the radii within which half of the points have so many neighbours.
_NEIGHBOURS = (5, 10, 20)
# Nats by which a neighbourhood must be smaller than the attractor to be a narrow one.
_NARROW = 4.0
# A point counts from so many neighbours on; of more than the second number, as many are drawn at random.
_FEWEST, _MOST = 5, 20
# So many equal points in a row are none of a smooth system.
_STANDS_STILL = 20
# Fewer reference points than this show no exponent.
_LEAST_REFERENCES = 200


class DataExponent(NamedTuple):
    """λ_max of a series, nats per time unit, and the curves that it is the slope of."""

    exponent: float
    standard_error: float
    """From stretches of the series, fits that would do, and measures of distance; blind to the bias of noise."""
    lags: Float[np.ndarray, " lag"]
    """Time units."""
    curves: Float[np.ndarray, "curve lag"]
    """Mean log distance of neighbours, nats, so long after they were neighbours: one for each neighbourhood size."""
    fits: tuple[Fit, ...]
    """The line through each curve; the first gives the exponent."""
    saturated: float
    """Where the curves level off: the distance, in the same logarithm, of points at random."""
    method: str
    pieces: int = 1
    """Of the series."""
    left_out: int = 0
    """Pieces that are too short to be followed for so long."""

    @property
    def divergence(self) -> Float[np.ndarray, " lag"]:
        """The first curve, of the closest neighbours."""
        return self.curves[0]

    @property
    def fit_range(self) -> tuple[float, float]:
        """Its linear region, time units."""
        return self.fits[0].fit_range

    @property
    def fit_ranges(self) -> tuple[tuple[float, float], ...]:
        """The linear region of each curve, time units."""
        return tuple(fit.fit_range for fit in self.fits)

    @property
    def room(self) -> float:
        """Nats between the closest neighbours and the size of the attractor."""
        return self.saturated - float(self.curves[0, 0])


def lyapunov_from_data(
    series: Series,
    *,
    dt: float,
    theiler_window: int | None = None,
    max_lag: int | None = None,
) -> DataExponent:
    """λ_max from how fast neighbours in `series` separate (Rosenstein et al. 1993, Physica D 65, 117).

    `series` must show the whole state: the variables of the system or a delay embedding, one sample every `dt` time
    units. Neighbours are more than `theiler_window` steps apart in time (one mean period by default), and followed for
    `max_lag` steps (10 mean periods, at most a quarter of the series). Of a series in pieces they lie in the same or
    in two, and each is followed within its own, for half of a piece at most; pieces that are too short are left out,
    and of ten or more the error is from their spread. In a series sampled finely in time, the distance across the
    local direction of flow counts, since displacement along it is neutral and would flatten the curve; half of what
    the whole distance gives less is in the error. `fit_linear_region` says how the fitted region is found; it is part
    of the result, to be looked at.

    Raises ConfigError for a series that is too short, constant or not finite, RunError where neighbours never part.
    """
    series = as_pieces(series)
    plan = plan_for(series, dt=dt, theiler_window=theiler_window, max_lag=max_lag)
    followed = series.at_least(plan.longest + 1)
    return _measured(followed, [_closest(followed, plan)], plan, dt, "Rosenstein", len(series.lengths))


def lyapunov_by_kantz(
    series: Series,
    *,
    dt: float,
    theiler_window: int | None = None,
    max_lag: int | None = None,
) -> DataExponent:
    """λ_max from the mean distance of all neighbours within a radius (Kantz 1994, Phys. Lett. A 185, 77).

    The logarithm is taken of the mean distance over the neighbours of each reference point, which averages out noise
    that dominates the distance of the closest one. Three radii, within which half of the points have 5, 10 and 20
    neighbours, each with a curve and a slope of its own. The smallest gives the exponent, since the mean distance
    grows too fast where points of a neighbourhood part unequally; the range of the three is in its error, as is half
    of what mean logarithms of whole distances give less, all of it where the neighbourhoods are wide. Otherwise as
    `lyapunov_from_data`, and raises as that does, and RunError where too few points have 5 neighbours.
    """
    series = as_pieces(series)
    plan = plan_for(series, dt=dt, theiler_window=theiler_window, max_lag=max_lag)
    followed = series.at_least(plan.longest + 1)
    neighbourhoods = _within_radii(followed, plan)
    if not neighbourhoods:
        raise RunError(
            f"fewer than {_LEAST_REFERENCES} points of the series have {_FEWEST} neighbours: it is too short"
        )
    return _measured(followed, neighbourhoods, plan, dt, "Kantz", len(series.lengths))


class _Neighbourhoods(NamedTuple):
    """Pairs of a reference point and a neighbour, the pairs of one reference point next to each other."""

    references: Int[np.ndarray, " pair"]
    neighbours: Int[np.ndarray, " pair"]
    sizes: Int[np.ndarray, " reference"]


def _measured(
    series: Pieces,
    neighbourhoods: list[_Neighbourhoods],
    plan: DivergencePlan,
    dt: float,
    method: str,
    pieces: int,
) -> DataExponent:
    lags = dt * plan.lags
    of_logarithms = method == "Rosenstein"
    across = flow_direction(series) if plan.across_flow else None

    def fitted(around, direction, of_logarithms):
        how = {"direction": direction, "of_logarithms": of_logarithms}
        curves = [_curves(series, each, plan, **how) for each in around]
        level = saturated(series, plan, **how)
        fits = [fit_linear_region(c, lags, half_period=plan.half_period, saturated=level) for c in curves]
        return np.stack([each.mean(axis=0) for each in curves]), tuple(fits), level

    curves, fits, level = fitted(neighbourhoods, across, of_logarithms)
    # At a finite distance the slope depends on how that is measured: the whole distance grows slower than that across
    # the flow, and the mean logarithm slower than the logarithm of the mean.
    _, slower, _ = fitted(neighbourhoods[:1], None, True)
    # The logarithm of a mean follows those that part fastest: in wide neighbourhoods all of the difference may be bias.
    room = level - float(curves[0, 0])
    share = 0.5 if of_logarithms or room >= _NARROW else 1.0
    # Narrower neighbourhoods might go on to differ as much again.
    range_of_sizes = np.ptp([fit.slope for fit in fits])
    error = np.linalg.norm(
        [fits[0].standard_error, share * (fits[0].slope - slower[0].slope), range_of_sizes]
    )
    left_out = pieces - len(series.lengths)
    return DataExponent(fits[0].slope, float(error), lags, curves, fits, level, method, pieces, left_out)


def _curves(
    series: Pieces,
    around: _Neighbourhoods,
    plan: DivergencePlan,
    *,
    direction: Float[np.ndarray, "time dimension"] | None,
    of_logarithms: bool,
) -> Float[np.ndarray, "group lag"]:
    """Mean log distance of reference points and their neighbours, or log mean distance, in stretches of the series."""
    logs = np.full((len(around.sizes), len(plan.lags)), np.nan)
    starts = np.cumsum(around.sizes) - around.sizes
    for index, lag in enumerate(plan.lags.tolist()):
        apart = distances(series, around.references, around.neighbours, lag, direction)
        if of_logarithms:
            logs[:, index] = np.add.reduceat(_log(apart), starts) / around.sizes
        else:
            logs[:, index] = _log(np.add.reduceat(apart, starts) / around.sizes)
    groups = in_groups(series, around.references[starts], logs)
    groups = [group[np.isfinite(group).all(axis=1)] for group in groups]
    if any(len(group) == 0 for group in groups):
        raise RunError(_why_they_coincide(series, bool(np.isfinite(logs).any())))
    return np.stack([group.mean(axis=0) for group in groups])


def _why_they_coincide(series: Pieces, they_part: bool) -> str:
    if not they_part:
        return "neighbours in the series coincide and never part: it repeats itself exactly"
    first, rows = series.standstill()
    if rows >= _STANDS_STILL:
        return (
            f"neighbours in the series coincide, since its rows {first} to {first + rows - 1} are all alike: "
            "leave them out, if a sensor hung"
        )
    if (repeat := repeated(series)) is not None:
        again, last = repeat.again, repeat.again + repeat.rows - 1
        return (
            f"neighbours in the series coincide, since its rows {again} to {last} are those from {repeat.first} on "
            "again: leave them out, if they were put in twice"
        )
    values = len(np.unique(series.values[:, 0]))
    return (
        f"neighbours in the series coincide and then part, since its first axis takes {values} values only: "
        "it does not show how small distances grow"
    )


def _log(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Logarithms; points that coincide have none."""
    return np.log(values, out=np.full_like(values, np.nan), where=values > 0)


def _closest(series: Pieces, plan: DivergencePlan) -> _Neighbourhoods:
    """The closest neighbour of each reference point."""
    starts = series.ends(after=plan.longest)
    references = starts[spread(len(starts), _REFERENCES)]
    points = series.values[starts]
    # At most 2·apart + 1 points lie within the window, so one of these lies outside.
    candidates = starts[nearest_points(points, series.values[references], 2 * plan.apart + 2)[1]]
    outside = apart_in_time(series, candidates, references[:, None], plan.apart)
    neighbours = candidates[np.arange(len(references)), outside.argmax(axis=1)]
    return _Neighbourhoods(references, neighbours, np.ones_like(references))


def _within_radii(series: Pieces, plan: DivergencePlan) -> list[_Neighbourhoods]:
    """All neighbours within each radius, of the points that have enough; no radius where too few points have."""
    starts = series.ends(after=plan.longest)
    references = starts[spread(len(starts), _KANTZ_REFERENCES)]
    tree, random = scipy.spatial.cKDTree(series.values[starts]), np.random.default_rng(0)
    count = min(2 * plan.apart + 1 + max(_NEIGHBOURS), len(starts))
    gaps, candidates = nearest_points(series.values[starts], series.values[references], count)
    number = np.cumsum(apart_in_time(series, starts[candidates], references[:, None], plan.apart), axis=1)
    found = []
    for wanted in _NEIGHBOURS:
        has = number[:, -1] >= wanted
        if has.sum() < _LEAST_REFERENCES:
            continue
        radius = np.median(gaps[has, (number[has] >= wanted).argmax(axis=1)])
        balls = tree.query_ball_point(series.values[references], radius)
        drawn = [
            _drawn(ball[apart_in_time(series, ball, reference, plan.apart)], random)
            for ball, reference in zip((starts[ball] for ball in balls), references.tolist(), strict=True)
        ]
        enough = np.array([len(ball) >= _FEWEST for ball in drawn])
        if enough.sum() >= _LEAST_REFERENCES:
            kept = [ball for ball in drawn if len(ball) >= _FEWEST]
            sizes = np.array([len(ball) for ball in kept])
            found.append(_Neighbourhoods(np.repeat(references[enough], sizes), np.concatenate(kept), sizes))
    return found


def _drawn(others: Int[np.ndarray, " point"], random: np.random.Generator) -> Int[np.ndarray, " kept"]:
    """Points of a ball that are not neighbours in time only, or some of them."""
    return others if len(others) <= _MOST else random.choice(others, _MOST, replace=False)


def spread(length: int, most: int) -> Int[np.ndarray, " reference"]:
    """Up to `most` indices, evenly over all."""
    return np.unique(np.linspace(0, length - 1, min(most, length)).astype(int))
