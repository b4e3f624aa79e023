"""The largest Lyapunov exponent of a measured series, from the divergence of neighbouring points."""

import numpy as np
from jaxtyping import Float
from scipy.spatial import cKDTree

from rnnchaos.diagnostics.divergence_curves import (
    GROUPS,
    DataExponent,
    Plan,
    distances,
    fit_linear_region,
    flow_direction,
    plan_for,
)
from rnnchaos.errors import RunError

_REFERENCES = 4_000
# Kantz: radii as multiples of the median distance of closest neighbours, with so many neighbours at least and at most.
_RADII = (2.0, 3.0, 4.5)
_FEWEST, _MOST = 5, 20
_KANTZ_REFERENCES = 1_000
# Fewer reference points than this show no exponent.
_LEAST_REFERENCES = 200


def lyapunov_from_data(
    series: Float[np.ndarray, "time dimension"],
    *,
    dt: float,
    theiler_window: int | None = None,
    max_lag: int | None = None,
) -> DataExponent:
    """λ_max from how fast neighbours in `series` separate (Rosenstein et al. 1993, Physica D 65, 117).

    `series` must show the whole state: the variables of the system or a delay embedding, one sample every
    `dt` time units. Neighbours are more than `theiler_window` steps apart in time (one mean period by
    default), and followed for `max_lag` steps (10 mean periods). In a series sampled finely in time, the
    distance across the local direction of flow counts, since displacement along it is neutral and would
    flatten the curve. The fitted region starts after at most half a mean period and ends before the curve
    saturates; it is part of the result, to be looked at.

    Raises ConfigError for a series that is too short, constant or not finite, RunError where neighbours
    never part.
    """
    plan = plan_for(series, dt=dt, theiler_window=theiler_window, max_lag=max_lag)
    curves = _closest_neighbours(series, plan)
    fit = fit_linear_region(curves, plan, dt=dt)
    lags = dt * np.arange(plan.longest + 1)
    return DataExponent(
        fit.slope, fit.standard_error, lags, curves.mean(axis=0)[None], (fit.fit_range,), "Rosenstein"
    )


def lyapunov_by_kantz(
    series: Float[np.ndarray, "time dimension"],
    *,
    dt: float,
    theiler_window: int | None = None,
    max_lag: int | None = None,
) -> DataExponent:
    """λ_max from the mean distance of all neighbours within a radius (Kantz 1994, Phys. Lett. A 185, 77).

    The logarithm is taken of the mean distance over up to 20 neighbours of each reference point, which averages out
    noise that dominates the distance of the closest one. Three radii, each with a curve and a slope of its own; the
    exponent is their mean, and their spread is in its error. Otherwise as `lyapunov_from_data`; raises as that does,
    and RunError where too few points have 5 neighbours.
    """
    plan = plan_for(series, dt=dt, theiler_window=theiler_window, max_lag=max_lag)
    found = [curves for curves in _neighbourhoods(series, plan) if curves is not None]
    if not found:
        raise RunError(
            f"fewer than {_LEAST_REFERENCES} points of the series have {_FEWEST} neighbours: it is too short"
        )
    fits = [fit_linear_region(curves, plan, dt=dt) for curves in found]
    slopes = np.array([fit.slope for fit in fits])
    # The curves share their points: their errors do not average out.
    error = np.hypot(np.mean([fit.standard_error for fit in fits]), slopes.std())
    lags = dt * np.arange(plan.longest + 1)
    means = np.stack([curves.mean(axis=0) for curves in found])
    ranges = tuple(fit.fit_range for fit in fits)
    return DataExponent(float(slopes.mean()), float(error), lags, means, ranges, "Kantz")


def _closest_neighbours(
    series: Float[np.ndarray, "time dimension"], plan: Plan
) -> Float[np.ndarray, "group lag"]:
    """Mean log distance of reference points and their neighbours at each lag, in stretches of the series."""
    starts = series[: len(series) - plan.longest]
    references = np.unique(np.linspace(0, len(starts) - 1, min(_REFERENCES, len(starts))).astype(int))
    # At most 2·apart + 1 points lie within the window, so one of these lies outside.
    candidates = cKDTree(starts).query(starts[references], k=2 * plan.apart + 2)[1]
    outside = np.abs(candidates - references[:, None]) > plan.apart
    neighbours = candidates[np.arange(len(references)), outside.argmax(axis=1)]
    direction = flow_direction(series) if plan.across_flow else None

    logs = np.full((len(references), plan.longest + 1), np.nan)
    for lag in range(plan.longest + 1):
        distance = distances(series, references, neighbours, lag, direction)
        np.log(distance, out=logs[:, lag], where=distance > 0)  # points that coincide have no logarithm
    return _means_of_groups(logs)


def _neighbourhoods(
    series: Float[np.ndarray, "time dimension"], plan: Plan
) -> list[Float[np.ndarray, "group lag"] | None]:
    """For each radius the mean log of the mean distance of neighbours; None where too few points have enough."""
    starts = series[: len(series) - plan.longest]
    references = np.unique(np.linspace(0, len(starts) - 1, min(_KANTZ_REFERENCES, len(starts))).astype(int))
    count = min(2 * plan.apart + 1 + 2 * _MOST, len(starts))
    gaps, candidates = cKDTree(starts).query(starts[references], k=count)
    outside = np.abs(candidates - references[:, None]) > plan.apart
    closest = np.median(gaps[np.arange(len(references)), outside.argmax(axis=1)])
    direction = flow_direction(series) if plan.across_flow else None
    found = []
    for radius in _RADII:
        within = outside & (gaps <= radius * closest)
        # The first so many, which are the closest.
        within &= np.cumsum(within, axis=1) <= _MOST
        enough = within.sum(axis=1) >= _FEWEST
        found.append(_of_radius(series, references, candidates, within & enough[:, None], plan, direction))
    return found


def _of_radius(
    series: Float[np.ndarray, "time dimension"],
    references: np.ndarray,
    candidates: np.ndarray,
    within: np.ndarray,
    plan: Plan,
    direction: Float[np.ndarray, "time dimension"] | None,
) -> Float[np.ndarray, "group lag"] | None:
    rows, columns = np.nonzero(within)
    kept, places = np.unique(rows, return_inverse=True)
    if len(kept) < _LEAST_REFERENCES:
        return None
    pairs = references[rows], candidates[rows, columns]
    counts = np.bincount(places)
    logs = np.full((len(kept), plan.longest + 1), np.nan)
    for lag in range(plan.longest + 1):
        mean = np.bincount(places, weights=distances(series, *pairs, lag, direction)) / counts
        np.log(mean, out=logs[:, lag], where=mean > 0)
    return _means_of_groups(logs)


def _means_of_groups(logs: Float[np.ndarray, "reference lag"]) -> Float[np.ndarray, "group lag"]:
    groups = [group[np.isfinite(group).all(axis=1)] for group in np.array_split(logs, GROUPS)]
    if any(len(group) == 0 for group in groups):
        raise RunError("neighbours in the series coincide and never part: it repeats itself exactly")
    return np.stack([group.mean(axis=0) for group in groups])
