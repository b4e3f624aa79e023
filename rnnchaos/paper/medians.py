"""Medians over the seeds of a figure's trainings, and how many have none."""

import math
from collections.abc import Mapping

import polars as pl

from rnnchaos.paper.catalogue import PaperFigure, Result
from rnnchaos.paper.published import Number

LOWER, UPPER, LOST = "_lower_quartile", "_upper_quartile", "_lost"
"""What is added to the column of a result: its quartiles, and how many networks diverged before it could be taken."""

Place = Number | str
"""On the axis of a figure: τ, or the name of a data set."""
EVERYWHERE = None
Floors = Mapping[Place | None, Mapping[str, float]]
"""By the name of a data set, or `EVERYWHERE` where all of a figure is one, and by the column of the result."""


def medians_of(figure: PaperFigure, rows: pl.DataFrame) -> pl.DataFrame:
    """By line and x, in the order of the rows: median and quartiles of every result, and how many have none."""
    names = [result.column for result in figure.results if result.column in rows.columns]
    numbers = [
        pl.col(name).cast(pl.Float64).quantile(quantile, "linear").alias(f"{name}{suffix}")
        for name in names
        for suffix, quantile in (("", 0.5), (LOWER, 0.25), (UPPER, 0.75))
    ]
    lost = [pl.col(name).is_null().sum().alias(f"{name}{LOST}") for name in names]
    return rows.group_by("line", "x", maintain_order=True).agg(*numbers, *lost, pl.len().alias("trainings"))


def trusted(medians: pl.DataFrame, line: str, result: Result) -> pl.DataFrame:
    """The medians of a line where most networks have the result: a few survivors speak for nobody else."""
    most = pl.col(f"{result.column}{LOST}") * 2 < pl.col("trainings")
    return medians.filter((pl.col("line") == line) & most)


def yardstick(
    figure: PaperFigure, result: Result, rows: pl.DataFrame, floors: Floors, data_set: Place
) -> float | None:
    """What the true system of a data set has or, of a distance, scores against itself; None where that is not known.

    The figure is one of several data sets.
    """
    if result.truth is None:
        return floors.get(data_set, {}).get(result.column)
    own = rows.filter(pl.col(str(figure.data_sets)) == data_set)
    true = own[result.truth].drop_nulls().to_list() if result.truth in rows.columns else []
    return float(true[0]) if true else None


def shared_value(rows: pl.DataFrame, column: str) -> float | None:
    """The value that all trainings share, to the rounding of different machines; None where there is no such value."""
    found = rows[column].drop_nulls().to_list() if column in rows.columns else []
    return float(found[0]) if found and math.isclose(min(found), max(found), rel_tol=1e-6) else None
