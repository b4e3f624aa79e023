"""A measured series read from a file, checked before anything is computed from it."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.tables import Table, check_rows, read_table
from rnnchaos.data.text_format import TextFormat
from rnnchaos.data.time_columns import TimeColumn, time_columns, uniform_spacing
from rnnchaos.errors import ConfigError
from rnnchaos.setting import Auto, Interval, SettingError, at_home, check_fields

# Numbers that are written where nothing was measured.
_FILLERS = {sign * number for sign in (1.0, -1.0) for number in (99.99, 999.0, 999.9, 999.99, 1e20, 1e30)}
_FILLERS |= {sign * float("9" * digits) for sign in (1, -1) for digits in range(3, 10)}
# Columns that a message lists.
_LISTED = 8


@dataclasses.dataclass(frozen=True)
class SeriesFile(TextFormat):
    """A regularly sampled series (time, dimension) in a file of arrays or a table."""

    path: str | Path
    """The file: .npy, .npz, .parquet, .csv, .tsv, .txt or .dat, the last four also as .gz."""
    columns: tuple[str | int, ...] | None = None
    """Names or indices of the columns to use; None uses all but the time column."""
    time_column: str | int | None = "auto"
    """Column of sampling times: its spacing is checked for gaps, and gives dt where that is not set. None: there is
    none; auto: neither, and a column that looks like times or counts rows has to be spoken for."""
    dt: Interval | None = None
    """Time units per sampling step; None takes it from the time column, or counts in steps."""
    transpose: bool | Auto = "auto"
    """Whether each row of the file is an axis; auto takes columns for axes and refuses more of them than rows."""

    flow: bool = False
    """Whether it is a recording of a flow, autonomous and in continuous time: a network that is trained on it should
    then have an exponent 0."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", at_home(self.path))
        check_fields(self)

    @property
    def counts_steps(self) -> bool:
        """Whether a time unit is a sampling step, because nothing says otherwise."""
        return self.dt is None and self.time_column in (None, "auto")

    def read(self) -> "MeasuredSeries":
        """Read and check the file. Raises ConfigError where it is missing, malformed, or has gaps."""
        table = self._turned(read_table(Path(self.path), self, least_rows=1))
        time_index = None
        if self.time_column not in (None, "auto"):
            assert self.time_column is not None  # for the type checker
            time_index = table.find(self.time_column, "time_column")
        dt = self.dt if time_index is None else self._spacing(table, time_index)
        chosen = self._chosen(table, time_index)
        if self.columns is not None and self.time_column == "auto":
            self._check_times_left_out(table, chosen)
        return MeasuredSeries(
            self._values(table, chosen), 1.0 if dt is None else dt, tuple(table.names[i] for i in chosen)
        )

    def _turned(self, table: Table) -> Table:
        rows, columns = table.values.shape
        if self.transpose == "auto" and columns > rows:
            raise SettingError(
                "transpose",
                f"be given, since {self.path} has {columns} columns and only {rows} row{'s' if rows > 1 else ''}",
                "auto",
                "{group}transpose=true takes each row for an axis, {group}transpose=false each column",
            )
        if self.transpose is not True:
            check_rows(Path(self.path), table, 2)
            return table
        if table.texts:
            raise SettingError("transpose", f"be false: {self.path} holds not only numbers", True)
        return Table(tuple(f"x{i}" for i in range(rows)), table.values.T)

    def _spacing(self, table: Table, time_index: int) -> float:
        name = table.names[time_index]
        if name in table.texts:
            raise ConfigError(f"{self.path}: column {name!r} must hold times, got {table.texts[name]}")
        spacing = uniform_spacing(table.values[:, time_index], str(self.path))
        if self.dt is not None and not np.isclose(self.dt, spacing, rtol=1e-3):
            hint = "" if spacing != 1 else "a column that counts rows is left out by {group}columns=[…]"
            raise SettingError("dt", f"be the time column's spacing {spacing:.6g}", self.dt, hint)
        return spacing if self.dt is None else self.dt

    def _chosen(self, table: Table, time_index: int | None) -> list[int]:
        if self.columns is not None:
            chosen = [table.find(column, "columns") for column in self.columns]
            if not chosen or len(set(chosen)) < len(chosen):
                raise SettingError("columns", "name each column once", list(self.columns))
            return chosen
        chosen = [i for i in range(len(table.names)) if i != time_index]
        if self.time_column is not None:
            self._check_no_times_among(table, chosen, time_index)
        return chosen

    def _check_no_times_among(self, table: Table, chosen: list[int], time_index: int | None) -> None:
        """Raise SettingError for a column of times that would become an axis without having been named."""
        found = [column for column in time_columns(table) if column.place in chosen]
        if not found:
            return
        column, times = found[0], {other.place for other in found}
        rest = [i for i in chosen if i not in times and table.names[i] not in table.texts]
        alone = f"{{group}}columns=[{_listed(table, rest)}] leaves it out" if rest else ""
        if time_index is not None:
            raise SettingError(
                "columns", f"be given: column {column.name!r} of {self.path} {column.said}", None, alone
            )
        as_times = f"{{group}}time_column={table.typed(column.place)} takes it as times{_as_dt(column)}"
        raise SettingError(
            "time_column",
            f"say what column {column.name!r} of {self.path} is, which {column.said}",
            "auto",
            ", ".join(filter(None, (as_times, alone, "{group}time_column=null makes it an axis"))),
        )

    def _check_times_left_out(self, table: Table, chosen: list[int]) -> None:
        """Raise SettingError where a left-out column says that rows are missing, or dt would be 1 against it."""
        for column in time_columns(table):
            if column.place in chosen:
                continue
            said = f"column {column.name!r} of {self.path}, which is left out, {column.said}"
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

    def _values(self, table: Table, chosen: list[int]) -> Float[np.ndarray, "time dimension"]:
        """The chosen columns. Raises ConfigError for what is no series of finite numbers."""
        for index in chosen:
            name, values = table.names[index], table.values[:, index]
            if name in table.texts:
                rest = [i for i in chosen if table.names[i] not in table.texts]
                raise SettingError(
                    "columns",
                    f"be given: column {name!r} of {self.path} must hold numbers, but has {table.texts[name]}",
                    self.columns,
                    f"{{group}}columns=[{_listed(table, rest)}] leaves it out" if rest else "",
                )
            bad = np.flatnonzero(~np.isfinite(values))
            if bad.size:
                count = int((~np.isfinite(table.values[:, chosen])).sum())
                raise ConfigError(
                    f"{self.path}: row {bad[0]} of column {name!r} is missing or not finite "
                    f"({count} such values); fill or cut the gap first"
                )
            if not self.null_values and (row := filler_row(values)) is not None:
                filler = f"{values[row]:g}"
                raise SettingError(
                    "null_values",
                    f"be given: row {row} of column {name!r} of {self.path} is {filler}, far from all others, "
                    "as what is written for a missing value",
                    [],
                    f"{{group}}null_values=[{filler}] takes it for one, {{group}}null_values=[na] for a number",
                )
        return table.values[:, chosen]


def filler_row(values: Float[np.ndarray, " time"]) -> int | None:
    """The first row whose value is one that is written for missing ones, and out of the range of all others."""
    for filler in {float(values.min()), float(values.max())} & _FILLERS:
        others = values[values != filler]
        if others.size and np.abs(others - filler).min() > max(np.ptp(others), 0.5 * abs(filler)):
            return int(np.flatnonzero(values == filler)[0])
    return None


class MeasuredSeries(NamedTuple):
    """A checked series with its sampling interval in time units and the names of its axes."""

    values: Float[np.ndarray, "time dimension"]
    dt: float
    names: tuple[str, ...]


def _as_dt(column: TimeColumn) -> str:
    """What the spacing of a column of times would be, with its unit."""
    return "" if column.step is None else f" (dt = {f'{abs(column.step):.6g} {column.unit}'.strip()})"


def _listed(table: Table, indices: Sequence[int]) -> str:
    """Columns as one types them, the first of many."""
    return table.typed(*indices[:_LISTED]) + (",…" if len(indices) > _LISTED else "")
