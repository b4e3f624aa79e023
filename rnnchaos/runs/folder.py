"""Reading a stored run. Nothing in its folder is executed, and what was altered is refused."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from rnnchaos.errors import ConfigError
from rnnchaos.runs import checksums, jsonfile, layout, opening, tensors
from rnnchaos.runs.claim import observed_status
from rnnchaos.runs.nearest import describe_missing_run
from rnnchaos.runs.notices import say_once
from rnnchaos.runs.records import FORMAT, NewerFormatError, RunRecord
from rnnchaos.runs.status import Status
from rnnchaos.runs.tensors import Checkpoint

T = TypeVar("T")


@dataclass(frozen=True)
class RunFolder:
    """A run folder to read from.

    Each file is held against its checksum when it is read once the run has ended, and before that against the digests
    in it or in the record. Every method raises ConfigError for a file that is missing, truncated or altered.
    """

    path: Path
    record: RunRecord
    _sums: Mapping[str, str]  # none before the run has ended

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """Open `outputs/name/v0001`, or `outputs/name/latest`.

        Raises ConfigError where there is no run, or one that a newer version of this package has written.
        """
        folder = layout.follow_latest(path)
        layout.check_own(folder)
        if not (folder / layout.RUN).is_file():
            raise ConfigError(describe_missing_run(path))
        record = read_record(folder)  # first, because a newer format may have checksums of another kind
        run = cls(folder, record, _sums_of(folder, record))
        run._read(layout.RUN, len)
        return run

    @property
    def config_text(self) -> str:
        """The resolved config, in YAML."""
        return self._read(layout.CONFIG, bytes.decode)

    @property
    def provenance(self) -> dict[str, Any]:
        """Where and with what the run was made."""
        return self._read(layout.PROVENANCE, lambda data: jsonfile.unsealed(jsonfile.from_text(data)))

    @property
    def summary(self) -> dict[str, Any]:
        """The results in numbers; what was not finite is None."""
        return self._read(layout.SUMMARY, jsonfile.from_text)

    def read_history(self) -> list[dict[str, Any]]:
        """The records of the history in order; what was not finite is None. Empty where there was none."""
        if not (self.path / layout.HISTORY).exists() and layout.HISTORY not in self._sums:
            return []
        return self._read(layout.HISTORY, _lines)

    def load_arrays(self, name: str) -> dict[str, np.ndarray]:
        """The arrays that were saved under `name`."""
        return self._read(f"{layout.ARRAYS}/{name}.npz", tensors.from_npz)

    @property
    def log_text(self) -> str:
        """Messages with their times."""
        return self._read(layout.LOG, bytes.decode)

    def holds(self, name: str) -> bool:
        """Whether the run has a file of this relative name, or had it when it ended."""
        return name in self._sums or (self.path / name).exists()

    def figure_names(self) -> list[str]:
        """The files of its figures."""
        return sorted(file.name for file in (self.path / layout.FIGURES).glob("*.png"))

    def read_figure(self, name: str) -> bytes:
        """The PNG of a figure."""
        return self._read(f"{layout.FIGURES}/{name}.png", bytes)

    def load_weights(self) -> dict[str, np.ndarray]:
        """The parameters of the trained network, read-only."""
        return self._read(layout.WEIGHTS, tensors.from_safetensors)

    def load_checkpoint(self, step: int) -> Checkpoint:
        """The checkpoint of one step."""
        name = layout.checkpoint_file(self.path, step).relative_to(self.path).as_posix()
        return self._read(
            name, lambda data: tensors.from_checkpoint(data, step, config=self.record.config_sha256)
        )

    def observed_status(self) -> Status:
        """The stored status, but DEAD for a running run whose process is seen to be gone, or whose heartbeat is."""
        return observed_status(self.path, self.record)

    def verify(self) -> None:
        """Hold every file against its checksum. Raises ConfigError for the first one that differs."""
        for name in self._sums:
            self._read(name, len)

    def _read(self, name: str, decode: Callable[[bytes], T]) -> T:
        file = self.path / name
        opening.inside(self.path, name)
        if not file.exists() and name not in self._sums:
            raise ConfigError(f"{self.path} has no {name}{self._why_missing(file)}")
        if self._sums and name not in self._sums:
            raise ConfigError(
                f"{file} was added after the run, or its line in {layout.CHECKSUMS} was altered"
            )
        if name == layout.CONFIG and not self._sums:
            return _decode(self.path, name, decode, self.record.config_sha256, layout.RUN)
        return _decode(self.path, name, decode, self._sums.get(name))

    def _why_missing(self, file: Path) -> str:
        siblings = sorted(entry.name for entry in file.parent.glob(f"*{file.suffix}"))
        if file.parent != self.path and siblings:
            return f" (there are: {', '.join(siblings)})"
        status = self.observed_status()
        return f" ({self.record.kind} run, {status}: {status.message})"


def _sums_of(folder: Path, record: RunRecord) -> dict[str, str]:
    """The checksums of a run; those of a running one mean that it died before it had ended, and count for nothing."""
    file = folder / layout.CHECKSUMS
    if not record.status.has_ended:
        return {}
    sums = _decode(folder, layout.CHECKSUMS, checksums.from_bytes) if os.path.lexists(file) else {}
    if not sums and record.status.has_result:
        say_once(
            f"{folder} has no {layout.CHECKSUMS} any more: whether its files are as the run left them cannot be told"
        )
    return sums


def read_record(folder: Path) -> RunRecord:
    """The record of a run folder. Raises ConfigError where it cannot be read."""
    try:
        return _decode(folder, layout.RUN, lambda data: RunRecord.from_json(jsonfile.from_text(data)))
    except NewerFormatError as error:
        raise ConfigError(
            f"{folder} has run-folder format {error}, this version of rnnchaos reads up to {FORMAT}: "
            "install a newer rnnchaos"
        ) from error


def _decode(
    folder: Path,
    name: str,
    decode: Callable[[bytes], T],
    expected: str | None = None,
    where: str = layout.CHECKSUMS,
) -> T:
    """The decoded content of a file, held against its digest where there is one: in the file `where`."""
    file = folder / name
    try:
        content = opening.read(file, most=layout.most_bytes(name), within=folder)
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror or error}") from error
    if expected is not None and checksums.digest(content) != expected:
        raise ConfigError(f"{file} was altered or damaged: it differs from {where}")
    try:
        return decode(content)
    except NewerFormatError:
        raise
    except Exception as error:  # the decoders raise a dozen kinds, and all mean the same
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        raise ConfigError(f"{file} is damaged ({cause})") from error


def _lines(content: bytes) -> list[dict[str, Any]]:
    """The records of a JSON Lines file, but not a last line without its end, as a killed run may leave it."""
    return [jsonfile.from_text(line) for line in content.split(b"\n")[:-1]]
