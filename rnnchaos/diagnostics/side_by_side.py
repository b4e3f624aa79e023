"""Models in one table, a row each, with a copy of the past and the floor below them."""

from collections.abc import Sequence

import numpy as np
from rich.table import Table

from rnnchaos.console import coloured
from rnnchaos.diagnostics.judged import Judged
from rnnchaos.diagnostics.tables import new_table
from rnnchaos.metrics import Metric
from rnnchaos.numbers import number

# Of the metrics, those that a terminal has room for: one of each kind; the files have all.
_SHOWN = {
    "d_stsp_strict": "d_stsp\nstrict",
    "d_stsp_gmm_strict": "d_stsp\ngmm\nstrict",
    "wasserstein": "wasser-\nstein",
    "d_h_gtf": "d_h\ngtf",
    "valid_prediction_time": "valid\nprediction\ntime",
}
_COLOURS = {"yes": "green", "no": "red", "undecided": "yellow"}


def metric_names(rows: Sequence[Judged]) -> list[str]:
    """Of all metrics that any row has, in the order in which they come."""
    return list(dict.fromkeys(metric.name for row in rows for metric in row.metrics))


def rows_table(
    rows: Sequence[Judged], others: str = "judge.csv has all metrics, with errors and floors"
) -> Table:
    """One metric of each kind, λ_max and the verdict of each row; below it, where the `others` are."""
    names = [name for name in metric_names(rows) if name in _SHOWN]
    table = new_table("", *(_SHOWN[name] for name in names), "λ_max", "learned")
    table.collapse_padding = True
    for column in table.columns:  # all of a number, if on two lines
        column.no_wrap, column.overflow = False, "fold"
    for row in rows:
        own = {metric.name: metric for metric in row.metrics}
        values = [_value(own.get(name)) for name in names]
        verdict = coloured(row.learned, _COLOURS[row.learned]) if row.learned else ""
        table.add_row(row.name, *values, number(row.exponent, row.exponent_error), verdict)
    table.caption = "; ".join(filter(None, (*_units(rows, names), others)))
    return table


def columns(rows: Sequence[Judged]) -> dict[str, np.ndarray]:
    """The same with every metric, its error and its floor: the columns of a .csv file; empty where there is none."""
    found: dict[str, list[object]] = {"name": [row.name for row in rows]}
    found["learned"] = [row.learned for row in rows]
    found["lambda_max"] = [row.exponent for row in rows]
    found["lambda_max_standard_error"] = [row.exponent_error for row in rows]
    found["lambda_max_grade"] = [row.exponent_grade for row in rows]
    for name in metric_names(rows):
        own = [next((each for each in row.metrics if each.name == name), None) for row in rows]
        found[name] = [None if each is None else each.value for each in own]
        found[f"{name}_standard_error"] = [None if each is None else each.standard_error for each in own]
        found[f"{name}_floor"] = [None if each is None else each.floor for each in own]
    found["sentence"] = [row.sentence for row in rows]
    return {
        name: np.array(["" if value is None else value for value in values], dtype=object)
        for name, values in found.items()
    }


def _value(metric: Metric | None) -> str:
    if metric is None:
        return ""
    return number(metric.value, metric.standard_error)


def _units(rows: Sequence[Judged], names: Sequence[str]) -> tuple[str, ...]:
    """Of what may be in several, and of λ_max."""
    time = "valid_prediction_time"
    found = [metric.unit for row in rows for metric in row.metrics if metric.name == time and time in names]
    return (f"{time} in {found[0]}" if found else "", "λ_max in nats per time unit")
