"""What a page shows of a sweep: its table, a plot that the table feeds, and every cell."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rnnchaos.errors import ConfigError
from rnnchaos.report.blocks import RunPage
from rnnchaos.report.contents import Contents
from rnnchaos.report.run_page import brief_page, run_page
from rnnchaos.report.values import number, shown
from rnnchaos.runs import RunFolder
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import table_of, varied_settings

# Bytes: of the cells of a page, of one cell with its curves, without its curves, and of a step of both attractors.
_ROOM, _WHOLE, _BRIEF, _STEP = 4_500_000, 130_000, 16_000, 16
_FEWEST_STEPS, _MOST_STEPS = 500, 4000
_MOST_ENTRIES = 40_000
"""Of the table of one page."""
_FIRST = ("status", "learned", "d_stsp_paper", "d_h_gtf", "wasserstein", "lambda_max", "valid_prediction_time",
          "share", "kaplan_yorke_dimension", "cpu_seconds", "reason")  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A cell of the table: what is read, and what it is sorted and drawn by."""

    words: str
    value: float | None


@dataclass(frozen=True)
class Row:
    """One training."""

    id: str
    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class StudyPage:
    """All that a page shows of a sweep."""

    title: str
    command: str
    counts: Sequence[tuple[str, int]]
    columns: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Row]
    x: str
    y: str
    colour: str
    cells: Sequence[RunPage]
    left_out: int
    """Cells of the table that have no page here."""
    notes: Sequence[str]
    settings: Sequence[str]


def study_page(sweep: Sweep) -> StudyPage:
    """Everything that the study has so far."""
    table = table_of(sweep)
    settings = [name.removesuffix("._target_") for name in varied_settings(sweep)]
    titles = [" ".join(map(str, line.get("overrides", ()))) or line["cell"] for line in sweep.lines]
    first = [name for name in (*settings, *_FIRST) if name in table.columns]
    rest = [name for name in table.columns if name not in (*first, "cell")]
    columns = [*first, *rest][: max(len(first), _MOST_ENTRIES // max(1, table.height))]
    shown_rows = min(table.height, max(1, _MOST_ENTRIES // max(1, len(columns))))
    rows = [
        Row(record["cell"], titles[i], [_entry(record[name]) for name in columns])
        for i, record in enumerate(table.head(shown_rows).to_dicts())
    ]
    numeric = [table.schema[name].is_numeric() for name in columns]
    cells, left_out = _cells(sweep, rows)
    numbers = [name for name, is_number in zip(columns, numeric, strict=True) if is_number]
    notes = []
    if shown_rows < table.height:
        notes.append(
            f"The first {shown_rows} of {table.height} trainings: rnnchaos sweep table --csv has all."
        )
    return StudyPage(
        title=f"{sweep.study.name} {sweep.path.name}",
        command=shlex.join(["rnnchaos", *map(str, sweep.command[1:])]),
        counts=Counter(map(str, table["status"])).most_common() if table.height else [],
        columns=columns,
        numeric=numeric,
        rows=rows,
        x=next(
            (name for name in settings if name in numbers and name != "seed"),
            "seed" if "seed" in numbers else "",
        ),
        y=next((name for name in _FIRST if name in numbers), numbers[0] if numbers else ""),
        colour=next((name for name in settings if name in columns and name not in numbers), ""),
        cells=cells,
        left_out=left_out,
        notes=notes,
        settings=settings,
    )


def _entry(value: Any) -> Entry:
    return Entry(shown(value), number(value))


def _cells(sweep: Sweep, rows: Sequence[Row]) -> tuple[list[RunPage], int]:
    """A page of each training that has a folder, as large as there is room for, and how many there is no room for."""
    room = _ROOM // max(1, len(rows))
    pages, left_out = [], 0
    for row in {row.id: row for row in rows}.values():
        try:
            contents = Contents(RunFolder.open(sweep.folder(row.id)))
        except ConfigError:
            continue  # it has not begun, or the table says what is wrong with it
        if room >= _WHOLE:
            steps = min(_MOST_STEPS, max(_FEWEST_STEPS, (room - _WHOLE) // _STEP))
            pages.append(run_page(contents, name=f"cell-{row.id}", title=row.title, most_steps=steps))
        elif room >= _BRIEF:
            pages.append(brief_page(contents, name=f"cell-{row.id}", title=row.title))
        else:
            left_out += 1
    return pages, left_out
