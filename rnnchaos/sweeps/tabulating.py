"""rnnchaos sweep table: storing the table of a sweep, and showing it."""

import sys
from collections.abc import Sequence
from typing import Literal

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from rnnchaos.outcome import Outcome
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import grouped, save, table_of, varied_settings

Form = Literal["text", "csv", "path"]

_SHOWN_ROWS = 60
# What a terminal has room for; the files hold every column.
_SHOWN = {
    "status": "status",
    "cells": "cells",
    "finished": "finished",
    "diverged": "diverged",
    "failed": "failed",
    "d_stsp_paper": "D_stsp",
    "wasserstein": "W_1",
    "d_h_gtf": "D_H",
    "valid_prediction_time": "valid time",
    "lambda_max": "λ_max",
    "kaplan_yorke_dimension": "D_KY",
    "cpu_seconds": "CPU s",
}
_WIDTH_OF_A_FILE = 160
_BETWEEN_COLUMNS = 3


def tabulate(sweep: Sweep, *, by: Sequence[str], form: Form, rebuild: bool) -> Outcome:
    """Store the table of all cells in the sweep's folder, and print it, or its groups."""
    table = table_of(sweep, rebuild=rebuild)
    shown = grouped(table, by) if by else table
    path = save(table, sweep)
    if form == "csv":
        sys.stdout.write(shown.write_csv())
    elif form == "path":
        sys.stdout.write(f"{path}\n")
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
        if name not in table.columns:
            continue
        header = _SHOWN.get(name, name)
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
    return f"{value:.4g}" if isinstance(value, float) else str(value)
