"""The exponents of the truth: those of the catalogue, where a run has measured its own to a few per cent.

What a run has held its network against stays in its row; the noise of that is not the network's error.
"""

from collections.abc import Iterable, Mapping

from attractor_rows import Row, numbers, text

from rnnchaos.diagnostics.truth import Truth, of_catalogue
from rnnchaos.listings.systems import entries


def known() -> dict[str, Truth]:
    """By system, what the catalogue holds of it, in the form that a run measures: of driven ones it has another."""
    found = {entry.name: of_catalogue(entry.system) for entry in entries()}
    return {name: truth for name, truth in found.items() if truth is not None}


def with_truths(rows: Iterable[Row], truths: Mapping[str, Truth]) -> list[Row]:
    """The rows with those exponents, and that dimension, instead of the run's own; none are added."""
    return [_held(row, truths[row["system"]]) if row["system"] in truths else row for row in rows]


def _held(row: Row, truth: Truth) -> Row:
    count = len(numbers(row, "true_exponents"))
    changed = {
        "true_exponents": text(truth.exponents[:count].tolist()),
        "true_exponents_error": text(truth.standard_error[:count].tolist()),
        "true_kaplan_yorke": text(truth.kaplan_yorke) if row.get("true_kaplan_yorke") else "",
    }
    return {**row, **changed}
