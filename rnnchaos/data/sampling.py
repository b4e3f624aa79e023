"""From rows with times and holes to stretches that are sampled regularly."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from rnnchaos.data.time_columns import even_step, step_tolerance
from rnnchaos.dates import Calendar, iso_dates
from rnnchaos.errors import ConfigError
from rnnchaos.setting import LARGEST, AnySteps, Interval, SettingError

# A step of more than this many usual ones is a gap, and not an uneven step.
_GAP = 1.5
# Where more of the steps go back than this share, rows stand in no order.
_DISORDER = 0.2


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sampling:
    """What is done about rows that are missing, and about times that are not even."""

    bridge: AnySteps = 0
    """Missing rows in a row up to which a gap is filled in; a longer one ends a piece."""
    interpolation: Literal["linear", "cubic"] = "linear"
    """How missing rows are filled in and uneven times are resampled; cubic takes a spline through the whole piece."""
    resample: Interval | None = None
    """Sampling step to which every piece is interpolated by its times, without a filter; None refuses uneven times."""


class Rows(NamedTuple):
    """Rows that follow each other in time, but for gaps: of a file, of a trial."""

    values: Float[np.ndarray, "time column"]
    times: Float[np.ndarray, " time"] | None
    said: str
    """What it is, for messages."""
    calendar: Calendar = ""
    """Of times that are dates."""

    def time(self, row: int) -> str:
        """That of a row, as the file has it: a date, or a number."""
        assert self.times is not None
        return iso_dates(self.times[[row]], self.calendar)[0] if self.calendar else f"{self.times[row]:.12g}"


class Sampled(NamedTuple):
    """Stretches without holes, a row every `dt`."""

    stretches: list[Float[np.ndarray, "time column"]]
    dt: float | None = None
    """Of the times; None where there are none."""
    gaps: int = 0
    """Gaps that part stretches within a file or trial."""
    filled: int = 0
    """Rows that were filled in, wholly or in part."""


def sampled(series: Sequence[Rows], how: Sampling) -> Sampled:
    """The regular stretches in rows of one sampling step.

    Raises ConfigError for times that are missing, repeat, or stand in no order, and, unless they are resampled, for
    uneven ones.
    """
    series = [rows for rows in series if len(rows.values)]
    if any(rows.times is None for rows in series):
        if how.resample is not None:
            raise SettingError("resample", "be null without time_column", how.resample)
        return _joined([_filled(rows.values, how) for rows in series], None)
    usual = _usual_step(series)
    if how.resample is not None:
        return _joined([_resampled(rows, usual, how) for rows in series], how.resample)
    for rows in series:
        _check_even(rows, usual, series[0])
    dt = _mean_step(series, usual)
    of_rows = []
    for rows in series:
        parts = [_filled(grid, how) for grid in _grids(rows, dt, how.bridge)]
        of_rows.append(
            _Filled([each for part in parts for each in part.stretches], sum(p.filled for p in parts))
        )
    return _joined(of_rows, dt)


class _Filled(NamedTuple):
    stretches: list[np.ndarray]
    filled: int = 0


def _joined(parts: Sequence[_Filled], dt: float | None) -> Sampled:
    return Sampled(
        [stretch for part in parts for stretch in part.stretches],
        dt,
        sum(max(0, len(part.stretches) - 1) for part in parts),
        sum(part.filled for part in parts),
    )


def _usual_step(series: Sequence[Rows]) -> float:
    """The median of all steps forward. Raises ConfigError where there is none, or rows stand in no order."""
    forward: list[np.ndarray] = []
    for rows in series:
        assert rows.times is not None
        if (missing := np.flatnonzero(~np.isfinite(rows.times))).size:
            raise ConfigError(
                f"{rows.said}: sampling times must rise by the same step, but row {missing[0]} has none"
            )
        steps = np.diff(rows.times)
        if len(steps) and (steps < 0).all():
            raise ConfigError(
                f"{rows.said}: sampling times must rise, but they fall: turn the rows round, the oldest first"
            )
        if (steps < 0).sum() > max(1, _DISORDER * len(steps)):
            raise ConfigError(
                f"{rows.said}: sampling times must rise, but {(steps < 0).sum()} of {len(steps)} steps go back: sort "
                "the rows by their times, or name trial_column where they are of several trials"
            )
        if (same := np.flatnonzero(steps == 0)).size:
            pairs = "one such pair" if same.size == 1 else f"{same.size} such pairs"
            raise ConfigError(
                f"{rows.said}: sampling times must rise, but rows {same[0]} and {same[0] + 1} have the same time "
                f"{rows.time(int(same[0]))} ({pairs}); drop one of each, or name trial_column where "
                "they are of several trials"
            )
        forward.append(steps[steps > 0])
    found = np.concatenate(forward)
    if not len(found):
        raise ConfigError(f"{series[0].said}: sampling times must rise from row to row, got no two that do")
    return float(np.sort(found)[(len(found) - 1) // 2])  # of two files with steps of their own, that of one


def _check_even(rows: Rows, usual: float, first: Rows) -> None:
    """Raise ConfigError for steps that are neither `usual` nor gaps, with the largest deviation."""
    assert rows.times is not None
    steps = np.diff(rows.times)
    forward = steps[steps > 0]
    tolerance = step_tolerance(rows.times, usual)
    interpolates = f"{{group}}resample={usual:.6g} interpolates"
    if len(forward) > 2 and abs(np.median(forward) - usual) > tolerance and rows is not first:
        raise SettingError(
            "resample",
            f"be given, as not all pieces have one sampling step: {rows.said} has {np.median(forward):.6g} beside "
            f"{usual:.6g}",
            None,
            interpolates,
        )
    uneven = np.flatnonzero((steps > 0) & (steps < _GAP * usual) & (np.abs(steps - usual) > tolerance))
    if not uneven.size:
        return
    row = uneven[np.abs(steps[uneven] - usual).argmax()]
    raise SettingError(
        "resample",
        f"be given: times of {rows.said} rise by {usual:.6g} as a rule but by {steps[row]:.6g} after row {row}, the "
        f"largest deviation ({100 * abs(steps[row] / usual - 1):.2g} % of a step; {uneven.size} uneven steps)",
        None,
        f"{interpolates}; where that does no harm, leave the column out and give {{group}}dt",
    )


def _mean_step(series: Sequence[Rows], usual: float) -> float:
    if len(series) == 1 and series[0].times is not None:
        even = even_step(series[0].times)
        if even is not None:
            return even
    regular = []
    for rows in series:
        assert rows.times is not None
        steps = np.diff(rows.times)
        regular.append(steps[np.abs(steps - usual) <= step_tolerance(rows.times, usual)])
    return float(f"{np.concatenate(regular).mean():.12g}")


def _grids(rows: Rows, dt: float, bridge: int) -> Iterator[Float[np.ndarray, "time column"]]:
    """The rows between gaps too long to be filled in, with NaN in the places of missing ones."""
    assert rows.times is not None
    steps = np.diff(rows.times)
    counts = np.rint(steps / dt)
    tolerance = np.maximum(step_tolerance(rows.times, dt), 1e-9 * np.abs(steps))
    ends = (counts < 1) | (counts > bridge + 1) | (np.abs(steps - counts * dt) > counts * tolerance)
    for part in np.split(np.arange(len(rows.times)), np.flatnonzero(ends) + 1):
        places = np.concatenate([[0], np.cumsum(counts[part[:-1]])]).astype(int)
        grid = np.full((places[-1] + 1, rows.values.shape[1]), np.nan)
        grid[places] = rows.values[part]
        yield grid


def _filled(grid: Float[np.ndarray, "time column"], how: Sampling) -> _Filled:
    """The stretches without holes, once short ones have been filled in."""
    missing = np.isnan(grid)
    if not missing.any():
        return _Filled([grid])
    if how.bridge:
        grid = np.stack([_bridged(column, how) for column in grid.T], axis=1)
    whole = ~np.isnan(grid).any(axis=1)
    stretches = [grid[first:end] for first, end in _runs(whole)]
    return _Filled(stretches, int((missing.any(axis=1) & whole).sum()))


def _bridged(column: Float[np.ndarray, " time"], how: Sampling) -> Float[np.ndarray, " time"]:
    """With holes of at most `bridge` rows between known values filled in."""
    missing, rows = np.isnan(column), np.arange(len(column))
    if missing.sum() in (0, len(column)):
        return column
    holes = [(i, j) for i, j in _runs(missing) if j - i <= how.bridge and i > 0 and j < len(column)]
    if not holes:
        return column
    wanted = np.concatenate([rows[i:j] for i, j in holes])
    column = column.copy()
    column[wanted] = _interpolated(rows[~missing], column[~missing], wanted, how)
    return column


def _interpolated(
    times: np.ndarray, values: Float[np.ndarray, "time ..."], wanted: np.ndarray, how: Sampling
) -> Float[np.ndarray, "row ..."]:
    from scipy.interpolate import CubicSpline, make_interp_spline

    if how.interpolation == "cubic":
        return CubicSpline(times, values)(wanted)
    return make_interp_spline(times, values, k=1)(wanted)


def _resampled(rows: Rows, usual: float, how: Sampling) -> _Filled:
    """Rows at every `resample` from the first of each stretch between gaps on."""
    assert rows.times is not None
    assert how.resample is not None
    known = ~np.isnan(rows.values).any(axis=1)
    times, values = rows.times[known], rows.values[known]
    steps = np.diff(times)
    ends = (steps < 0) | (steps > (how.bridge + _GAP) * max(how.resample, usual))
    found = []
    for part in np.split(np.arange(len(times)), np.flatnonzero(ends) + 1):
        if len(part) > 1:
            first, last = times[part[0]], times[part[-1]]
            if last - first > LARGEST * how.resample:
                must = f"give at most {LARGEST} rows, be at least {(last - first) / LARGEST:.3g} time units"
                raise SettingError("resample", must, how.resample)
            count = int((last - first) / how.resample * (1 + 1e-9)) + 1
            wanted = np.minimum(first + how.resample * np.arange(count), last)
            found.append(_interpolated(times[part], values[part], wanted, how))
    return _Filled(found)


def _runs(marked: Bool[np.ndarray, " time"]) -> list[tuple[int, int]]:
    """Where stretches of marked rows begin and end."""
    borders = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(int)))
    return list(zip(borders[::2].tolist(), borders[1::2].tolist(), strict=True))
