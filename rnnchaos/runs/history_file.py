"""history.jsonl, and what it holds whatever happens to the file: checkpoints have a copy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnnchaos.errors import RunError
from rnnchaos.runs import jsonfile, opening
from rnnchaos.runs.atomic import append, storing, write
from rnnchaos.runs.notices import say_once
from rnnchaos.runs.stale import again_where_stale
from rnnchaos.runs.tensors import Checkpoint


class HistoryFile:
    """The history of a run that is going on. Raises RunError where the disk refuses."""

    content: bytes

    def __init__(self, file: Path) -> None:
        self._file, self.content = file, b""

    def append(self, record: Mapping[str, float | int | str | None]) -> None:
        """Add one line; what is not finite is stored as null."""
        line = jsonfile.to_line(record)
        append(self._file, line)
        self.content += line.encode()

    def start(self) -> None:
        """Begin anew, where an earlier attempt at this run has left one."""
        with storing(self._file):
            again_where_stale(self._file.unlink)(missing_ok=True)
        self.content = b""

    def cut(self, checkpoint: Checkpoint) -> list[dict[str, Any]]:
        """Go back to what it was at a checkpoint; its lines.

        The checkpoint holds it, and a damaged file is replaced; one of an earlier version does not.
        Raises RunError where the file of such a run has no line of the checkpoint's step.
        """
        found = opening.read(self._file, most=opening.MOST_LINES) if self._file.exists() else b""
        content = checkpoint.history
        if content is None:
            content = _until(found, checkpoint.step, self._file)
        elif not found.startswith(content):
            say_once(
                f"{self._file} is damaged: the copy in the checkpoint of step {checkpoint.step} takes its place"
            )
        write(self._file, content)
        self.content = content
        return [jsonfile.from_text(line) for line in content.splitlines()]


def _until(content: bytes, step: int, file: Path) -> bytes:
    """The lines up to that of a step. Raises RunError where there is none, or a line before it cannot be read."""
    lines = [line for line in content.splitlines(keepends=True) if line.endswith(b"\n")]
    try:
        steps = [jsonfile.from_text(line)["step"] for line in lines]
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{file} is damaged ({type(error).__name__})") from error
    if step not in steps:
        raise RunError(f"{file} has no line of step {step}")
    return b"".join(lines[: steps.index(step) + 1])
