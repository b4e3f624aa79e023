"""Rows of the benchmark of attractors: what one run leaves behind, and whether it has learned the attractor.

A row is text by column, as it is kept in a CSV; lists of exponents are numbers with blanks between them. What is not
known is empty.
"""

import csv
import io
import itertools
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

Row = Mapping[str, str]

METRICS = ("wasserstein", "d_stsp", "d_h")
"""Each with its error and its floor: d_stsp_strict, in more than 5 dimensions d_stsp_gmm_strict; d_h_gtf."""
SOURCES = {
    "wasserstein": ("wasserstein",),
    "d_stsp": ("d_stsp_strict", "d_stsp_gmm_strict"),
    "d_h": ("d_h_gtf",),
    "valid_time": ("valid_prediction_time",),
    "valid_time_smape": ("valid_prediction_time_smape",),
}
COLUMNS = (
    *("model", "system", "table", "seed", "status", "learned"),
    *(f"{name}{end}" for name in METRICS for end in ("", "_error", "_floor")),
    *("exponents", "exponents_error", "true_exponents", "true_exponents_error"),
    *("kaplan_yorke", "kaplan_yorke_error", "true_kaplan_yorke", "staying", "staying_long"),
    *("valid_time", "valid_time_smape", "valid_time_unit"),
    *("cpu_seconds", "cpu_seconds_training", "commit", "command", "sentence", "reason"),
)
"""`staying` is the share of orbits that stay for 10⁵ steps, `staying_long` for 10⁶; `reason` is why there is no run."""
KILLED = "killed"
"""The status of a run that was stopped from outside: it is run again."""


class Rule(NamedTuple):
    """When an attractor counts as learned."""

    exponent: float
    """Most that λ_max may be off, as a share of it; or two standard errors."""
    dimension: float
    """Most that the Kaplan–Yorke dimension may be off, as a share of it where `relative`."""
    relative: bool
    floors: float = 3.0
    """Most that the Wasserstein distance may be, in floors."""


RULES = {
    "main": Rule(0.05, 0.05, False),
    "conservative": Rule(0.05, 0.05, False),
    "larger": Rule(0.1, 0.1, True),
}
"""By the table that a system is in."""


class Verdict(NamedTuple):
    """What holds of a run; None where a number is missing, which is not learned."""

    exponent: bool | None
    dimension: bool | None
    geometry: bool | None

    @property
    def learned(self) -> bool:
        """Whether all of it holds."""
        return all(self)


def row_of(summary: Mapping[str, Any]) -> dict[str, str]:
    """The columns of a run's numbers, by the summary of the run, or of a judgement."""
    found: dict[str, Any] = {}
    metrics = summary.get("metrics") or {}
    for name, sources in SOURCES.items():
        metric = next((metrics[source] for source in sources if source in metrics), {})
        found[name] = metric.get("value")
        if name in METRICS:
            found[f"{name}_error"], found[f"{name}_floor"] = metric.get("standard_error"), metric.get("floor")
        else:
            found["valid_time_unit"] = metric.get("unit")
    compared = [each for each in summary.get("spectrum_comparison") or [] if "+" not in each["name"]]
    spectrum = (
        summary.get("lyapunov") or summary.get("conditional") or {}
    )  # of a driven network its response's
    found |= {
        "exponents": [each["value"] for each in compared] or [summary.get("lambda_max")],
        "exponents_error": [each["standard_error"] for each in compared]
        or [summary.get("lambda_max_standard_error")],
        "true_exponents": [each["true"] for each in compared] or [summary.get("lambda_max_true")],
        "true_exponents_error": [each["true_standard_error"] for each in compared]
        or [summary.get("lambda_max_true_standard_error")],
        "kaplan_yorke": spectrum.get("kaplan_yorke_dimension"),
        "kaplan_yorke_error": spectrum.get("kaplan_yorke_error"),
        "true_kaplan_yorke": summary.get("kaplan_yorke_dimension_true"),
        "learned": summary.get("learned"),
        "sentence": summary.get("sentence"),
        "cpu_seconds_training": summary.get("cpu_seconds_training"),
    }
    return {name: text(value) for name, value in found.items()}


