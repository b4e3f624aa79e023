"""Columns that say which trial a row belongs to."""

import re

import numpy as np
from jaxtyping import Int

from rnnchaos.data.table import Table

_NAMES = {"trial", "session", "subject", "subj", "participant", "patient", "animal", "recording", "episode"}
_NAMES |= {"sweep", "block", "segment", "trajectory", "traj", "piece", "file", "filename"}
# In such columns a value comes at least so often.
_ROWS_PER_TRIAL = 2


def trial_columns(table: Table) -> list[int]:
    """Where columns stand that, by their names and by what is in them, tell trials apart."""
    return [place for place, name in enumerate(table.names) if _named(name) and _tells_apart(table, place)]


def labels(table: Table, place: int) -> Int[np.ndarray, " time"]:
    """Which entries of a column are equal: numbers from 0, -1 where one is missing."""
    name = table.names[place]
    if name in table.codes:
        return table.codes[name]
    values = table.values[:, place]
    found = np.full(len(values), -1)
    known = ~np.isnan(values)
    found[known] = np.unique(values[known], return_inverse=True)[1]
    return found


def rows_of_trials(of_rows: Int[np.ndarray, " time"], *, timed: bool) -> list[Int[np.ndarray, " row"]]:
    """The rows of each trial, by its labels; of rows without a label there is none.

    Without times, a trial that goes on after others begins anew, unless trials alternate from row to row.
    """
    first = np.flatnonzero(np.diff(of_rows, prepend=-2))
    if timed or len(first) * _ROWS_PER_TRIAL > len(of_rows):
        order = np.unique(of_rows, return_index=True)
        kinds = order[0][np.argsort(order[1])]
        return [np.flatnonzero(of_rows == kind) for kind in kinds if kind >= 0]
    runs = np.split(np.arange(len(of_rows)), first[1:])
    return [run for run in runs if len(run) and of_rows[run[0]] >= 0]


def _named(name: str) -> bool:
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", name)]
    return any(word.removesuffix("s") in _NAMES for word in words)


def _tells_apart(table: Table, place: int) -> bool:
    found = labels(table, place)
    whole = table.names[place] in table.codes or _is_whole(table.values[:, place])
    return whole and 1 < len(np.unique(found[found >= 0])) <= len(found) / _ROWS_PER_TRIAL


def _is_whole(values: np.ndarray) -> bool:
    known = values[~np.isnan(values)]
    return bool((known == np.round(known)).all())
