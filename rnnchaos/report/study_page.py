"""What the pages of a sweep show: its table, a plot that the table feeds, and every cell."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from rnnchaos.errors import ConfigError
from rnnchaos.report.blocks import RunPage
from rnnchaos.report.contents import Contents
from rnnchaos.report.run_page import Detail, brief_page, run_page
from rnnchaos.report.values import number, shown
from rnnchaos.runs import RunFolder
from rnnchaos.sweeps.standing import QUEUED, WAITING
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import table_of, varied_settings

# Bytes: of the cells of a page, of one cell with all it has, with its curves, and in numbers alone.
ROOM, _WHOLE, _CURVES, _BRIEF = 5_000_000, 160_000, 60_000, 10_000
# Bytes of a step of both attractors, and how many steps there are of them.
_STEP, _FEWEST_STEPS, _MOST_STEPS = 16, 300, 4000
# Entries of the table of one page.
_MOST_ENTRIES = 40_000
# Columns that stand first; the sentence is on the page of the cell.
_FIRST = (
    *("status", "learned", "d_stsp_paper", "d_h_gtf", "wasserstein", "lambda_max", "valid_prediction_time"),
    *("valid_prediction_time_in_time_units", "share", "kaplan_yorke_dimension", "cpu_seconds", "reason"),
)
_LEFT_OUT = ("cell", "sentence")


@dataclass(frozen=True)
class Entry:
    """A cell of the table: what is read, and what it is sorted and drawn by."""

    words: str
    value: float | None


@dataclass(frozen=True)
class Row:
    """One training; `link` leads to its page, and is empty where it has none."""

    id: str
    title: str
    link: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class StudyPage:
    """All that is shown of a sweep. `beside` are the cells for which the page has no room, a page for each list."""

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
    beside: Sequence[Sequence[RunPage]]
    notes: Sequence[str]
    settings: Sequence[str]


def study_page(sweep: Sweep, stem: str, room: int = ROOM) -> StudyPage:
    """Everything that the study has so far, cells in about `room` bytes; further pages are `stem-cells-1.html`, …"""
    seen = _seen(table_of(sweep), _settings(sweep))
    titles = _titles(sweep)
    ids = list(dict.fromkeys(seen.shown["cell"])) if seen.shown.height else []
    pages = list(_cells(sweep, ids, titles, room))
    own = max(1, room // _BRIEF)
    shares = [pages[start : start + own] for start in range(0, len(pages), own)]
    links = {
        page.id.removeprefix("cell-"): f"{f'{stem}-cells-{k}.html' if k else ''}#{page.id}"
        for k, share in enumerate(shares)
        for page in share
    }
    return _page(sweep, seen, titles, links, cells=shares[0] if shares else [], beside=shares[1:])


def live_study_page(sweep: Sweep) -> StudyPage:
    """How a study stands, without its cells: a row of one that has begun leads to `CELL/`."""
    seen = _seen(table_of(sweep), _settings(sweep))
    begun = [row["cell"] for row in seen.shown.to_dicts() if row["status"] not in (WAITING, QUEUED)]
    return _page(sweep, seen, _titles(sweep), {cell: f"{cell}/" for cell in begun}, cells=[], beside=[])


class _Seen(NamedTuple):
    """What a page has room for of a table."""

    table: pl.DataFrame
    shown: pl.DataFrame
    columns: Sequence[str]


def _seen(table: pl.DataFrame, settings: Sequence[str]) -> _Seen:
    first = [name for name in dict.fromkeys((*settings, *_FIRST)) if name in table.columns]
    rest = [name for name in table.columns if name not in (*first, *_LEFT_OUT)]
    columns = [*first, *rest][: max(len(first), _MOST_ENTRIES // max(1, table.height))]
    return _Seen(table, table.head(max(1, _MOST_ENTRIES // max(1, len(columns)))), columns)


def _settings(sweep: Sweep) -> list[str]:
    return [name.removesuffix("._target_") for name in varied_settings(sweep)]


def _titles(sweep: Sweep) -> dict[str, str]:
    return {line["cell"]: " ".join(map(str, line.get("overrides", ()))) for line in sweep.lines}


def _page(
    sweep: Sweep,
    seen: _Seen,
    titles: Mapping[str, str],
    links: Mapping[str, str],
    *,
    cells: Sequence[RunPage],
    beside: Sequence[Sequence[RunPage]],
) -> StudyPage:
    table, settings = seen.table, _settings(sweep)
    rows = [
        Row(
            record["cell"],
            titles[record["cell"]] or record["cell"],
            links.get(record["cell"], ""),
            [Entry(shown(record[name]), number(record[name])) for name in seen.columns],
        )
        for record in seen.shown.to_dicts()
    ]
    numeric = [table.schema[name].is_numeric() for name in seen.columns]
    numbers = [name for name, is_number in zip(seen.columns, numeric, strict=True) if is_number]
    across = [name for name in settings if name in numbers]
    lacking = table.height - len(rows)
    return StudyPage(
        title=f"{sweep.study.name} {sweep.path.name}",
        command=shlex.join(["rnnchaos", "train", *map(str, sweep.command[1:])]),
        counts=Counter(map(str, table["status"])).most_common() if table.height else [],
        columns=seen.columns,
        numeric=numeric,
        rows=rows,
        x=next((name for name in across if name != "seed"), next(iter(across), "")),
        y=next((name for name in (*_FIRST, *numbers) if name in numbers and name not in settings), ""),
        colour=next((name for name in settings if name in seen.columns and name not in numbers), ""),
        cells=cells,
        beside=beside,
        notes=[f"{lacking} more trainings: rnnchaos sweep table --csv has all."] if lacking else [],
        settings=settings,
    )


def _cells(sweep: Sweep, ids: Sequence[str], titles: dict[str, Any], total: int) -> Iterator[RunPage]:
    """A page of each training that has a folder, as large as there is room for."""
    room = total // max(1, len(ids))
    for cell in ids:
        try:
            contents = Contents(RunFolder.open(sweep.folder(cell)))
        except ConfigError:
            continue  # it has not begun, or the table says what is wrong with it
        name, title = f"cell-{cell}", titles[cell] or cell
        if room < _CURVES:
            yield brief_page(contents, name=name, title=title)
            continue
        whole = room >= _WHOLE
        steps = (room - (_WHOLE if whole else _CURVES)) // _STEP
        detail = Detail(min(_MOST_STEPS, max(_FEWEST_STEPS, steps)), 500 if whole else 60, whole)
        yield run_page(contents, name=name, title=title, detail=detail)