def text(value: Any) -> str:
    """A value as it stands in a CSV: six digits, one line; empty for None, a list up to the first of them."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(text, itertools.takewhile(lambda each: each is not None, value)))
    if isinstance(value, float):
        return f"{value:.6g}"
    return " ".join(str(value).split())


def number(row: Row, name: str) -> float | None:
    """A column as a number, None where it is empty or none."""
    value = float(row.get(name) or "nan")
    return None if math.isnan(value) else value


def numbers(row: Row, name: str) -> list[float]:
    """A column as a list of numbers."""
    return [float(each) for each in (row.get(name) or "").split()]


def exponent_errors(row: Row) -> list[float]:
    """How far each exponent is off, as a share of λ_max: (λ_i - true λ_i) / true λ_1."""
    true = numbers(row, "true_exponents")
    return [
        (own - known) / true[0]
        for own, known in zip(numbers(row, "exponents"), true, strict=False)
        if true[0]
    ]


def verdict(row: Row) -> Verdict:
    """Whether λ_max, the Kaplan–Yorke dimension and the Wasserstein distance of a run are right."""
    rule = RULES[row["table"]]
    exponent = dimension = geometry = None
    off, errors = exponent_errors(row), numbers(row, "exponents_error")
    if off:
        own, true = numbers(row, "exponents")[0], numbers(row, "true_exponents")[0]
        known = numbers(row, "true_exponents_error")
        error = math.hypot(errors[0] if errors else 0.0, known[0] if known else 0.0)
        exponent = abs(off[0]) <= rule.exponent or abs(own - true) <= 2 * error
    value, true_value = number(row, "kaplan_yorke"), number(row, "true_kaplan_yorke")
    if value is not None and true_value is not None:
        dimension = abs(value - true_value) <= rule.dimension * (true_value if rule.relative else 1.0)
    distance, floor = number(row, "wasserstein"), number(row, "wasserstein_floor")
    if distance is not None and floor is not None:
        geometry = distance <= rule.floors * floor
    return Verdict(exponent, dimension, geometry)


def faults(row: Row) -> str:
    """What is wrong of a run, in numbers; why there is none, where there are no numbers."""
    found, said = verdict(row), []
    if row["status"] in ("failed", KILLED):
        return f"{row['status']}: {row['reason']}"
    if found.exponent is False:
        said.append(f"λ_max {100 * exponent_errors(row)[0]:+.0f} %")
    if found.dimension is False:
        said.append(f"D_KY {number(row, 'kaplan_yorke'):.2f} for {number(row, 'true_kaplan_yorke'):.2f}")
    if found.geometry is False:
        floors = number(row, "wasserstein") / max(number(row, "wasserstein_floor"), 1e-300)
        said.append(f"Wasserstein {floors:.2g} floors")
    names = {"λ_max": found.exponent, "D_KY": found.dimension, "Wasserstein": found.geometry}
    missing = [name for name, holds in names.items() if holds is None]
    return ", ".join([*said, *([f"no {', '.join(missing)}"] if missing else [])])


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a file, of each cell the last one; a line that was cut off does not count."""
    if not path.exists():
        return []
    whole = path.read_text("utf-8")
    # Line by line: a quote that was cut off would swallow what follows it.
    names, *lines = (next(csv.reader([line]), []) for line in whole[: whole.rfind("\n") + 1].splitlines())
    rows = (dict(zip(names, line, strict=True)) for line in lines if len(line) == len(names))
    return list({cell_of(row): row for row in rows}.values())


def cell_of(row: Row) -> tuple[str, str, int]:
    """Model, system and seed."""
    return row["model"], row["system"], int(row["seed"])


def append(path: Path, row: Row) -> None:
    """Add a row in one go, on a line of its own; a file with other columns is written anew first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = _line(COLUMNS)
    with path.open("a+b") as file:
        file.seek(0)
        found = file.read()
        if found and not found.startswith(header):
            others = [_line([other.get(name, "") for name in COLUMNS]) for other in read(path)]
            file.truncate(0)
            file.write(header + b"".join(others))
            file.flush()
            found = b"\n"
        start = b"" if found.endswith(b"\n") else b"\n" if found else header
        os.write(file.fileno(), start + _line([row.get(name, "") for name in COLUMNS]))


def _line(values: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue().encode()


def learned(rows: Iterable[Row]) -> tuple[int, int]:
    """Of the rows, how many have learned, and how many there are."""
    verdicts = [verdict(row).learned for row in rows]
    return sum(verdicts), len(verdicts)


def grouped(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """The rows of each model on each system."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["model"], row["system"]), []).append(row)
    return found
