"""The first and last line of a table that is written as text: numbers there that are no row of the series."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rnnchaos.data.cells import Column
from rnnchaos.data.statistics_row import statistic_of_last
from rnnchaos.data.text_format import TextFormat
from rnnchaos.setting import SettingError

# A row is none of the series where it lies, in every column, so many times as far outside the others as these reach.
_FAR = 5.0
# Of fewer rows, nothing is said.
_FEWEST = 8
# Whole numbers are names where nearly all below have decimals, and the series turns so sharply nowhere else.
_WITH_DECIMALS, _LARGER = 0.9, 2.0
# Of a map, steps are more than this share of the standard deviation.
_ROUGH = 0.5


class Lines(NamedTuple):
    """The first and the last line of the rows of a text."""

    first: str
    last: str
    number: int
    """Of the first one in the file, from 1."""
    cells: Sequence[Sequence[str | None]]
    """Of each column, the first ones as they are written."""
    last_cells: Sequence[str | None]


def check_ends(
    columns: Sequence[Column], lines: Lines, format: TextFormat, path: Path, *, headed: bool
) -> tuple[str, ...]:
    """What is odd about the first and the last row, in words; `headed` says that there are names above.

    Raises SettingError where the first row is names that are numbers, as of years or channels, or the last one sums or
    means. What the settings have said already is not asked again.
    """
    kept = [place for place, column in enumerate(columns) if not column.text]
    values = np.stack([columns[place].values for place in kept] or [np.empty(0)], axis=1)
    if len(values) < _FEWEST:
        return ()
    cells = [lines.cells[place] for place in kept]
    last = [lines.last_cells[place] or "" for place in kept]
    said = []
    if format.has_header is None and (odd := _check_first(values, cells, lines, path, headed=headed)):
        said.append(odd)
    if not format.null_values and (odd := _check_last(values, last, lines, path)):
        said.append(odd)
    return tuple(said)


def _check_first(
    values: Float[np.ndarray, "time column"],
    cells: Sequence[Sequence[str | None]],
    lines: Lines,
    path: Path,
    *,
    headed: bool,
) -> str:
    which = f"the first line {'below the names ' if headed else ''}of {path}, {lines.first[:40]!r},"
    below = f"{{group}}skip_rows={lines.number} leaves it out, with the names"
    as_names = below if headed else "{group}has_header=true takes it for names"
    header, row = ("true", "a row") if headed else ("false", "numbers")
    as_row = f"{{group}}has_header={header} takes it for {row}"
    # Among whole numbers it may be the spike of a converter as it starts.
    counts_throughout = headed and bool(np.all(values == np.round(values)))
    if _stands_out(values[:0:-1], values[0]) and _whole(values[0]) and not counts_throughout:
        must = f"be given: {which} is far from all others in every column"
        raise SettingError("has_header", must, None, f"{as_names}, {as_row}")
    if not _written_otherwise(cells):
        return ""
    jumps, counts = _jumps_off(values), _counts(values[0])
    if jumps and counts:
        must = f"be given: {which} counts the columns, in whole numbers above others with decimals"
        raise SettingError("has_header", must, None, f"{as_names}, {as_row}")
    if not jumps and not (counts and _is_rough(values)):
        return ""
    hint = f"{as_names}, {as_row}".replace("{group}", "")
    return f"{which} has whole numbers above others with decimals, as numbers or units of columns: {hint}"


def _check_last(
    values: Float[np.ndarray, "time column"],
    last: Sequence[str],
    lines: Lines,
    path: Path,
) -> str:
    which = f"the last line of {path}, {lines.last[:40]!r},"
    as_row = "{group}null_values=[na] takes it for a row; else leave it out of the file"
    if _stands_out(values[:-1], values[-1]):
        must = f"be given: {which} is far from all others in every column, as a sum below a table is"
        raise SettingError("null_values", must, [], as_row)
    found = statistic_of_last(values, last)
    if found is None:
        return ""
    if found.certain:
        must = f"be given: {which} has the {found.name} of those above in every column"
        raise SettingError("null_values", must, [], as_row)
    return f"{which} has the {found.name} of those above: if it is no row, leave it out of the file"


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


def _counts(row: Float[np.ndarray, " column"]) -> bool:
    """Whether it is 1, 2, 3, … or 0, 1, 2, …, for more columns than an orbit would begin so by chance."""
    return len(row) > 2 and row[0] in (0, 1) and bool(np.all(np.diff(row) == 1))


def _written_otherwise(cells: Sequence[Sequence[str | None]]) -> bool:
    """Whether the first cells are whole numbers above all columns of which nearly all others have decimals."""
    with_decimals = [
        column
        for column in cells
        if sum(bool(cell and re.search(r"[.,]\d", cell)) for cell in column[1:])
        >= _WITH_DECIMALS * (len(column) - 1)
    ]
    return bool(with_decimals) and all(
        re.fullmatch(r"[+-]?\d+", (column[0] or "").strip()) for column in with_decimals
    )


def _jumps_off(values: Float[np.ndarray, "time column"]) -> bool:
    """Whether the second row does not go on from the first as the others do, in some column."""
    turns = np.abs(np.diff(values, 2, axis=0))
    return bool((turns[0] > _LARGER * np.nanmax(turns[2:], axis=0, initial=0.0)).any())


def _is_rough(values: Float[np.ndarray, "time column"]) -> bool:
    """Whether it moves by large steps throughout, as a map does, among which a jump is not seen."""
    known = values[np.isfinite(values).all(axis=1)]
    return len(known) > 2 and bool(
        (np.median(np.abs(np.diff(known, axis=0)), axis=0) > _ROUGH * known.std(axis=0)).any()
    )
