"""The results of one figure as Markdown: the best of every line, and all medians beside the published values."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from rnnchaos.paper.catalogue import PaperFigure, Result
from rnnchaos.paper.intervals import intervals
from rnnchaos.paper.medians import (
    EVERYWHERE,
    LOST,
    LOWER,
    UPPER,
    Floors,
    Place,
    medians_of,
    trusted,
    yardstick,
)
from rnnchaos.paper.published import Lines
from rnnchaos.runs import Status
from rnnchaos.sweeps.estimate import said


def section(figure: PaperFigure, rows: pl.DataFrame, floors: Floors) -> str:
    """Tables and a sentence on how they were made."""
    medians = medians_of(figure, rows)
    parts = [] if figure.data_sets == "x" else [_best(figure, medians)]
    parts += filter(None, [intervals(figure, medians, rows)])
    parts += [
        _table(figure, result, medians, rows, floors)
        for result in figure.results
        if result.column in rows.columns
    ]
    return "\n\n".join([*parts, _made_by(rows)]) + "\n"


def _best(figure: PaperFigure, medians: pl.DataFrame) -> str:
    """The least median of the first result, by line, beside the least published one where any is."""
    first = figure.results[0]
    names = medians["line"].unique(maintain_order=True).to_list()
    any_published = any(name in first.published for name in names)
    head = [f"least {first.name}", "at"] + (["least published", "at"] if any_published else [])
    lines = [f"| | {' | '.join(head)} |", "|---|" + "---|" * len(head)]
    for line in names:
        own = trusted(medians, line, first).sort(first.column)
        found = ["–", "–"]
        if not own.is_empty():
            best = own.row(0, named=True)
            found = [_spread(best, first), _said(best["x"])]
        published = _least(first.published, line) if any_published else []
        lines.append(f"| {' | '.join([line, *found, *published])} |")
    return "\n".join(lines)


def _least(published: Lines, line: str) -> list[str]:
    values = published.get(line, {})
    if not values:
        return ["–", "–"]
    x = min(values, key=lambda place: values[place].value)
    return [f"{values[x].value:g}", f"{x:g}"]


def _table(
    figure: PaperFigure, result: Result, medians: pl.DataFrame, rows: pl.DataFrame, floors: Floors
) -> str:
    """A row for each x, a column for each line: median [quartiles], then what was published at that x.

    Several data sets have a yardstick each: a row of them, or a column.
    """
    names = list(medians["line"].unique(maintain_order=True))
    floor = floors.get(EVERYWHERE, {}).get(result.column)
    title = f"**{result.name}**" + ("" if floor is None else f" (floor {floor:.3g})")
    own = medians["x"].unique(maintain_order=True).to_list()
    places = sorted({*own, *(x for line in names for x in result.published.get(line, {}))}, key=_order)

    def yardsticks(data_sets: list[Any]) -> list[str]:
        return [_number(yardstick(figure, result, rows, floors, one)) for one in data_sets]

    heading = "floor" if result.truth is None else "true system"
    columns = [heading] if figure.data_sets == "x" else []
    body = [[_said(x), *yardsticks([x for _ in columns]), *_cells(result, medians, names, x)] for x in places]
    if figure.data_sets == "line":
        body.append([heading, *yardsticks(names)])
    head = [*columns, *names]
    lines = [f"| | {' | '.join(head)} |", "|---|" + "---|" * len(head)]
    return "\n".join([title, "", *lines, *(f"| {' | '.join(row)} |" for row in body)])


def _cells(result: Result, medians: pl.DataFrame, names: list[str], x: Place) -> Iterator[str]:
    for line in names:
        own = medians.filter((pl.col("line") == line) & (pl.col("x") == x))
        said = _spread(own.row(0, named=True), result) if own.height else ""
        value = None if isinstance(x, str) else result.published.get(line, {}).get(x)
        yield said + ("" if value is None else f" *{value.value:g}*")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def _said(x: Place) -> str:
    return x if isinstance(x, str) else f"{x:g}"


def _order(x: Place) -> tuple[bool, float, str]:
    return (True, 0.0, x) if isinstance(x, str) else (False, float(x), "")


def _spread(row: Mapping[str, Any], result: Result) -> str:
    """Median and quartiles; a network that diverged, in training or in its free run, is counted as lost."""
    name = result.column
    lost = row[f"{name}{LOST}"]
    missing = f", {lost} of {row['trainings']} lost" if lost else ""
    if row[name] is None:
        return f"–{missing}"
    middle, lower, upper = (
        f"{row[key]:.{3 if result.truth is None else 4}g}"
        for key in (name, f"{name}{LOWER}", f"{name}{UPPER}")
    )
    return f"{middle} [{lower}, {upper}]{missing}"


def _made_by(rows: pl.DataFrame) -> str:
    diverged, escaped = (
        rows.filter(pl.col("status") == str(status)).height for status in (Status.DIVERGED, Status.ESCAPED)
    )
    also = f" and {escaped} escaped" if escaped else ""
    taken = said(float(rows["cpu_seconds"].sum()))
    seeds = ", ".join(map(str, sorted(rows["seed"].unique())))
    return (
        f"{rows.height} trainings (seeds {seeds}), {diverged} of which diverged{also}; {taken} of CPU time with all "
        "measurements. Medians over the seeds that have the number, quartiles in brackets, published values in "
        f"italics; lost are those that diverged in training or in their free run.{_elsewhere(rows)}"
    )


def _elsewhere(rows: pl.DataFrame) -> str:
    """Of how many networks the exponents are those of one attractor among several."""
    if "share" not in rows.columns or not (shared := rows.filter(pl.col("share") < 1).height):
        return ""
    return (
        f" Of {shared} networks exponents are those of the attractor that most orbits from the data end on."
    )
