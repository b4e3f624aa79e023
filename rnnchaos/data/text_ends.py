"""The first and last line of a table that is written as text: numbers there that are no row of the series."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from rnnchaos.data.cells import Column
from rnnchaos.data.text_format import TextFormat
from rnnchaos.setting import SettingError

# A row is none of the series where it lies, in every column, so many times as far outside the others as these reach.
_FAR = 5.0
# Of fewer rows, nothing is said.
_FEWEST = 8


def check_ends(
    columns: Sequence[Column], lines: Sequence[str], format: TextFormat, path: Path, *, headed: bool
) -> None:
    """Raise SettingError where the first row is names that are numbers, as of years, or the last one sums.

    `lines` are those of the rows. What the settings have said already is not asked again.
    """
    values = np.stack([column.values for column in columns if not column.text] or [np.empty(0)], axis=1)
    if len(values) < _FEWEST:
        return
    if (
        not headed
        and format.has_header is None
        and _stands_out(values[:0:-1], values[0])
        and _whole(values[0])
    ):
        raise SettingError(
            "has_header",
            f"be given: the first line of {path}, {lines[0][:40]!r}, is far from all others in every column",
            None,
            "{group}has_header=true takes it for names, {group}has_header=false for numbers",
        )
    if not format.null_values and _stands_out(values[:-1], values[-1]):
        raise SettingError(
            "null_values",
            f"be given: the last line of {path}, {lines[-1][:40]!r}, is far from all others in every column, as a sum "
            "below a table is",
            [],
            "{group}null_values=[na] takes it for a row; else leave it out of the file",
        )


def _stands_out(others: Float[np.ndarray, "time column"], row: Float[np.ndarray, " column"]) -> bool:
    """Whether a row is far from all others, and they do not lead there, as those of an orbit that escapes do."""
    known = np.isfinite(row) & np.isfinite(others).any(axis=0)
    if not known.any() or not known[np.isfinite(row)].all():
        return False
    row, others = row[known], others[:, known]
    low, high = np.nanmin(others, axis=0), np.nanmax(others, axis=0)
    outside = np.maximum(low - row, row - high)
    leads = np.all((others[-1] == low) | (others[-1] == high))
    return bool(np.all((outside > _FAR * (high - low)) & (high > low)) and not leads)


def _whole(row: Float[np.ndarray, " column"]) -> bool:
    """Whether all of it are whole numbers, each once."""
    return bool(np.all(row == np.round(row)) and len(np.unique(row)) == len(row))
