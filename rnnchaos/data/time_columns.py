"""Columns that hold sampling times or count rows: found by what is in them, and by their names."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.table import Table
from rnnchaos.errors import ConfigError

# What a name may consist of: of times, of units, and of counts of rows.
_CALENDAR = {"date", "datetime", "epoch", "utc", "year", "month", "day", "hour", "minute", "second", "years"}
_CALENDAR |= {"months", "days", "hours", "minutes", "seconds", "sec", "secs", "milliseconds"}
_TIMES = {"t", "time", "times", "timestamp"} | _CALENDAR
_DATES = {"date", "datetime", "epoch", "utc"}
_UNITS = {"s", "ms", "us", "µs", "ns", "min", "h", "d", "y", "yr"} | _CALENDAR
_COUNTS = {"index", "idx", "unnamed", "sample", "samples", "step", "steps", "n", "i", "frame", "row", "rows"}
_COUNTS |= {"rownames", "id", "no", "nr", "number", "count", "obs", "observation", "point"}
# Of fewer rows, rising says nothing: a smooth orbit does for a while, if not evenly.
_EVEN_ROWS, _RISING_ROWS = 10, 50
# By this share a step may differ from the others, and by no more than the digits of the times leave open.
_TOLERANCE = 0.01
_COARSEST = 0.25
# By which a time of day falls at midnight, in seconds, and more.
_HALF_A_DAY = 43_200.0
# From this share of equal steps on, the others are gaps.
_MOSTLY = 0.8


class TimeColumn(NamedTuple):
    """A column that holds times or counts rows, or looks like it."""

    place: int
    name: str
    said: str
    """What it does, after `which`: `rises by 0.5 in every row`."""
    step: float | None
    """From each row to the next; None where that is not the same."""
    is_named: bool
    """Whether its name says that it holds times."""
    is_dates: bool
    """Then its times are in seconds."""
    is_broken: bool
    """Whether it says that rows are missing, or stand in another order."""

    @property
    def is_certain(self) -> bool:
        """Whether it is no orbit: by its name, or since it rises evenly but for gaps."""
        return self.is_named or self.step is not None or self.is_broken

    @property
    def counts_rows(self) -> bool:
        """Whether it says no more than the number of a row does."""
        return self.step == 1 and not self.is_dates

    @property
    def unit(self) -> str:
        """Of its times, as its name has it; nothing where it has none."""
        if self.is_dates:
            return "s"
        words = [word for word in _words(self.name) if word in _UNITS - _DATES]
        return words[-1] if words else ""


def time_columns(table: Table) -> list[TimeColumn]:
    """The columns of a table that hold, by their names or by their numbers, times or counts of rows."""
    return list(_found(table))


def _found(table: Table) -> Iterator[TimeColumn]:
    several = len(table.names) > 1
    for index, name in enumerate(table.names):
        if name in table.texts:
            continue
        words, dates = set(_words(name)), name in table.dates
        by_name = dates or (bool(words & _TIMES) and words <= _TIMES | _UNITS)
        counts = bool(words & _COUNTS) and all(word in _COUNTS or word.isdigit() for word in words)
        hinted = counts or bool(words & _TIMES)
        course = _course(table.values[:, index], few=hinted)
        by_course = course is not None and (hinted or (several and (course.strictly or index == 0)))
        if by_name or by_course:
            said = course.said if course else "holds dates" if dates else "is named like times"
            is_named = by_name or bool(words & _TIMES)
            is_broken = course is not None and course.is_broken
            yield TimeColumn(index, name, said, course and course.step, is_named, dates, is_broken)


class _Course(NamedTuple):
    """How a column rises or falls."""

    said: str
    step: float | None
    strictly: bool = True
    is_broken: bool = False


def _course(values: Float[np.ndarray, " time"], *, few: bool) -> _Course | None:
    """How a column rises or falls throughout; None where it does neither, or, unless a `few` do, in too few rows."""
    steps = np.diff(values)
    if len(values) < (2 if few else _EVEN_ROWS) or not np.isfinite(steps).all():
        return None
    spacing = even_step(values)
    if spacing is not None:
        verb = "rises" if spacing > 0 else "falls"
        return _Course(f"{verb} by {abs(spacing):.6g} in every row", spacing, is_broken=spacing < 0)
    if len(values) < (2 if few else _RISING_ROWS):
        return None
    usual = float(np.median(steps))
    verb, monotonic = "rises" if usual > 0 else "falls", bool((steps > 0).all() or (steps < 0).all())
    gaps = int((np.abs(steps - usual) > _TOLERANCE * abs(usual)).sum())
    if usual and gaps <= (1 - _MOSTLY) * len(steps):
        # Where it begins anew, tables were put below each other.
        said = f"{verb} by {abs(usual):.6g} but for {gaps} gap{'s' if gaps > 1 else ''}"
        return _Course(said, None, monotonic, is_broken=True)
    if monotonic:
        return _Course(f"{verb} throughout", None)
    if (steps >= 0).all() and values[-1] > values[0]:
        return _Course("never falls", None, strictly=False)
    if len(values) >= _EVEN_ROWS and even_step(np.sort(values)) is not None:
        return _Course("numbers the rows in another order", None, strictly=False, is_broken=True)
    return None


def even_step(times: Float[np.ndarray, " time"]) -> float | None:
    """The step by which times rise or fall from row to row; None where that is not the same throughout.

    Steps may differ by 1 %, or by what the last digit of the times leaves open, as in .033, .067, .1.
    """
    if len(times) < 2 or not np.isfinite(times).all() or times[0] == times[-1]:
        return None
    spacing = float(times[-1] - times[0]) / (len(times) - 1)
    if (np.abs(np.diff(times) - spacing) > step_tolerance(times, spacing)).any():
        return None
    return float(f"{spacing:.12g}")  # 0.01 and not 0.010000000000000002


def step_tolerance(times: Float[np.ndarray, " time"], spacing: float) -> float:
    """By how much the steps between such times may differ from their `spacing`."""
    rounding = 4 * float(np.spacing(np.abs(times).max()))
    if (times == times.astype(np.float32)).all():
        rounding = min(2 * float(np.spacing(np.float32(np.abs(times).max()))), _COARSEST * abs(spacing))
    return max(_TOLERANCE * abs(spacing), _resolution(times, abs(spacing)), rounding)


def _resolution(times: Float[np.ndarray, " time"], spacing: float) -> float:
    """The unit of the last digit that the times are written with, where that is well below their spacing."""
    unit = 10.0 ** np.floor(np.log10(_COARSEST * spacing))
    scaled = times / unit
    rounding = 1e-6 + 1e-12 * float(np.abs(scaled).max())
    return float(unit) if (np.abs(scaled - np.round(scaled)) <= rounding).all() else 0.0


def uniform_spacing(times: Float[np.ndarray, " time"], path: str) -> float:
    """The sampling interval of `times`. Raises ConfigError unless they rise by the same step, as `even_step` has it."""
    spacing = even_step(times)
    if spacing is not None and spacing > 0:
        return spacing
    if (missing := np.flatnonzero(~np.isfinite(times))).size:
        raise ConfigError(f"{path}: sampling times must rise by the same step, but row {missing[0]} has none")
    steps = np.diff(times)
    if len(steps) and (steps < 0).all():
        raise ConfigError(
            f"{path}: sampling times must rise, but they fall: turn the rows round, the oldest first"
        )
    usual = float(np.median(steps)) if steps.size else float("nan")
    wrong = np.flatnonzero(~(np.abs(steps - usual) <= _TOLERANCE * abs(usual)))
    row = int(wrong[0]) if wrong.size else 0
    raise ConfigError(
        f"{path}: sampling times must rise by the same step, got {usual:.6g} as a rule "
        f"but {steps[row] if steps.size else 'no steps'} after row {row} ({wrong.size} such gaps); "
        "where that does no harm, leave the column out and give dt"
    )


def midnights_said(table: Table, name: str | None) -> tuple[str, ...]:
    """That times of day without a date begin anew at midnight, where those of the column do."""
    if name is None or name not in table.dates or table.calendars.get(name):
        return ()
    midnights = int((np.diff(table.values[:, table.names.index(name)]) < -_HALF_A_DAY).sum())
    if not midnights:
        return ()
    times = "once" if midnights == 1 else f"{midnights} times"
    return (
        f"column {name!r} passes midnight {times} without a date, which ends a piece: dates beside the times make one "
        "of it; so do columns= without it, time_column=null and dt=, where no row is missing",
    )


def _words(name: str) -> list[str]:
    """`Time (s)` and `time_s` as time and s."""
    return [word.lower() for word in re.findall(r"[^\W\d_]+|\d+", name)]
