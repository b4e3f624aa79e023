"""The record of a run: what `run.json` holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from rnnchaos.runs.jsonfile import plain, sealed, unsealed
from rnnchaos.runs.process import Process
from rnnchaos.runs.status import Status

FORMAT = 2
"""Version of the layout of run folders; a change that older versions of this package misread raises it.

1: free runs and forecasts are stored in scaled units. 2: in the data's own.
"""


_FIRST_YEAR, _LAST_YEAR = 1970, 9000


class NewerFormatError(Exception):
    """A record of a layout that this version of the package does not know."""


class Kind:
    """What made a run, in one word: one of these, or the name of the diagnostic that measured."""

    TRAIN = "train"
    ENSEMBLE = "ensemble"


@dataclass(frozen=True)
class RunRecord:
    """What is known of a run without opening its other files. Times are in UTC."""

    kind: str  # of Kind, or the name of a diagnostic, which need not be installed here
    name: str
    version: int
    status: Status
    reason: str | None  # why the run ended as it did, one line
    started: datetime
    ended: datetime | None
    parent: str | None  # the run folder that was measured
    process: Process
    headline: Mapping[str, Any]  # the plain numbers and words of the summary
    config_sha256: str | None = None  # of config.yaml; None in runs of earlier versions

    def observed_status(self) -> Status:
        """The stored status, but DEAD for a running run whose process is seen to be gone."""
        if self.status is Status.RUNNING and self.process.is_alive() is False:
            return Status.DEAD
        return self.status

    def to_json(self) -> dict[str, Any]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values |= self.times_to_json() | {"process": self.process._asdict()}
        return sealed({"format": FORMAT} | values)

    def times_to_json(self) -> dict[str, str | None]:
        """When the run started and ended, in ISO 8601."""
        ended = None if self.ended is None else self.ended.isoformat(timespec="milliseconds")
        return {"started": self.started.isoformat(timespec="milliseconds"), "ended": ended}

    @classmethod
    def from_json(cls, values: Any) -> "RunRecord":
        """Raises NewerFormatError for a newer layout, and other errors for what is no record or was altered."""
        if values["format"] > FORMAT:
            raise NewerFormatError(values["format"])
        values = unsealed(values)
        return cls(
            kind=_word(values["kind"]),
            name=str(values["name"]),
            version=int(values["version"]),
            status=Status(values["status"]),
            reason=None if values["reason"] is None else str(values["reason"]),
            started=_time(values["started"]),
            ended=None if values["ended"] is None else _time(values["ended"]),
            parent=values["parent"],
            process=Process.from_json(values["process"]),
            headline=dict(values["headline"]),
            config_sha256=values.get("config_sha256"),
        )


def now() -> datetime:
    """The time in UTC, to the millisecond as it is stored."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def headline(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a summary that are one number or word each."""
    return {key: value for key, value in plain(summary).items() if not isinstance(value, dict | list)}


def _word(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]\w*", text):
        raise ValueError(text)
    return text


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text).astimezone(UTC)
    if not _FIRST_YEAR <= time.year <= _LAST_YEAR:  # others have no local time everywhere
        raise ValueError(text)
    return time
