"""rnnchaos report: the page of a run or of a sweep, written to a file."""

from collections.abc import Sequence
from pathlib import Path

from rnnchaos.console import Console
from rnnchaos.outcome import Outcome
from rnnchaos.report.contents import Contents
from rnnchaos.report.run_page import run_page
from rnnchaos.report.writing import check_target, rendered, write
from rnnchaos.runs import RunFolder
from rnnchaos.sweeps.sweep import Sweep

_MOST_BYTES, _LEAST_ROOM = 5_900_000, 200_000


def make_report(folder: Path, output: Path | None, *, replace: bool, console: Console) -> Outcome:
    """Write the page of a run or a sweep to `output`, or named after it into the current folder.

    Raises ConfigError for what is neither, and for a file that is there already or cannot be written.
    """
    if (sweep := Sweep.at(folder)) is not None:
        return _of_sweep(sweep, output, replace=replace, console=console)
    return _of_run(folder, output, replace=replace, console=console)


def _of_run(folder: Path, output: Path | None, *, replace: bool, console: Console) -> Outcome:
    contents = Contents(RunFolder.open(folder))
    record = contents.run.record
    name = f"{record.name}-v{record.version:04d}"
    target = Path(f"{name}.html") if output is None else output
    check_target(target, replace=replace)
    page = run_page(contents, name="run", title=f"{record.name} v{record.version:04d}")
    return _written(target, rendered("run.html.j2", {"page": page}, ["turn.js"]), console, page.notes)


def _of_sweep(sweep: Sweep, output: Path | None, *, replace: bool, console: Console) -> Outcome:
    from rnnchaos.report.study_page import ROOM, study_page

    target = Path(f"{sweep.study.name}-{sweep.path.name}.html") if output is None else output
    check_target(target, replace=replace)
    room, text = ROOM, ""
    while not text or (len(text.encode()) > _MOST_BYTES and room > _LEAST_ROOM):
        page = study_page(sweep, target.stem, room)
        text = rendered("study.html.j2", {"page": page}, ["turn.js", "study.js"])
        room //= 2  # the cells had more in them than others have
    beside = [target.with_name(f"{target.stem}-cells-{k + 1}.html") for k in range(len(page.beside))]
    for file in beside:
        check_target(file, replace=replace)
    for file, cells in zip(beside, page.beside, strict=True):
        values = {"title": page.title, "cells": cells, "back": target.name}
        write(file, rendered("cells.html.j2", values, []))
    return _written(target, text, console, page.notes)


def _written(target: Path, page: str, console: Console, notes: Sequence[str]) -> Outcome:
    size = write(target, page)
    for note in notes:
        console.print(f"not shown: {note}", highlight=False, soft_wrap=True)
    console.print(
        f"{target}: {size / 1e6:.1f} MB; open it in a browser, or mail it", highlight=False, soft_wrap=True
    )
    return Outcome(0, {"file": str(target), "bytes": size, "not_shown": list(notes)})
