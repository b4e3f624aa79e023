"""A sweep as one table: a row for each cell, diverged and failed ones included."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.runs import Status
from rnnchaos.runs.atomic import replacing
from rnnchaos.sweeps.standing import Standing, standings
from rnnchaos.sweeps.sweep import Sweep

# Short names of settings that are classes, whose last word says which.
_TARGET = "._target_"
_OUTCOME = ("cell", "status", "reason")


def table_of(sweep: Sweep, *, rebuild: bool = False) -> pl.DataFrame:
    """The cells in the order of the sweep: identity, the settings that vary, how the cell ended, its numbers.

    A class is named by its group, `model`, with its own name as the value. `rebuild` reads the run folders
    themselves instead of the journals.
    """
    varied = varied_settings(sweep)
    rows = [
        {"cell": line["cell"]}
        | {
            _column(name): _value(name, line["settings"].get(name, default))
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


_COUNTED = (Status.FINISHED, Status.DIVERGED, Status.FAILED)
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
    return {name: value for name, value in standing.headline.items() if name not in taken}


def _column(setting: str) -> str:
    return setting.removesuffix(_TARGET)


def _value(setting: str, value: Any) -> Any:
    if setting.endswith(_TARGET) and isinstance(value, str):
        return value.rpartition(".")[2]
    return str(value) if isinstance(value, list | dict) else value
