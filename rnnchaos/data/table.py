"""Named columns of numbers."""

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.dates import Calendar
from rnnchaos.nearest import spelt_like
from rnnchaos.setting import SettingError


class Table(NamedTuple):
    """Named columns of equal length, as they stand in a file; NaN where an entry is missing or no number."""

    names: tuple[str, ...]
    values: Float[np.ndarray, "time column"]
    texts: Mapping[str, str] = {}
    """Of each column with an entry that is no number, what is said of it."""
    dates: frozenset[str] = frozenset()
    """Columns of dates or times of day, in seconds."""
    calendars: Mapping[str, Calendar] = {}
    """Of each column of dates that have a day, whether the file said their zone."""
    codes: Mapping[str, Int[np.ndarray, " time"]] = {}
    """Of each column of text, which of its entries are equal: numbers from 0, -1 where one is missing."""
    said: tuple[str, ...] = ()
    """What is odd about it, in words; of several tables of a file the first says it."""

    def find(self, column: str | int, setting: str) -> int:
        """Where a column stands. Raises SettingError for one that is not there, naming the nearest."""
        if isinstance(column, int):
            if not 0 <= column < len(self.names):
                raise SettingError(setting, f"be within 0 … {len(self.names) - 1}", column)
            named = self.names.index(str(column)) if str(column) in self.names else column
            if named != column:  # as pandas names the columns of an array, beside an index
                other = f"also the name of column {named}; quoted it is the name"
                raise SettingError(setting, "be a name or an index without doubt", column, other)
            return column
        if column not in self.names:
            near = spelt_like(column, self.names, cutoff=0)
            raise SettingError(setting, "name a column of the file", column, f"did you mean {near[0]!r}?")
        return self.names.index(column)

    def typed(self, *indices: int) -> str:
        """Columns as one types them after `columns=` or `time_column=`: by name, by index where that needs quotes."""
        plain = all(re.fullmatch(r"[A-Za-z_][\w.-]*", self.names[i], re.ASCII) for i in indices)
        return ",".join(self.names[i] if plain else str(i) for i in indices)

    def rows(self, rows: Int[np.ndarray, " row"]) -> "Table":
        """Some of its rows."""
        return self._replace(
            values=self.values[rows],
            codes={name: codes[rows] for name, codes in self.codes.items()},
            said=self.said if len(rows) and rows[0] == 0 else (),
        )
