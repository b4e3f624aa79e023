"""All runs of an outputs folder."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from rnnchaos.errors import ConfigError
from rnnchaos.runs import layout
from rnnchaos.runs.claim import observed_status, owner_lives
from rnnchaos.runs.folder import read_record
from rnnchaos.runs.litter import is_husk, remove_husk
from rnnchaos.runs.records import RunRecord
from rnnchaos.runs.status import Status


class ListedRun(NamedTuple):
    """A run as it stands now."""

    path: Path
    status: Status  # DEAD where the process of a running run is gone, UNREADABLE or UNBEGUN where there is no record
    reason: str | None
    started: datetime  # the time of the folder where there is no record
    record: RunRecord | None


def list_runs(outputs: Path) -> list[ListedRun]:
    """Every run of `outputs`, the newest first; reads one small file per run.

    None where there is no such folder yet. Raises ConfigError where it cannot be listed.
    """
    if not outputs.exists():
        return []
    try:
        runs = [_listed(folder) for folder in _version_folders(outputs)]
    except OSError as error:
        raise ConfigError(f"cannot list the runs of {outputs}: {error.strerror or error}") from error
    return sorted(runs, key=lambda run: (run.started, run.path), reverse=True)


def _version_folders(outputs: Path) -> Iterator[Path]:
    for parent in filter(Path.is_dir, outputs.iterdir()):
        is_sweep = parent.name.endswith(layout.SWEEP_SUFFIX)
        try:
            names = os.listdir(parent)
        except OSError:
            yield parent  # as one entry that cannot be read
        else:
            for name in names:
                # `rnnchaos sweep` shows sweeps, but not those that were never begun.
                if layout.version_number(name) is not None and not (
                    is_sweep and (parent / name / layout.SWEEP).exists()
                ):
                    yield parent / name
            if not names:
                yield parent  # of a process that died even before it made the run's own folder


def remove_husks(outputs: Path) -> list[Path]:
    """Remove the folders of runs that were never begun, and give back those that are gone."""
    husks = [run.path for run in list_runs(outputs) if run.status is Status.UNBEGUN]
    return [path for path in husks if remove_husk(path)]


def _listed(folder: Path) -> ListedRun:
    try:
        record = read_record(folder)
    except ConfigError as error:
        changed = datetime.fromtimestamp(folder.lstat().st_mtime, UTC)
        if os.path.lexists(folder / layout.RUN) or not is_husk(folder):
            return ListedRun(folder, Status.UNREADABLE, str(error), changed, None)
        if owner_lives(folder):
            return ListedRun(folder, Status.RUNNING, "it has just begun", changed, None)
        return ListedRun(folder, Status.UNBEGUN, Status.UNBEGUN.message, changed, None)
    status = observed_status(folder, record)
    reason = status.message if status is Status.DEAD else record.reason
    return ListedRun(folder, status, reason, record.started, record)
