"""Results as tables for the terminal."""

import itertools
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from rich.box import SIMPLE_HEAD
from rich.table import Table

from rnnchaos.console import coloured
from rnnchaos.cycles import Cycle
from rnnchaos.diagnostics.comparison import Difference, compare
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.metrics import Metric
from rnnchaos.numbers import number
from rnnchaos.tangent import Check, Grade, LyapunovSpectrum

# A network has dozens of exponents; the table shows the leading ones, the files hold all.
_SHOWN_EXPONENTS = 6
_SHOWN_CYCLES, _SHOWN_AXES = 20, 4


def metrics_table(metrics: Sequence[Metric]) -> Table:
    """Every metric beside its floor and its ceiling; in eighty columns units may break, and no name or number."""
    table = new_table("metric", "value", "floor", "ceiling", "unit")
    table.collapse_padding = True
    table.columns[0].overflow = "fold"
    table.columns[-1].no_wrap = False
    for metric in metrics:
        value = number(metric.value, metric.standard_error)
        table.add_row(metric.name, value, _floor(metric), number(metric.ceiling), metric.unit)
    table.caption = (
        "floor: truth against truth; ceiling: a fixed point. Digits in brackets are standard errors."
    )
    return table


def _floor(metric: Metric) -> str:
    """What the truth scores; one digit of a bound, whose error is its size: 3e-27."""
    if metric.floor and metric.floor == metric.floor_standard_error:
        return f"{metric.floor:.0e}"
    return number(metric.floor, metric.floor_standard_error)


def exponents_table(spectrum: LyapunovSpectrum, truth: Truth | None, *, title: str) -> Table:
    """Exponents per time unit and per step, beside those that they should be, with what they are off by.

    Nothing is held against an estimate that fails a check of its own.
    """
    comparison = compare(spectrum, truth)
    table = new_table(title, "per time unit", "per step")
    if truth is not None:
        table.add_column(truth.heading, no_wrap=True)
    if comparison is not None:
        table.add_column("difference", no_wrap=True)
    words = zip(spectrum.words(), spectrum.words(per_step=True), strict=True)
    for index, said in enumerate(itertools.islice(words, _SHOWN_EXPONENTS)):
        row = [f"λ_{index + 1}", *said]
        if comparison is not None and index < len(comparison.exponents):
            row += _beside(comparison.exponents[index])
        elif truth is not None and index < len(truth.exponents):
            row.append(number(truth.exponents[index], truth.standard_error[index]))
        table.add_row(*row)
    if comparison is not None and comparison.leading_sum is not None:
        total, step = comparison.leading_sum, spectrum.time_per_step
        own = [number(total.value * scale, total.standard_error * scale) for scale in (1.0, step)]
        table.add_row(total.name, *own, *_beside(total))
    return table


def _beside(found: Difference) -> list[str]:
    """The value that it should have, and the difference in its standard errors."""
    return [number(found.true, found.true_standard_error), f"{found.in_errors:+.1f} s.e."]


def checks_table(checks: Sequence[Check]) -> Table:
    """Every check of a spectrum with its grade, its figure and the bound that it was held against."""
    colours = {Grade.PASS: "green", Grade.WARN: "yellow", Grade.UNDECIDED: "magenta", Grade.FAIL: "red"}
    table = Table("check", "grade", "figure", "bound", "what it is", box=SIMPLE_HEAD, pad_edge=False)
    for check in checks:
        grade = coloured(str(check.grade), colours[check.grade])
        table.add_row(check.name, grade, f"{check.figure:.2g}", f"{check.bound:.2g}", check.meaning)
    return table


def new_table(*headings: str) -> Table:
    """An empty table in the style of all."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    return table


def cycles_table(
    cycles: Sequence[Cycle],
    observed: Sequence[Float[np.ndarray, "_ dimension"]],
    axis_names: Sequence[str],
) -> Table:
    """Period, stability and leading multiplier of every cycle, with the first of its points as it is observed."""
    table = new_table("period", "stability", "|multiplier|", "per step", f"at ({_joined(axis_names)})")
    for cycle, points in list(zip(cycles, observed, strict=True))[:_SHOWN_CYCLES]:
        place = _joined([f"{value:.4g}" for value in points[0]])
        multiplier, exponent = abs(cycle.multipliers[0]), cycle.exponents[0]
        table.add_row(str(cycle.period), cycle.kind, f"{multiplier:.4g}", f"{exponent:.4g}", f"({place})")
    table.caption = "The largest multiplier once around, and its logarithm per step in nats."
    if len(cycles) > _SHOWN_CYCLES:
        table.caption += f" {len(cycles) - _SHOWN_CYCLES} more are in the files."
    return table


def _joined(entries: Sequence[str]) -> str:
    """The entries of a vector, only the first of many."""
    return ", ".join([*entries[:_SHOWN_AXES], *(["…"] if len(entries) > _SHOWN_AXES else [])])
