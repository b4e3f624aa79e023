"""The last rows of a measured series, from which a trained network goes on."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.series_file import TIME_NAMES, Table, read_table, uniform_spacing
from rnnchaos.errors import ConfigError

# By this share the rows of a file may be further apart than those that a network was trained on.
_SPACING_TOLERANCE = 0.01


class History(NamedTuple):
    """Successive rows in the data's own units, the newest last."""

    rows: Float[np.ndarray, "time axis"]
    time: Float[np.ndarray, " time"] | None
    """When each row was measured, in time units; None where the file does not say."""


def read_history(
    path: Path, *, names: Sequence[str], time_column: str | None, time_per_step: float | None
) -> History:
    """The rows of a .npy, .npz, .csv or .parquet file: the columns `names`, or as many in their order.

    `time_column` is that of sampling times; without it, a column named like one is. Rows have to be `time_per_step`
    apart, None where the run counts in steps and the times mean nothing to it.
    Raises ConfigError for a file that is missing or malformed, has other columns, or other times between its rows.
    """
    table = read_table(path, least_rows=1, setting="history")
    time_column = _time_column(table, names, time_column)
    rows = table.values[:, _chosen(path, table, names, time_column)]
    if time_column is None or time_per_step is None:
        return History(rows, None)
    time = table.values[:, table.names.index(time_column)]
    spacing = uniform_spacing(time, str(path)) if len(time) > 1 else time_per_step
    if not np.isclose(spacing, time_per_step, rtol=_SPACING_TOLERANCE):
        raise ConfigError(
            f"{path}: rows must be {time_per_step:.6g} time units apart, as those that the network was trained on, "
            f"got {spacing:.6g} in column {time_column!r}"
        )
    return History(rows, time)


def _time_column(table: Table, names: Sequence[str], wanted: str | None) -> str | None:
    if wanted is not None and wanted in table.names:
        return wanted
    others = [name for name in table.names if name.lower() in TIME_NAMES and name not in names]
    return others[0] if others else None


def _chosen(path: Path, table: Table, names: Sequence[str], time_column: str | None) -> list[int]:
    if set(names) <= set(table.names):
        return [table.names.index(name) for name in names]
    others = [index for index, name in enumerate(table.names) if name != time_column]
    if len(others) != len(names):
        wanted = (
            f"the column {names[0]}" if len(names) == 1 else f"the {len(names)} columns {', '.join(names)}"
        )
        raise ConfigError(f"{path}: must have {wanted} of the run, got {', '.join(table.names)}")
    return others
