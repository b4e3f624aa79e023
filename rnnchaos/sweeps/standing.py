"""How the cells of a sweep stand: from the journals of those who worked on them, with few files to read."""

import os
import secrets
import socket
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from rnnchaos.errors import ConfigError
from rnnchaos.runs import RESULTS, RunFolder, Status, layout, opening, records
from rnnchaos.runs.claim import deaths, host_of_last_death, owner_lives
from rnnchaos.runs.lines import append_line, read_lines
from rnnchaos.sweeps.sweep import Sweep

MOST_DEATHS = 3
"""A cell whose process was killed this often is not tried again by itself."""
WAITING = "waiting"
QUEUED = "queued"
"""A cell that nobody is at, and for which a scheduler has a job."""
_NEVER, _NOW = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


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
        self._file = opening.inside(study, "journal") / name
        self._file.parent.mkdir(parents=True, exist_ok=True)

    def began(self, cell: str) -> None:
        self._add({"cell": cell, "status": str(Status.RUNNING)})

    def ended(self, cell: str, standing: Standing) -> None:
        self._add({"cell": cell, **standing._asdict()})

    def _add(self, line: Mapping[str, Any]) -> None:
        append_line(self._file, {"time": records.now().isoformat(), **line})


def of_cell(folder: Path) -> Standing:
    """From the run folder of a cell itself, held against its digests, whatever the journals say."""
    return _seen(folder)[0]


def _seen(folder: Path) -> tuple[Standing, datetime]:
    """How a cell stands by its run folder, and since when: `_NEVER` where no run says so, `_NOW` where it goes on."""
    try:
        record = RunFolder.open(folder).record
    except ConfigError as error:
        if (folder / layout.RUN).exists():
            return Standing(str(Status.FAILED), str(error)), _NOW
        lost = deaths(folder) if folder.exists() else 0
        return _too_many(folder, lost) if lost >= MOST_DEATHS else Standing(WAITING), _NEVER
    status = record.status
    if status is Status.RUNNING and not owner_lives(folder):
        lost = deaths(folder)
        dead = Standing(str(Status.DEAD), Status.DEAD.message)
        return _too_many(folder, lost) if lost >= MOST_DEATHS else dead, _NOW
    return Standing(str(status), record.reason, record.headline), record.ended or _NOW


def standings(sweep: Sweep, *, rebuild: bool = False) -> list[Standing]:
    """Of all cells in the order of the sweep. `rebuild` looks into every run folder instead of the journals."""
    if rebuild:
        found = [of_cell(sweep.folder(cell)) for cell in sweep.ids]
    else:
        last, begun = _last_lines(sweep.study), _begun(sweep.study)
        found = [_of_line(sweep, cell, last.get(cell), begun) for cell in sweep.ids]
    return [_refused(line) or standing for line, standing in zip(sweep.lines, found, strict=True)]


def recorded(study: Path) -> dict[str, Standing]:
    """What the journals of a study say last of each cell that any of its sweeps has begun."""
    return {cell: _as_told(line) for cell, line in _last_lines(study).items()}


def _refused(line: Mapping[str, Any]) -> Standing | None:
    """Of a cell of a search whose settings nobody can train."""
    return Standing(str(Status.FAILED), line["refused"]) if "refused" in line else None


def _of_line(sweep: Sweep, cell: str, line: Mapping[str, Any] | None, begun: Collection[str]) -> Standing:
    """By the last line about a cell, and, unless that is its result, by its run folder where that is newer.

    A process may have been killed before it wrote this down, and what it wrote may have been lost.
    """
    if line is not None and line["status"] in RESULTS:
        return _as_told(line)
    if cell not in begun:
        return Standing(WAITING) if line is None or line["status"] == Status.RUNNING else _as_told(line)
    standing, since = _seen(sweep.folder(cell))
    if line is None or line["status"] == Status.RUNNING or since > datetime.fromisoformat(line["time"]):
        return standing
    return _as_told(line)


def _as_told(line: Mapping[str, Any]) -> Standing:
    return Standing(line["status"], line.get("reason"), line.get("headline", {}))


def _begun(study: Path) -> set[str]:
    """The cells that have a folder; a look into few folders, however many cells there are."""
    return {path.name for path in (study / "cells").glob("*/*")}


def _last_lines(study: Path) -> dict[str, Mapping[str, Any]]:
    """The newest line about each cell; one with a result is newer than any without."""
    last: dict[str, Mapping[str, Any]] = {}
    for file in sorted(opening.inside(study, "journal").glob("*.jsonl")):
        for line in read_lines(file, _check, instead="the run folders are read in their place"):
            if line is None:
                continue
            known = last.get(line["cell"])
            if known is None or _rank(known) <= _rank(line):
                last[line["cell"]] = line
    return last


def _check(line: Mapping[str, Any]) -> None:
    """Raise ValueError, KeyError or TypeError for what is no line of a journal."""
    if line["status"] != WAITING:
        Status(line["status"])
    if datetime.fromisoformat(line["time"]).tzinfo is None:
        raise ValueError("a time without a zone")
    kinds = {"cell": str, "reason": str | None, "headline": dict}
    for name, kind in kinds.items():
        if not isinstance(line.get(name, {} if name == "headline" else None), kind):
            raise ValueError(f"its {name} is none")


def _rank(line: Mapping[str, Any]) -> tuple[bool, str]:
    return line["status"] in RESULTS, line["time"]


def _too_many(folder: Path, lost: int) -> Standing:
    host = host_of_last_death(folder)
    reason = f"its process died {lost} times{f', the last time on {host}' if host else ''}"
    return Standing(str(Status.FAILED), f"{reason}; most likely it needs more memory than there is")


def log_of(sweep: Sweep, cell: str) -> Path:
    """Where to look for what went wrong."""
    return sweep.folder(cell) / layout.LOG


def summary_of(sweep: Sweep, cell: str) -> dict[str, Any]:
    """All results of an ended cell. Raises ConfigError where there are none."""
    return RunFolder.open(sweep.folder(cell)).summary
