"""From the cells of a figure's sweep to the figure, the table and the page: what came out beside what was published."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from rnnchaos.errors import ConfigError
from rnnchaos.paper.catalogue import DATASET, MODEL, PaperFigure, Result
from rnnchaos.paper.medians import EVERYWHERE, Floors, Place, shared_value
from rnnchaos.runs import RESULTS, Status
from rnnchaos.sweeps.standing import summary_of
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import table_of

_OUTCOME = ("cell", "seed", "status", "reason", "tau_steps", "tau_pred_steps", "kept_step", "cpu_seconds")


class Found(NamedTuple):
    """What the cells of a figure's sweep have given so far."""

    figure: PaperFigure
    rows: pl.DataFrame
    """A row for each cell that has ended: `line`, `x`, how it ended, and every result with its truth."""
    floors: Floors
    """What the true system scores against itself."""


def found_in(sweep: Sweep, figure: PaperFigure) -> Found:
    """The results of a sweep as a figure needs them. Raises ConfigError where no cell has any."""
    table = table_of(sweep).unique("cell", maintain_order=True)
    ended = table.filter(pl.col("status").is_in([str(status) for status in RESULTS]))
    if ended.is_empty():
        raise ConfigError(f"{sweep.path}: no cell has a result yet")
    ended = ended.sort([name for name in (figure.line, figure.x, "seed") if name in ended.columns])
    columns = [column for result in figure.results for column in (result.column, result.truth) if column]
    kept = dict.fromkeys(name for name in (*_OUTCOME, *columns) if name in ended.columns)
    line, x = _line(sweep, ended, figure.line), _setting(sweep, ended, figure.x)
    rows = ended.select(line.alias("line"), x.alias("x"), *map(pl.col, kept))
    data_sets: dict[Place | None, pl.DataFrame] = {EVERYWHERE: rows}
    if figure.data_sets:
        data_sets = {
            name: part for (name,), part in rows.partition_by(figure.data_sets, as_dict=True).items()
        }
    floors = {name: _floors(sweep, part, columns) for name, part in data_sets.items()}
    return Found(figure, rows, floors)


def draw(found: Found):
    """The figure, a panel for each result that any cell has."""
    from rnnchaos.figures import Panel, comparison_figure

    figure, rows = found.figure, found.rows
    # A place that is a name, such as that of a data set, is drawn at its number.
    named = rows["x"].dtype == pl.String
    names = sorted(rows["x"].unique()) if named else None
    places = {name: index for index, name in enumerate(names or ())}
    panels = [
        Panel(
            _label(found, result),
            [*_trainings(found, result, places), *_yardsticks(found, result, places)],
            list(_published(result)),
            _levels(found, result),
            result.logarithmic,
            _limits(found, result),
            _line_levels(found, result),
        )
        for result in figure.results
        if result.column in rows.columns and rows[result.column].is_not_null().any()
    ]
    if not panels:
        raise ConfigError("no cell has any of the figure's results: all diverged")
    return comparison_figure(
        panels,
        x_label=figure.x_label,
        verticals=_verticals(found),
        logarithmic_x=figure.logarithmic_x and not named,
        place_names=names,
    )


def _line(sweep: Sweep, table: pl.DataFrame, line: str) -> pl.Expr:
    """What tells the lines apart: the name of a network or a data set, or a setting with its value."""
    value = _setting(sweep, table, line)
    return value if line in (MODEL, DATASET) else pl.format("{} {}", pl.lit(line.rpartition(".")[2]), value)


def _setting(sweep: Sweep, table: pl.DataFrame, name: str) -> pl.Expr:
    """A column; where it is the same for all cells, it stands in the settings of the first one alone.

    Raises ConfigError where the settings do not have it.
    """
    if name in table.columns:
        return pl.col(name)
    target = sweep.base.get(f"{name}._target_")
    if target is None and name not in sweep.base:
        raise ConfigError(
            f"{sweep.path}: the figure is drawn against {name}, which these trainings do not have"
        )
    return pl.lit(sweep.base[name] if target is None else target.rpartition(".")[2])


