"""The last rows of a measured series, from which a trained network goes on."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.fillers import filler_row
from rnnchaos.data.table import Table
from rnnchaos.data.tables import read_table
from rnnchaos.data.text_format import TextFormat
from rnnchaos.data.time_columns import time_columns, uniform_spacing
from rnnchaos.dates import Calendar
from rnnchaos.errors import ConfigError

# By this share the rows of a file may be further apart than those that a network was trained on.
_SPACING_TOLERANCE = 0.01
# What columns without a name are called.
_GENERATED = re.compile(r"x\d+|column_\d+")


class History(NamedTuple):
    """Successive rows in the data's own units, the newest last."""

    rows: Float[np.ndarray, "time axis"]
    time: Float[np.ndarray, " time"] | None
    """When each row was measured, in time units; None where the file does not say."""
    inputs: Float[np.ndarray, "time input"] | None = None
    """What drove the step into each row, where the file has it."""
    calendar: Calendar = ""
    """Of times that are dates."""

    def parted(self) -> tuple["History", Float[np.ndarray, "later input"] | None]:
        """The rows that have data, and the inputs of those after them whose data is missing."""
        missing = np.isnan(self.rows).all(axis=1)
        later = len(missing) if missing.all() else int(np.argmin(missing[::-1]))
        if self.inputs is None or later == 0:
            return self, None
        kept = len(self.rows) - later
        time = None if self.time is None else self.time[:kept]
        return self._replace(rows=self.rows[:kept], time=time, inputs=self.inputs[:kept]), self.inputs[kept:]


def read_history(
    path: Path,
    *,
    names: Sequence[str],
    time_column: str | int | None,
    time_per_step: float | None,
    format: TextFormat | None = None,
    input_names: Sequence[str] = (),
    setting: str = "history",
    like: str = "those that the network was trained on",
    follow: bool = False,
) -> History:
    """The rows of a file of arrays or a table: the columns `names`, or as many in their order.

    The columns `input_names` are read as well, where the file has them; `setting` is what it was given by,
    and `like` what times between rows are held against; `follow` says that rows do, whatever a column of times says.
    `time_column` is that of sampling times; without it, a column named like one is. Rows have to be `time_per_step`
    apart, None where the run counts in steps and the times mean nothing to it. `format` is that of a text.
    Raises ConfigError for a file that is missing or malformed, has other columns, or other times between its rows.
    """
    table = read_table(path, format, least_rows=1, setting=setting)
    data = (*names, *input_names)
    counting = [column for column in time_columns(table) if column.is_certain and column.name not in data]
    for column in counting:
        if column.is_broken and not follow and (not column.is_named or time_per_step is None):
            raise ConfigError(
                f"{path}: rows must follow each other, but column {column.name!r} {column.said}; "
                "leave it out of the file if they do"
            )
    named = [column.place for column in counting if column.is_named]
    time_index = _time_index(table, time_column, named, data=data)
    left_out = {column.place for column in counting} | ({time_index} - {None})
    others = [index for index in range(len(table.names)) if index not in left_out]
    with_inputs = len(data) > len(names) and (set(data) <= set(table.names) or len(others) == len(data))
    chosen = _chosen(path, table, data if with_inputs else names, others)
    for index in chosen:
        if (name := table.names[index]) in table.texts:
            raise ConfigError(f"{path}: column {name!r} must hold numbers, but has {table.texts[name]}")
        if not (format and format.null_values) and (row := filler_row(table.values[:, index])) is not None:
            remedy = "null_values says which are, or leave it empty" if format else "leave it empty"
            raise ConfigError(
                f"{path}: row {row} of column {name!r} is {table.values[row, index]:g}, far from all others, as what "
                f"is written for a missing value; {remedy}"
            )
    rows, inputs = table.values[:, chosen[: len(names)]], None
    if with_inputs:
        inputs = table.values[:, chosen[len(names) :]]
    if time_index is None or time_per_step is None:
        return History(rows, None, inputs)
    time = table.values[:, time_index]
    spacing = uniform_spacing(time, str(path)) if len(time) > 1 else time_per_step
    if not np.isclose(spacing, time_per_step, rtol=_SPACING_TOLERANCE):
        raise ConfigError(
            f"{path}: rows must be {time_per_step:.6g} time units apart, as {like}, "
            f"got {spacing:.6g} in column {table.names[time_index]!r}"
        )
    return History(rows, time, inputs, table.calendars.get(table.names[time_index], ""))


def _time_index(
    table: Table, wanted: str | int | None, named: Sequence[int], *, data: Sequence[str]
) -> int | None:
    """The column of times, if the file has it; a place where a column of the run's data stands is none."""
    if isinstance(wanted, int):
        if 0 <= wanted < len(table.names) and table.names[wanted] not in data:
            return wanted
    elif wanted is not None and wanted in table.names:
        return table.names.index(wanted)
    return named[0] if named else None


def _chosen(path: Path, table: Table, names: Sequence[str], others: list[int]) -> list[int]:
    if set(names) <= set(table.names):
        return [table.names.index(name) for name in names]
    some = [name for name in names if name in table.names]
    if some and not all(_GENERATED.fullmatch(name) for name in some):
        missing = ", ".join(name for name in names if name not in some)
        raise ConfigError(
            f"{path}: must have the columns {', '.join(names)} of the run, or none of these names, got no {missing}"
        )
    if len(others) != len(names):
        wanted = (
            f"the column {names[0]}" if len(names) == 1 else f"the {len(names)} columns {', '.join(names)}"
        )
        raise ConfigError(f"{path}: must have {wanted} of the run, got {', '.join(table.names)}")
    return others
