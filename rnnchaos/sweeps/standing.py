"""How the cells of a sweep stand: from the journals of those who worked on them, with few files to read."""

import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rnnchaos.errors import ConfigError
from rnnchaos.runs import RESULTS, RunFolder, Status, jsonfile, layout, records
from rnnchaos.runs.atomic import append
from rnnchaos.runs.claim import deaths, owner_lives
from rnnchaos.runs.folder import read_record
from rnnchaos.sweeps.sweep import Sweep

MOST_DEATHS = 3
"""A cell whose process was killed this often is not tried again by itself."""
WAITING = "waiting"
QUEUED = "queued"
"""A cell that nobody is at, and for which a scheduler has a job."""


class Standing(NamedTuple):
    """How one cell stands."""

    status: str
    """`waiting`, `queued`, or a status of runs."""
    reason: str | None = None
    headline: Mapping[str, Any] = {}
    """The plain numbers and words of its summary."""

    @property
    def has_result(self) -> bool:
        return self.status in RESULTS

    @property
    def has_ended(self) -> bool:
        """Whether it is tried again only if somebody asks for it."""
        return self.has_result or self.status == Status.FAILED


class Journal:
    """What one process does for a study: a line where it begins a cell, and one where the cell has ended."""

    def __init__(self, study: Path) -> None:
        name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self._file = study / "journal" / name
        self._file.parent.mkdir(parents=True, exist_ok=True)

    def began(self, cell: str) -> None:
        self._add({"cell": cell, "status": str(Status.RUNNING)})

    def ended(self, cell: str, standing: Standing) -> None:
        self._add({"cell": cell, **standing._asdict()})

    def _add(self, line: Mapping[str, Any]) -> None:
        append(self._file, jsonfile.to_line({"time": records.now().isoformat(), **line}))


def of_cell(folder: Path) -> Standing:
    """From the run folder of a cell itself, whatever the journals say."""
    try:
        record = read_record(folder)
    except ConfigError as error:
        if not (folder / layout.RUN).exists():
            lost = deaths(folder) if folder.exists() else 0
            return _too_many(lost) if lost >= MOST_DEATHS else Standing(WAITING)
        return Standing(str(Status.FAILED), str(error))
    status = record.status
    if status is Status.RUNNING and not owner_lives(folder):
        lost = deaths(folder)
        return _too_many(lost) if lost >= MOST_DEATHS else Standing(str(Status.DEAD), Status.DEAD.message)
    return Standing(str(status), record.reason, record.headline)


def standings(sweep: Sweep, *, rebuild: bool = False) -> list[Standing]:
    """Of all cells in the order of the sweep. `rebuild` looks into every run folder instead of the journals."""
    if rebuild:
        found = [of_cell(sweep.folder(cell)) for cell in sweep.ids]
    else:
        last = _last_lines(sweep.study / "journal")
        found = [_of_line(sweep, cell, last.get(cell)) for cell in sweep.ids]
    return [_refused(line) or standing for line, standing in zip(sweep.lines, found, strict=True)]


def recorded(study: Path) -> dict[str, Standing]:
    """What the journals of a study say last of each cell that any of its sweeps has begun."""
    lines = _last_lines(study / "journal").values()
    return {
        line["cell"]: Standing(line["status"], line.get("reason"), line.get("headline", {})) for line in lines
    }


def _refused(line: Mapping[str, Any]) -> Standing | None:
    """Of a cell of a search whose settings nobody can train."""
    return Standing(str(Status.FAILED), line["refused"]) if "refused" in line else None


def _of_line(sweep: Sweep, cell: str, line: Mapping[str, Any] | None) -> Standing:
    if line is None:
        return Standing(WAITING)
    if line["status"] == Status.RUNNING:  # it may have been killed since, even before it wrote this down
        return of_cell(sweep.folder(cell))
    return Standing(line["status"], line["reason"], line["headline"])


def _last_lines(folder: Path) -> dict[str, Mapping[str, Any]]:
    """The newest line about each cell; one with a result is newer than any without."""
    last: dict[str, Mapping[str, Any]] = {}
    for file in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        for text in file.read_bytes().split(b"\n")[:-1]:  # a killed process may leave half a line
            line = jsonfile.from_text(text)
            known = last.get(line["cell"])
            if known is None or _rank(known) <= _rank(line):
                last[line["cell"]] = line
    return last


def _rank(line: Mapping[str, Any]) -> tuple[bool, str]:
    return line["status"] in RESULTS, line["time"]


def _too_many(lost: int) -> Standing:
    return Standing(str(Status.FAILED), f"its process died {lost} times")


def log_of(sweep: Sweep, cell: str) -> Path:
    """Where to look for what went wrong."""
    return sweep.folder(cell) / layout.LOG


def summary_of(sweep: Sweep, cell: str) -> dict[str, Any]:
    """All results of an ended cell. Raises ConfigError where there are none."""
    return RunFolder.open(sweep.folder(cell)).summary