def _floors(sweep: Sweep, rows: pl.DataFrame, columns: list[str]) -> dict[str, float]:
    """By column, of the first cell that has them: the data is the same for all."""
    finished = rows.filter(pl.col("status") == str(Status.FINISHED))
    if finished.is_empty():
        return {}
    metrics = summary_of(sweep, finished["cell"][0]).get("metrics", {})
    return {
        name: metrics[name]["floor"]
        for name in columns
        if name in metrics and metrics[name]["floor"] is not None
    }


def _is_relative(found: Found, result: Result) -> bool:
    """Whether a result is drawn relative to its truth: where there are several."""
    return found.figure.data_sets is not None and result.truth in found.rows.columns


def _label(found: Found, result: Result) -> str:
    """Of the axis."""
    return f"{result.label.partition(' (')[0]} / truth" if _is_relative(found, result) else result.label


def _trainings(found: Found, result: Result, places: Mapping[str, int]) -> Iterator:
    from rnnchaos.figures import Trainings

    at = pl.col("x").replace_strict(places) if places else pl.col("x")
    for (line,), part in found.rows.partition_by("line", as_dict=True, maintain_order=True).items():
        numbers = part.select(at.cast(pl.Float64).alias("x"), _value(found, result).alias("y"))
        yield Trainings(str(line), *(np.array(column.fill_null(np.nan)) for column in numbers))


def _value(found: Found, result: Result) -> pl.Expr:
    """What is drawn: the result, or, where there are several truths, its share of the own one."""
    value = pl.col(result.column).cast(pl.Float64)
    return value / pl.col(str(result.truth)) if _is_relative(found, result) else value


def _yardsticks(found: Found, result: Result, places: Mapping[str, int]) -> Iterator:
    """What the true systems score against themselves, where each place is a data set."""
    from rnnchaos.figures import Trainings

    known = {place: found.floors.get(name, {}).get(result.column) for name, place in places.items()}
    known = {place: floor for place, floor in known.items() if floor is not None}
    if known and result.truth is None:
        yield Trainings("floor", np.array([*known], dtype=float), np.array([*known.values()]))


def _line_levels(found: Found, result: Result) -> dict[str, float]:
    """Floors by line, where each is a data set of its own, but for those that a logarithmic axis does not have."""
    if found.figure.data_sets != "line" or result.truth is not None:
        return {}
    floors = {str(name): floors.get(result.column) for name, floors in found.floors.items()}
    return {name: floor for name, floor in floors.items() if floor is not None and floor > 0}


def _published(result: Result) -> Iterator:
    from rnnchaos.figures import Points

    for label, values in result.published.items():
        x = np.array(sorted(values), dtype=float)
        errors = [values[place].error for place in sorted(values)]
        yield Points(
            label,
            x,
            np.array([values[place].value for place in sorted(values)]),
            np.array([np.nan if error is None else error for error in errors], dtype=float),
        )


def _levels(found: Found, result: Result) -> dict[str, float]:
    if _is_relative(found, result):
        return {"true system": 1.0}
    if result.truth is not None:
        true = shared_value(found.rows, result.truth)
        return {} if true is None else {"true system": true}
    floor = found.floors.get(EVERYWHERE, {}).get(result.column)
    return {} if floor is None else {"floor": floor}


def _limits(found: Found, result: Result) -> tuple[float, float] | None:
    """The part of the axis near the truth; None where no median is of its sign and in it, and all are shown."""
    true = _levels(found, result).get("true system")
    if true is None:
        return None
    lower, upper = result.shown[0] * true, result.shown[1] * true
    medians = found.rows.group_by("line", "x").agg(_value(found, result).median().alias("median"))["median"]
    return (lower, upper) if medians.is_between(max(lower, 0.0), upper).any() else None


def _verticals(found: Found) -> dict[str, float]:
    """Where the axis is τ, the predictability times: as published and of the system itself."""
    if found.figure.x != "tau_steps":
        return {}
    own = shared_value(found.rows, "tau_pred_steps")
    return dict(found.figure.marks) | ({} if own is None else {r"$\ln 2 / \lambda_{\max}$": own})
