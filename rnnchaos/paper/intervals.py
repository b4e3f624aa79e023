"""Which forcing interval a figure over τ speaks for: the best one, beside those that rules would have chosen."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from rnnchaos.paper.catalogue import PaperFigure, Result
from rnnchaos.paper.medians import shared_value, trusted

RULES: Mapping[str, float] = {"ln 2 / λ_max": 2.0, "ln 1.3 / λ_max": 1.3, "ln 1.2 / λ_max": 1.2}
"""By name, the factor by which errors grow from one forcing to the next."""
# A rule is judged by the interval of the sweep that is nearest, if it is within this factor.
_NEAR = 1.2


def intervals(figure: PaperFigure, medians: pl.DataFrame, rows: pl.DataFrame) -> str:
    """A row for each line and rule: the interval, its D_stsp against the best one's, how far the exponents are off.

    A rule near whose interval nothing was trained has no row. Nothing where the figure is not over τ, or where no
    exponent of the data is known.
    """
    true_time = shared_value(rows, "tau_pred_steps")
    if figure.x != "tau_steps" or true_time is None:
        return ""
    first = figure.results[0]
    others = [
        result for result in figure.results if result.truth is not None and result.column in medians.columns
    ]
    head = [
        "",
        "interval",
        "τ",
        "τ / τ_pred",
        first.name,
        "× least",
        *(f"{one.name} off" for one in others),
    ]
    lines = [
        f"**Intervals**: the predictability time τ_pred = ln 2 / λ_max of the data is {true_time:.1f} steps",
        "",
        f"| {' | '.join(head)} |",
        "|---" * len(head) + "|",
    ]
    for line in medians["line"].unique(maintain_order=True).to_list():
        own = trusted(medians, line, first)
        for name, row in chosen(own, first, true_time):
            if row is None:
                continue
            least = own[first.column].min()
            cells = [f"{row['x']:g}", f"{row['x'] / true_time:.2f}", f"{row[first.column]:.3g}"]
            cells += [f"{row[first.column] / least:.2f}", *(_off(row, one, rows) for one in others)]
            lines.append(f"| {line} | {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def chosen(own: pl.DataFrame, first: Result, true_time: float) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """By name, the medians at the interval with the least first result, and at those of the rules.

    `own` are the medians of one line. A rule that asks for an interval far from all that were trained has None.
    """
    if own.is_empty():
        return
    yield f"least {first.name}", own.sort(first.column).row(0, named=True)
    for name, growth in RULES.items():
        wanted = true_time * math.log(growth) / math.log(2)
        distance = (pl.col("x") / wanted).log().abs()
        nearest = own.sort(distance).row(0, named=True)
        near = abs(math.log(nearest["x"] / wanted)) <= math.log(_NEAR)
        yield name, nearest if near else None


def _off(row: Mapping[str, Any], result: Result, rows: pl.DataFrame) -> str:
    """How far the median is from the truth: an exponent in per cent, a dimension as it is."""
    true = shared_value(rows, str(result.truth))
    if true is None or row[result.column] is None:
        return "–"
    difference = row[result.column] - true
    return f"{100 * difference / true:+.1f} %" if result.relative else f"{difference:+.3f}"
