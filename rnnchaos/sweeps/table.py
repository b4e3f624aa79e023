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

    Raises ConfigError for a column that is not there, naming the nearest.
    """
    for name in by:
        check_column(table, name)
    numbers = [
        name
        for name, kind in table.schema.items()
        if kind.is_numeric() and name not in by and name not in _OUTCOME and name != "seed"
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
    return trainings.group_by(by, maintain_order=True).agg(*ended, *spread).sort(by)


_COUNTED = (*RESULTS, Status.FAILED)
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
        Console().print(f"all {table.width} columns: {path}", highlight=False, soft_wrap=True)
    return Outcome(0, {"sweep": str(sweep.path), "table": str(path), "rows": shown.to_dicts()})


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
