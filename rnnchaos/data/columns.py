"""Which columns of a table are data, inputs, times and trials; none is taken for another without a word."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rnnchaos.data.table import Table
from rnnchaos.data.time_columns import TimeColumn, time_columns
from rnnchaos.data.trials import labels, rows_of_trials, trial_columns
from rnnchaos.errors import ConfigError
from rnnchaos.setting import Interval, SettingError

# Columns that a message lists, and trials in which columns are looked at.
_LISTED, _LOOKED_AT = 8, 20


class Places(NamedTuple):
    """Where the columns stand."""

    data: list[int]
    inputs: list[int]
    time: int | None
    trial: int | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Columns:
    """What each column is."""

    columns: tuple[str | int, ...] | None = None
    """Names or indices of the columns to use; None uses all but inputs, times and trials."""
    inputs: tuple[str | int, ...] = ()
    """Names or indices of columns that drive the dynamics and are not predicted."""
    time_column: str | int | None = "auto"
    """Column of sampling times: where it has a gap a piece ends, and it gives dt where that is not set. None: there is
    none; auto: neither, and a column that looks like times or counts rows has to be spoken for."""
    trial_column: str | int | None = "auto"
    """Column that tells trials apart, each a piece of its own. None: there is none; auto: neither, and a column that is
    named like one has to be spoken for."""
    dt: Interval | None = None
    """Time units per sampling step; None takes it from the time column, or counts in steps."""

    @property
    def counts_steps(self) -> bool:
        """Whether a time unit is a sampling step, because nothing says otherwise."""
        return self.dt is None and self.time_column in (None, "auto")

    def places(self, table: Table, path: Path) -> Places:
        """What each column of a file is. Raises SettingError where one is missing, named twice, or not spoken for."""
        time, trial = self._place(table, "time_column"), self._place(table, "trial_column")
        inputs = [table.find(column, "inputs") for column in self.inputs]
        if len(set(inputs)) < len(inputs):
            raise SettingError("inputs", "name each column once", list(self.inputs))
        data = self._data(table, {time, trial, *inputs})
        for name, places in (("time_column", [time]), ("trial_column", [trial]), ("inputs", inputs)):
            for place in places:
                if place is not None and place in data:
                    must = "name no column that columns has, too"
                    raise SettingError(name, must, table.names[place], f"it is column {place} of {path}")
        if (time is not None and time == trial) or {time, trial} & set(inputs):
            raise SettingError("inputs", "name neither times nor trials", list(self.inputs))
        found = Places(data, inputs, time, trial)
        if self.trial_column == "auto":
            self._check_no_trials_among(table, found, path)
        if self.columns is None and self.time_column is not None:
            _check_no_times_among(table, found, path)
        if self.columns is not None and self.time_column == "auto":
            self._check_times_left_out(table, found, path)
        return found

    def _place(self, table: Table, setting: str) -> int | None:
        column = getattr(self, setting)
        return None if column in (None, "auto") else table.find(column, setting)

    def _data(self, table: Table, others: set[int | None]) -> list[int]:
        if self.columns is None:
            found = [i for i in range(len(table.names)) if i not in others]
            if not found:
                raise SettingError("columns", "leave a column that is predicted", None)
            return found
        found = [table.find(column, "columns") for column in self.columns]
        if not found or len(set(found)) < len(found):
            raise SettingError("columns", "name each column once", list(self.columns))
        return found

    def _check_no_trials_among(self, table: Table, found: Places, path: Path) -> None:
        """Raise SettingError for a column of trials that would be an axis, or forgotten, without having been named."""
        spoken_for = {*found.inputs, found.time, *(found.data if self.columns is not None else [])}
        for place in trial_columns(table):
            if place not in spoken_for:
                kinds = len(np.unique(labels(table, place)))
                raise SettingError(
                    "trial_column",
                    f"say whether column {table.names[place]!r} of {path} tells trials apart, which has {kinds} "
                    f"different entries in {len(table.values)} rows",
                    "auto",
                    f"{{group}}trial_column={table.typed(place)} takes each for a piece, {{group}}trial_column=null "
                    "takes rows as they follow each other",
                )

    def _check_times_left_out(self, table: Table, found: Places, path: Path) -> None:
        """Raise SettingError where a left-out column says that rows are missing, or dt would be 1 against it."""
        parts = [table]
        if found.trial is not None:
            trials = rows_of_trials(labels(table, found.trial), timed=False)
            parts = [table.rows(rows) for rows in trials[:_LOOKED_AT]]
        for column in (column for part in parts for column in time_columns(part)):
            if column.place in (*found.data, *found.inputs, found.trial):
                continue
            said = f"column {column.name!r} of {path}, which is left out, {column.said}"
            if column.is_broken:
                hint = "{group}time_column=null takes the rows as they stand"
                raise SettingError("time_column", f"say that rows follow each other: {said}", "auto", hint)
            if self.dt is None and not column.counts_rows and column.is_certain:
                raise SettingError(
                    "dt",
                    f"be given: {said}",
                    None,
                    f"{{group}}time_column={table.typed(column.place)} takes its spacing{_as_dt(column)}, "
                    "{group}dt=1 counts in steps",
                )


def _check_no_times_among(table: Table, found: Places, path: Path) -> None:
    """Raise SettingError for a column of times that would become an axis without having been named."""
    times = [column for column in time_columns(table) if column.place in found.data]
    if not times:
        return
    column, places = times[0], {other.place for other in times}
    rest = [i for i in found.data if i not in places and table.names[i] not in table.texts]
    alone = f"{{group}}columns=[{shown_columns(table, rest)}] leaves it out" if rest else ""
    if found.time is not None:
        raise SettingError(
            "columns", f"be given: column {column.name!r} of {path} {column.said}", None, alone
        )
    as_times = f"{{group}}time_column={table.typed(column.place)} takes it as times{_as_dt(column)}"
    raise SettingError(
        "time_column",
        f"say what column {column.name!r} of {path} is, which {column.said}",
        "auto",
        ", ".join(filter(None, (as_times, alone, "{group}time_column=null makes it an axis"))),
    )


def places_like(
    first: Table, found: Places, table: Table, path: Path, *, of: Path, all_columns: bool
) -> Places:
    """Where the columns that were found in the first table stand in another: by name, or as many in their order.

    Raises ConfigError where the other has not the same; with `all_columns`, also where it has more.
    """
    wanted = [i for i in (*found.data, *found.inputs, found.time, found.trial) if i is not None]
    names = [first.names[i] for i in wanted]
    generated = tuple(f"x{i}" for i in range(len(first.names)))
    if table.names == generated and not set(names) <= set(generated):
        return found  # of an array, whose columns have no names
    others = set(table.names) - set(first.names) if all_columns else set()
    if others or not set(names) <= set(table.names):
        raise ConfigError(
            f"{path}: must have the columns {', '.join(first.names if all_columns else names)} of {of}, got "
            f"{', '.join(table.names)}"
        )

    def place(index: int | None) -> int | None:
        return None if index is None else table.names.index(first.names[index])

    return Places(
        [table.names.index(first.names[i]) for i in found.data],
        [table.names.index(first.names[i]) for i in found.inputs],
        place(found.time),
        place(found.trial),
    )


def _as_dt(column: TimeColumn) -> str:
    """What the spacing of a column of times would be, with its unit."""
    return "" if column.step is None else f" (dt = {f'{abs(column.step):.6g} {column.unit}'.strip()})"


def shown_columns(table: Table, indices: Sequence[int]) -> str:
    """Columns as one types them, the first of many."""
    return table.typed(*indices[:_LISTED]) + (",…" if len(indices) > _LISTED else "")
