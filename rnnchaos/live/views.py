"""What there is to watch: a run, a sweep with its cells, and a folder of many."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from rnnchaos.errors import ConfigError
from rnnchaos.live.view import Page, View, made, stamps
from rnnchaos.report.contents import Contents
from rnnchaos.report.run_page import run_page
from rnnchaos.report.study_page import Entry, Row, live_study_page
from rnnchaos.report.values import number, shown
from rnnchaos.runs import RESULTS, RunFolder, Status, layout, list_runs, opening
from rnnchaos.sweeps.standing import standings
from rnnchaos.sweeps.sweep import SUFFIX, Sweep
from rnnchaos.sweeps.units import by_unit

# Of an outputs folder.
_MOST_ROWS = 2000
_TIMES = ("valid_prediction_time", "valid_prediction_time_in_time_units")
_SHOWN = ("learned", "d_stsp_paper", "lambda_max", *_TIMES)


def view_of(folder: Path) -> View:
    """What a folder holds. Raises ConfigError where that is neither a run nor a sweep, and no folder of them."""
    if (sweep := Sweep.at(folder)) is not None:
        return StudyView(sweep.path)
    followed = layout.follow_latest(folder)
    if (followed / layout.RUN).exists() or not folder.is_dir() or layout.newest_version(folder) is not None:
        return RunView(RunFolder.open(folder).path)
    if any(folder.iterdir()) and not any(folder.glob("*/v*")):
        raise ConfigError(f"{folder} is neither a run nor a sweep, and there is none in it")
    return OutputsView(folder)


class RunView(View):
    """The page of `rnnchaos report`, while the run is going on and after it."""

    def __init__(self, path: Path, *, up: str = "") -> None:
        self._path, self._up = path, up

    def page(self) -> Page:
        contents = Contents(RunFolder.open(self._path))
        record = contents.run.record
        ended = contents.run.observed_status() is not Status.RUNNING
        page = run_page(contents, name="run", title=f"{record.name} v{record.version:04d}")
        return made("run.html.j2", page, ["live.js", "turn.js"], up=self._up, ended=ended)

    def stamp(self) -> object:
        return [stamps(self._path / name) for name in (".", layout.ARRAYS, layout.FIGURES)]


class StudyView(View):
    """The table of a sweep and its plot; the cells have pages of their own."""

    def __init__(self, path: Path, *, up: str = "") -> None:
        self._path, self._up = path, up

    def page(self) -> Page:
        page = live_study_page(Sweep.open(self._path))
        ended = all(status in (*RESULTS, Status.FAILED) for status, _ in page.counts)
        return made("study.html.j2", page, ["live.js", "turn.js", "study.js"], up=self._up, ended=ended)

    def stamp(self) -> object:
        study = self._path.parent
        cells = [stamps(folder) for folder in sorted((study / "cells").glob("*"))]
        return [stamps(self._path), stamps(study / "journal"), cells]

    def find(self, names: Sequence[str]) -> View | None:
        if not names:
            return self
        sweep = Sweep.open(self._path)
        cell, *rest = names
        return None if rest or cell not in sweep.ids else RunView(sweep.folder(cell), up="../")


class OutputsView(View):
    """A list of all runs and sweeps of a folder; each has its page."""

    def __init__(self, outputs: Path) -> None:
        self._outputs = outputs

    def page(self) -> Page:
        rows = sorted(
            [*_runs(self._outputs), *_sweeps(self._outputs)], key=lambda row: row.began, reverse=True
        )
        numeric = [False, False, False, *(name != "learned" for name in _SHOWN), False]
        page = _OutputsPage(
            str(self._outputs), ["kind", "status", "began (UTC)", *_SHOWN, "reason"], numeric,
            [row.row for row in rows[:_MOST_ROWS]],
        )  # fmt: skip
        return made("outputs.html.j2", page, ["live.js", "study.js"], up="", ended=False)

    def stamp(self) -> object:
        try:
            folders = sorted(self._outputs.iterdir())
        except OSError:
            return []
        versions = [path for folder in folders for path in folder.glob("v*")]
        return [
            [stamps(folder) for folder in (*folders, *versions)],
            [stamps(each / "journal") for each in folders],
        ]

    def find(self, names: Sequence[str]) -> View | None:
        if not names:
            return self
        if len(names) < 2 or layout.version_number(names[1]) is None:
            return None
        name, version, *rest = names
        if name not in {path.name for path in self._outputs.iterdir()}:
            return None
        folder = opening.inside(self._outputs, name, version)
        of_study = name.endswith(SUFFIX) and (folder / layout.SWEEP).exists()
        return (StudyView if of_study else RunView)(folder, up="../../").find(rest)


class _OutputsPage(NamedTuple):
    title: str
    columns: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Row]
    x: str = ""
    y: str = ""
    colour: str = ""


class _Listed(NamedTuple):
    began: datetime
    row: Row


def _runs(outputs: Path) -> Iterator[_Listed]:
    for run in list_runs(outputs):
        if _is_elsewhere(outputs, run.path):
            continue
        headline = {} if run.record is None else by_unit(run.record.headline)
        kind = "" if run.record is None else run.record.kind
        values = [headline.get(name) for name in _SHOWN]
        status = str(run.status)
        yield _listed(outputs, run.path, run.started, [kind, status, *values, run.reason])


def _sweeps(outputs: Path) -> Iterator[_Listed]:
    for study in outputs.glob(f"*{SUFFIX}"):
        for sweep in () if study.is_symlink() else Sweep.versions(study):
            began = datetime.fromtimestamp((sweep.path / layout.SWEEP).stat().st_mtime, UTC)
            counts = Counter(standing.status for standing in standings(sweep)).most_common()
            status = ", ".join(f"{count} {status}" for status, count in counts)
            kind = "search" if sweep.search else "sweep"
            yield _listed(outputs, sweep.path, began, [kind, status, *[None] * len(_SHOWN), None])


def _is_elsewhere(outputs: Path, folder: Path) -> bool:
    try:
        return opening.inside(outputs, folder.relative_to(outputs)) != folder
    except ConfigError:
        return True


def _listed(outputs: Path, path: Path, began: datetime, values: Sequence[object]) -> _Listed:
    kind, status, *rest = values
    name = path.relative_to(outputs).parts
    link = "/".join(quote(part, safe="", errors="surrogateescape") for part in name) + "/"
    entries = [
        Entry(shown(value), number(value)) for value in (kind, status, f"{began:%Y-%m-%d %H:%M}", *rest)
    ]
    return _Listed(began, Row("/".join(name), "/".join(name), link if len(name) == 2 else "", entries))
