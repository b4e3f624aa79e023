"""A sweep as one table, made, stored and shown: a row for each cell, whatever became of it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.table import Table

from rnnchaos.console import Console
from rnnchaos.errors import ConfigError
from rnnchaos.escaping import escaped, one_line
from rnnchaos.nearest import did_you_mean
from rnnchaos.outcome import Outcome
from rnnchaos.runs import RESULTS, Status
from rnnchaos.runs.atomic import replacing
from rnnchaos.sweeps.standing import Standing, standings
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.units import by_unit

# Short names of settings that are classes, whose last word says which.
_TARGET = "._target_"
_OUTCOME = ("cell", "status", "reason")

Form = Literal["text", "csv", "path"]

_SHOWN_ROWS = 60
# Groups of which a line says how many trainings have a number.
_LISTED = 6
# What a terminal has room for; the files hold every column.
_SHOWN = {
    "status": "status",
    "learned": "learned",
    "cells": "cells",
    "finished": "finished",
    "diverged": "diverged",
    "escaped": "escaped",
    "failed": "failed",
    "d_stsp_paper": "D_stsp",
    "wasserstein": "W_1",
    "d_h_gtf": "D_H",
    "valid_prediction_time": "valid time",
    "valid_prediction_time_in_time_units": "valid time (time units)",
    "lambda_max": "λ_max",
    "share": "share",
    "kaplan_yorke_dimension": "D_KY",
    "cpu_seconds": "CPU s",
}
# Of orbits on the attractor that λ_max is of: news where some are elsewhere.
_SHARE = "share"
_WIDTH_OF_A_FILE = 160
_BETWEEN_COLUMNS = 3


def table_of(sweep: Sweep, *, rebuild: bool = False) -> pl.DataFrame:
    """The cells in the order of the sweep: identity, the settings that vary, how the cell ended, its numbers.

    A class is named by its group, `model`, with its own name as the value. `rebuild` reads the run folders
    themselves instead of the journals.
    """
    varied = varied_settings(sweep)
    rows = [
        {"cell": line["cell"]}
        | {
            _column(name): _value(
                name, line["settings"].get(name, None if name in line["without"] else default)
            )
            for name, default in varied.items()
        }
        | {"status": standing.status, "reason": standing.reason}
        | _results(standing, varied)
        for line, standing in zip(sweep.lines, standings(sweep, rebuild=rebuild), strict=True)
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, strict=False)


def varied_settings(sweep: Sweep) -> dict[str, Any]:
    """The settings in which the cells differ, with their values in the first cell."""
    names = dict.fromkeys(name for line in sweep.lines for name in line["settings"] if name != "name")
    return {name: sweep.base.get(name) for name in names}


def grouped(table: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Median and quartiles of every number over the finished cells of each group, and how all of them ended.

    Settings, which stand before the status, are no results. Where not all finished cells of a group have a number,
    `NAME_count` says how many do. Raises ConfigError for a column that is not there, naming the nearest.
    """
    for name in by:
        check_column(table, name)
    settings = _settings(table)
    numbers = [
        name
        for name, kind in table.schema.items()
        if kind.is_numeric() and name not in by and name not in {*_OUTCOME, *settings, "seed"}
    ]
    finished = pl.col("status") == Status.FINISHED

    def of_finished(name: str) -> pl.Expr:
        return pl.col(name).filter(finished)

    ended = [
        pl.len().alias("cells"),
        *((pl.col("status") == status).sum().alias(str(status)) for status in _COUNTED),
    ]
    spread = [
        of_finished(name).quantile(quantile, "linear").alias(f"{name}{suffix}")
        for name in numbers
        for suffix, quantile in _QUANTILES.items()
    ]
    trainings = table.unique("cell", maintain_order=True)  # a search may draw the same one again
    lacking = [name for name in numbers if trainings.filter(finished)[name].null_count()]
    counts = [of_finished(name).count().alias(f"{name}{_COUNT}") for name in lacking]
    return trainings.group_by(by, maintain_order=True).agg(*ended, *spread, *counts).pipe(in_order, by)


