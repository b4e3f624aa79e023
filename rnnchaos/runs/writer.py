"""Writing a run folder, from its creation to its checksums."""

import contextlib
import csv
import dataclasses
import io
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import yaml

from rnnchaos import plugins
from rnnchaos.errors import ConfigError, LostClaimError, RunError, TimeUp
from rnnchaos.escaping import escaped
from rnnchaos.runs import checksums, jsonfile, layout, opening, records, tensors
from rnnchaos.runs.atomic import append, replacing, storing, write
from rnnchaos.runs.claim import Claim
from rnnchaos.runs.folder import RunFolder
from rnnchaos.runs.history_file import HistoryFile
from rnnchaos.runs.litter import claim_new, discard, tidy
from rnnchaos.runs.process import Process
from rnnchaos.runs.records import RunRecord
from rnnchaos.runs.stale import again_where_stale
from rnnchaos.runs.status import Status
from rnnchaos.runs.tensors import Checkpoint

_KEPT_CHECKPOINTS = 2


class RunWriter:
    """A run folder while its run is running.

    As a context manager it sees to it that the run ends: `finished` after a plain end, `interrupted` after
    Ctrl-C, `failed` after any other exception, whose traceback goes to log.txt. Nothing can be written after
    the end. Every method raises RunError where the disk refuses; what was written earlier stays whole. A writer
    that another process took for dead writes no more checkpoint and no end: LostClaimError.
    """

    path: Path
    record: RunRecord

    def __init__(self, record: RunRecord, provenance: Mapping[str, Any], claim: Claim) -> None:
        self.path = claim.folder
        self.record = record
        self._provenance = provenance
        self._claim = claim
        self._history = HistoryFile(self.path / layout.HISTORY)

    @classmethod
    def create(
        cls,
        outputs: Path,
        *,
        name: str,
        kind: str,
        config_text: str,
        provenance: Mapping[str, Any],
        parent: Path | None = None,
    ) -> "RunWriter":
        """Make the next folder `outputs/name/v0001`, its own for each of the processes that ask at once.

        `parent` is the run folder that this run measures. Raises ConfigError for a bad name.
        """
        provenance = _with_plugins(provenance, config_text, kind)  # first: one that fails leaves no folder
        claim, version = claim_new(outputs, name)
        try:
            record = _new_record(kind, name, version, parent, config_text)
            run = cls._begin(claim, record, config_text, provenance)
        except BaseException:
            discard(claim.folder)  # a full disk shall not leave a run that never was
            claim.release()
            raise
        layout.point_latest(claim.folder)
        return run

    @classmethod
    def create_at(
        cls, claim: Claim, *, name: str, kind: str, config_text: str, provenance: Mapping[str, Any]
    ) -> "RunWriter":
        """Begin a run in the folder that was claimed, as a sweep does for its cells."""
        layout.check_own(claim.folder)
        tidy(claim.folder)
        record = _new_record(kind, name, 1, None, config_text)
        return cls._begin(claim, record, config_text, _with_plugins(provenance, config_text, kind))

    @classmethod
    def reopen(cls, claim: Claim, *, version: str) -> "RunWriter":
        """Go on with the run in the folder that was claimed, with this `version` of the package.

        Raises ConfigError where the folder holds no run that can be read, or its plugins are not what they were.
        """
        folder = RunFolder.open(claim.folder)
        provenance = folder.provenance
        plugins.check_unchanged(provenance.get("plugins"), of=folder.path)
        config_sha256 = checksums.digest(folder.config_text.encode())  # of earlier versions from now on
        process = Process.current()
        record = dataclasses.replace(
            folder.record,
            status=Status.RUNNING,
            reason=None,
            ended=None,
            process=process,
            config_sha256=config_sha256,
        )
        attempt = {"started": records.now().isoformat(timespec="milliseconds"), "rnnchaos": version}
        attempts = [
            *provenance.get("resumed", []),
            attempt | {"host": process.host, "pid": process.pid},
        ]
        run = cls(record, provenance | {"resumed": attempts}, claim)
        tidy(claim.folder)
        run._write_record(record)  # first: from now on the checksums of an earlier end count for nothing
        run._remove(layout.CHECKSUMS)
        run._drop_old_checkpoints()
        run._write_provenance(record)
        if layout.version_number(claim.folder.name) is not None:
            layout.point_latest(claim.folder)  # the process may have died just before
        return run

    @classmethod
    def _begin(
        cls, claim: Claim, record: RunRecord, config_text: str, provenance: Mapping[str, Any]
    ) -> "RunWriter":
        run = cls(record, provenance, claim)
        write(run.path / layout.CONFIG, config_text)
        run._write_provenance(record)
        run._write_record(record)  # last, so that a folder with a record has the others
        return run

    def __enter__(self) -> "RunWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.record.status.has_ended:
            return
        if error is not None and self._claim.is_lost():
            self._claim.release()
            return
        if error is None:
            self.finish(Status.FINISHED)
            return
        with contextlib.suppress(RunError):  # the error under way says more than a disk that is full
            self.log("".join(traceback.format_exception(error)))
        interrupted = isinstance(error, KeyboardInterrupt)
        status = _STATUS_OF_STOP.get(type(error), Status.FAILED)
        reason = None if interrupted else _one_line(error)
        try:
            self.finish(status, reason=reason)
        except RunError:
            with contextlib.suppress(RunError):
                self._remove(layout.CHECKSUMS)  # they may be of an end that could not be recorded
                self._write_record(self._ended(status, {}, reason))
            self._claim.release()

    @property
    def history(self) -> HistoryFile:
        """history.jsonl."""
        self._file(layout.HISTORY)
        return self._history

    def log(self, message: str) -> None:
        """Add a line, with the time in UTC, to log.txt."""
        append(self._file(layout.LOG), f"{records.now():%Y-%m-%d %H:%M:%S}  {escaped(message.rstrip())}\n")

    def save_arrays(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Store arrays/<name>.npz. Raises ValueError for arrays of Python objects."""
        layout.check_name(name, setting="the name of arrays")
        write(self._file(f"{layout.ARRAYS}/{name}.npz"), tensors.to_npz(arrays))

    def save_table(self, name: str, columns: Mapping[str, np.ndarray]) -> None:
        """Store <name>.csv, its columns of equal length under their names."""
        layout.check_name(name, setting="the name of a table")
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(columns)
        rows.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
        write(self._file(f"{name}.csv"), text.getvalue())

    def save_summary(self, summary: Mapping[str, Any]) -> None:
        """Store what has been measured so far; `finish` stores all of it."""
        write(self._file(layout.SUMMARY), jsonfile.to_text(summary))

    def save_weights(self, weights: Mapping[str, np.ndarray], *, metadata: Mapping[str, str]) -> None:
        """Store weights.safetensors, with `metadata` in its header."""
        write(self._file(layout.WEIGHTS), tensors.to_safetensors(weights, metadata))

    def save_checkpoint(self, step: int, state: Mapping[str, np.ndarray]) -> None:
        """Store the state of training after `step` optimiser steps; the last two checkpoints are kept."""
        self._check_claim()
        file = self._file(layout.checkpoint_file(Path(), step))
        own, history = self.record.config_sha256, self._history.content
        write(file, tensors.to_checkpoint(step, state, history, config=own))
        self._drop_old_checkpoints()  # only now, so that there is always a whole one

    def checkpoint_steps(self) -> list[int]:
        """The steps of the checkpoints of earlier attempts at this run, the newest first."""
        return layout.checkpoint_steps(self.path)[::-1]

    def load_checkpoint(self, step: int) -> Checkpoint:
        """A checkpoint of an earlier attempt at this run. Raises ConfigError for a damaged one."""
        return RunFolder.open(self.path).load_checkpoint(step)

    @contextlib.contextmanager
    def figure(self, name: str) -> Iterator[Path]:
        """A path to save a figure at; it becomes figures/<name>.png when the block ends."""
        layout.check_name(name, setting="the name of a figure")
        with replacing(self._file(f"{layout.FIGURES}/{name}.png")) as temporary:
            yield temporary

    def finish(
        self, status: Status, summary: Mapping[str, Any] | None = None, *, reason: str | None = None
    ) -> None:
        """End the run: store the summary, the checksums and, last of all, how it ended.

        `reason` is one line for a run that did not finish; without one it is the status's own message.
        """
        self._check_claim()
        record = self._ended(status, summary or {}, reason)
        if summary is not None:
            self.save_summary(summary)
        self._write_provenance(record)
        text = jsonfile.to_text(record.to_json())
        sums = checksums.digests(self.path) | {layout.RUN: checksums.digest(text.encode())}
        write(self._file(layout.CHECKSUMS), checksums.to_text(sums))
        self._write_record(record)
        self._claim.release()

    def _check_claim(self) -> None:
        if not self._claim.is_held():
            raise LostClaimError(
                f"{self.path} was taken over by another process, which took this one for dead"
            )

    def _ended(self, status: Status, summary: Mapping[str, Any], reason: str | None) -> RunRecord:
        if not status.has_ended:
            raise ValueError(f"a run cannot end as {status}")
        if reason is None and status is not Status.FINISHED:
            reason = status.message
        return dataclasses.replace(
            self.record, status=status, reason=reason, ended=records.now(), headline=records.headline(summary)
        )

    def _write_record(self, record: RunRecord) -> None:
        write(self._file(layout.RUN), jsonfile.to_text(record.to_json()))
        self.record = record

    def _write_provenance(self, record: RunRecord) -> None:
        provenance = dict(self._provenance) | record.times_to_json()
        write(self._file(layout.PROVENANCE), jsonfile.to_text(jsonfile.sealed(provenance)))

    def _drop_old_checkpoints(self) -> None:
        for old in layout.checkpoint_steps(self.path)[:-_KEPT_CHECKPOINTS]:
            self._remove(layout.checkpoint_file(Path(), old))

    def _remove(self, name: str | Path) -> None:
        file = self._file(name)
        with storing(file):
            again_where_stale(file.unlink)(missing_ok=True)

    def _file(self, name: str | Path) -> Path:
        if self.record.status.has_ended:
            raise ValueError(f"{self.path} has ended, {name} cannot be written any more")
        return opening.inside(self.path, Path(name).parent) / Path(name).name


_STATUS_OF_STOP: dict[type[BaseException], Status] = {
    KeyboardInterrupt: Status.INTERRUPTED,
    TimeUp: Status.TIMED_OUT,
}


def _new_record(kind: str, name: str, version: int, parent: Path | None, config_text: str) -> RunRecord:
    return RunRecord(
        kind=kind,
        name=name,
        version=version,
        status=Status.RUNNING,
        reason=None,
        started=records.now(),
        ended=None,
        parent=None if parent is None else str(parent),
        process=Process.current(),
        headline={},
        config_sha256=checksums.digest(config_text.encode()),
    )


def _with_plugins(provenance: Mapping[str, Any], config_text: str, kind: str) -> Mapping[str, Any]:
    return {**provenance, "plugins": plugins.used(yaml.safe_load(config_text), kind=kind)}


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, ConfigError | RunError) else f"{type(error).__name__}: {text}"
