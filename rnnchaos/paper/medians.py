"""Medians over the seeds of a figure's trainings, and how many have none."""

import polars as pl

from rnnchaos.paper.catalogue import PaperFigure, Result

LOWER, UPPER, LOST = "_lower_quartile", "_upper_quartile", "_lost"
"""What is added to the column of a result: its quartiles, and how many networks diverged before it could be taken."""


def medians_of(figure: PaperFigure, rows: pl.DataFrame) -> pl.DataFrame:
    """By line and x: median and quartiles of every result over the trainings that have it, and how many have not."""
    names = [result.column for result in figure.results if result.column in rows.columns]
    numbers = [
        pl.col(name).cast(pl.Float64).quantile(quantile, "linear").alias(f"{name}{suffix}")
        for name in names
        for suffix, quantile in (("", 0.5), (LOWER, 0.25), (UPPER, 0.75))
    ]
    lost = [pl.col(name).is_null().sum().alias(f"{name}{LOST}") for name in names]
    medians = rows.group_by("line", "x", maintain_order=True).agg(
        *numbers, *lost, pl.len().alias("trainings")
    )
    return medians.sort("line", "x")


def trusted(medians: pl.DataFrame, line: str, result: Result) -> pl.DataFrame:
    """The medians of a line where most networks have the result: a few survivors speak for nobody else."""
    most = pl.col(f"{result.column}{LOST}") * 2 < pl.col("trainings")
    return medians.filter((pl.col("line") == line) & most)