def in_order(table: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The rows by the values of columns: where a word such as auto makes text of numbers, these by their size."""
    keys, nulls_last = [], []
    for name in by:
        if table.schema[name] == pl.String:
            keys.append(pl.col(name).cast(pl.Float64, strict=False))
            nulls_last.append(True)
        keys.append(pl.col(name))
        nulls_last.append(False)
    return table.sort(keys, nulls_last=nulls_last)


def mixed(table: pl.DataFrame, by: Sequence[str]) -> list[str]:
    """The settings, seeds apart, in which trainings of one group differ."""
    others = [name for name in _settings(table) if name not in by and name != "seed"]
    kinds = table.group_by(by).agg(pl.col(name).n_unique() for name in others) if others else table
    return [name for name in others if (kinds[name] > 1).any()]


def _settings(table: pl.DataFrame) -> list[str]:
    """The columns of the settings that vary."""
    return table.columns[table.columns.index("cell") + 1 : table.columns.index("status")]


_COUNTED = (*RESULTS, Status.FAILED)
_COUNT = "_count"
_QUANTILES = {"": 0.5, "_lower_quartile": 0.25, "_upper_quartile": 0.75}


def check_column(table: pl.DataFrame, name: str) -> None:
    """Raise ConfigError for a column that is not there, naming the nearest."""
    if name not in table.columns:
        near = did_you_mean(name, table.columns) or f" (columns: {', '.join(table.columns)})"
        raise ConfigError(f"the sweep has no column {name!r}{near}")


def save(table: pl.DataFrame, sweep: Sweep) -> Path:
    """Store the table in the folder of the sweep; whole, or not at all."""
    path = sweep.path / "table.parquet"
    with replacing(path) as temporary:
        table.write_parquet(temporary)
    return path


def _results(standing: Standing, varied: dict[str, Any]) -> dict[str, Any]:
    taken = {_column(name) for name in varied} | set(_OUTCOME)
    return {name: value for name, value in by_unit(standing.headline).items() if name not in taken}


def _column(setting: str) -> str:
    return setting.removesuffix(_TARGET)


def _value(setting: str, value: Any) -> Any:
    if setting.endswith(_TARGET) and isinstance(value, str):
        return value.rpartition(".")[2]
    return str(value) if isinstance(value, list | dict) else value


def tabulate(sweep: Sweep, *, by: Sequence[str], form: Form, rebuild: bool) -> Outcome:
    """Store the table of all cells in the sweep's folder, and print it, or its groups."""
    table = table_of(sweep, rebuild=rebuild)
    shown = grouped(table, by) if by else table
    path = save(table, sweep)
    if form == "csv":
        sys.stdout.write(escaped(shown.write_csv()))
    elif form == "path":
        sys.stdout.write(f"{one_line(str(path))}\n")
    else:
        _print(shown, [*by] if by else [name.removesuffix("._target_") for name in varied_settings(sweep)])
        for line in _said_of_groups(shown, mixed(table, by)) if by else ():
            Console().print(line, highlight=False, soft_wrap=True, markup=False)
        Console().print(f"all {table.width} columns: {path}", highlight=False, soft_wrap=True)
    return Outcome(0, {"sweep": str(sweep.path), "table": str(path), "rows": shown.to_dicts()})


def _said_of_groups(groups: pl.DataFrame, others: Sequence[str]) -> list[str]:
    """What the medians of some numbers are not of, a line each."""
    said = []
    if others:
        said.append(
            f"rows are of trainings that differ in {one_line(', '.join(others))}, too: --by tells them apart"
        )
    for name in groups.columns:
        if name.removesuffix(_COUNT) not in _SHOWN or not name.endswith(_COUNT):
            continue
        counts, finished = groups[name], groups["finished"]
        some = [f"{count} of {of}" for count, of in zip(counts, finished, strict=True) if count < of]
        more = ", …" if len(some) > _LISTED else ""
        which = f"{name.removesuffix(_COUNT)} is of fewer trainings than finished"
        said.append(f"{which}, as the others have no number: {', '.join(some[:_LISTED])}{more}")
    return said


def _print(table: pl.DataFrame, keys: Sequence[str]) -> None:
    """The columns that fit beside each other; a name that is cut off tells nobody anything."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_OF_A_FILE)
    printed = Table(box=SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    rows = table.head(_SHOWN_ROWS)
    columns: list[list[str]] = []
    room = console.width
    for name in dict.fromkeys((*keys, *_SHOWN)):
        if name not in table.columns or (name == _SHARE and not (table[name] < 1).any()):
            continue
        header = one_line(_SHOWN.get(name, name))
        cells = [_said(value) for value in rows[name]]
        room -= max(map(len, (header, *cells))) + _BETWEEN_COLUMNS
        if room < 0 and columns:
            break
        printed.add_column(header, no_wrap=True)
        columns.append(cells)
    for row in zip(*columns, strict=True):
        printed.add_row(*row)
    if table.height > _SHOWN_ROWS:
        printed.caption = f"{table.height - _SHOWN_ROWS} more rows: --csv prints all"
    console.print(printed)


def _said(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else one_line(str(value))
