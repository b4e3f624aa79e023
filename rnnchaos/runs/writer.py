"""Writing a run folder, from its creation to its checksums."""

import contextlib
import dataclasses
import shutil
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.runs import checksums, jsonfile, layout, records, tensors
from rnnchaos.runs.atomic import append, replacing, write
from rnnchaos.runs.process import Process
from rnnchaos.runs.records import Kind, RunRecord
from rnnchaos.runs.status import Status

_KEPT_CHECKPOINTS = 2


class RunWriter:
    """A run folder while its run is running.

    As a context manager it sees to it that the run ends: `finished` after a plain end, `interrupted` after
    Ctrl-C, `failed` after any other exception, whose traceback goes to log.txt. Nothing can be written after
    the end. Every method raises RunError where the disk refuses; what was written earlier stays whole.
    """

    path: Path
    record: RunRecord

    def __init__(self, path: Path, record: RunRecord, provenance: Mapping[str, Any]) -> None:
        self.path = path
        self.record = record
        self._provenance = provenance

    @classmethod
    def create(
        cls,
        outputs: Path,
        *,
        name: str,
        kind: Kind,
        config_text: str,
        provenance: Mapping[str, Any],
        parent: Path | None = None,
    ) -> "RunWriter":
        """Make the next folder `outputs/name/v0001`, its own for each of the processes that ask at once.

        `parent` is the run folder that this run measures. Raises ConfigError for a bad name.
        """
        path, version = layout.make_version_folder(outputs, name)
        record = RunRecord(
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
        )
        run = cls(path, record, provenance)
        try:
            write(path / layout.RUN, jsonfile.to_text(record.to_json()))
            write(path / layout.CONFIG, config_text)
            run._write_provenance(record)
        except RunError:
            shutil.rmtree(path, ignore_errors=True)  # a full disk shall not leave a run that never was
            raise
        layout.point_latest(path)
        return run

    def __enter__(self) -> "RunWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.record.status.has_ended:
            return
        if error is None:
            self.finish(Status.FINISHED)
            return
        with contextlib.suppress(RunError):  # the error under way says more than a disk that is full
            self.log("".join(traceback.format_exception(error)))
        interrupted = isinstance(error, KeyboardInterrupt)
        status = Status.INTERRUPTED if interrupted else Status.FAILED
        reason = None if interrupted else _one_line(error)
        try:
            self.finish(status, reason=reason)
        except RunError:
            with contextlib.suppress(RunError):
                self._write_record(self._ended(status, {}, reason))

    def append_history(self, record: Mapping[str, float | int | str | None]) -> None:
        """Add one line to history.jsonl; what is not finite is stored as null."""
        append(self._file(layout.HISTORY), jsonfile.to_line(record))

    def log(self, message: str) -> None:
        """Add a line, with the time in UTC, to log.txt."""
        append(self._file(layout.LOG), f"{records.now():%Y-%m-%d %H:%M:%S}  {message.rstrip()}\n")

    def save_arrays(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Store arrays/<name>.npz. Raises ValueError for arrays of Python objects."""
        layout.check_name(name, setting="the name of arrays")
        write(self._file(f"{layout.ARRAYS}/{name}.npz"), tensors.to_npz(arrays))

    def save_weights(self, weights: Mapping[str, np.ndarray], *, metadata: Mapping[str, str]) -> None:
        """Store weights.safetensors, with `metadata` in its header."""
        write(self._file(layout.WEIGHTS), tensors.to_safetensors(weights, metadata))

    def save_checkpoint(self, step: int, state: Mapping[str, np.ndarray]) -> None:
        """Store the state of training after `step` optimiser steps; the last two checkpoints are kept."""
        file = self._file(layout.checkpoint_file(Path(), step))
        write(file, tensors.to_safetensors(state, {"step": str(step)}))
        # Only now, so that there is always a whole one.
        for old in layout.checkpoint_steps(self.path)[:-_KEPT_CHECKPOINTS]:
            layout.checkpoint_file(self.path, old).unlink(missing_ok=True)

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
        record = self._ended(status, summary or {}, reason)
        if summary is not None:
            write(self._file(layout.SUMMARY), jsonfile.to_text(summary))
        self._write_provenance(record)
        text = jsonfile.to_text(record.to_json())
        sums = checksums.digests(self.path) | {layout.RUN: checksums.digest(text.encode())}
        write(self._file(layout.CHECKSUMS), checksums.to_text(sums))
        self._write_record(record)

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
        write(self._file(layout.PROVENANCE), jsonfile.to_text(provenance))

    def _file(self, name: str | Path) -> Path:
        if self.record.status.has_ended:
            raise ValueError(f"{self.path} has ended, {name} cannot be written any more")
        return self.path / name


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, ConfigError | RunError) else f"{type(error).__name__}: {text}"
