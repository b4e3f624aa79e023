"""JSON Lines that carry a digest each: a damaged line is named, and never believed."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rnnchaos.errors import ConfigError
from rnnchaos.runs import jsonfile, opening
from rnnchaos.runs.atomic import append, storing
from rnnchaos.runs.notices import say_once

_MOST_NAMED = 5


def append_line(file: Path, values: Mapping[str, Any]) -> None:
    """Add one line, after the end of one that a dead process has left in the middle. Raises RunError as disks do."""
    append(file, ("\n" if is_cut(file) else "") + to_line(values))


def to_line(values: Mapping[str, Any]) -> str:
    """A line with the digest of what it says."""
    return jsonfile.to_line(jsonfile.sealed(values))


def read_lines(
    file: Path, check: Callable[[dict[str, Any]], object], *, instead: str
) -> list[dict[str, Any] | None]:
    """What each line says; None for one that is damaged or cut off, which a warning names, with what counts `instead`.

    `check` raises ValueError, KeyError, TypeError or ConfigError for what is no such line. Lines from before they had
    digests are taken as they are, but none after one that has its own.
    """
    try:
        content = opening.read(file, most=opening.MOST_LINES)
    except OSError as error:
        say_once(f"cannot read {file}: {error.strerror or error}: {instead}")
        return []
    except ConfigError as error:
        say_once(f"{error}: {instead}")
        return []
    found: list[dict[str, Any] | None] = []
    damaged: list[int] = []
    must_be_sealed = False
    for number, text in enumerate(content.split(b"\n"), start=1):
        if not text:
            continue  # the end of the file, or of a line that was cut off
        try:
            values = jsonfile.from_text(text)
            sealed = jsonfile.is_sealed(values)
            if must_be_sealed and not sealed:
                raise ValueError("it has lost its digest")
            line = jsonfile.unsealed(values)
            check(line)
            found.append(line)
            must_be_sealed = sealed
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ConfigError):
            found.append(None)
            damaged.append(number)
    if damaged:
        say_once(f"{file}: {_said(damaged)} damaged: {instead}")
    return found


def _said(numbers: Sequence[int]) -> str:
    named = [str(number) for number in numbers[:_MOST_NAMED]]
    if len(numbers) > _MOST_NAMED:
        return f"lines {', '.join(named)} and {len(numbers) - _MOST_NAMED} more are"
    return f"line {named[0]} is" if len(named) == 1 else f"lines {', '.join(named[:-1])} and {named[-1]} are"


def is_cut(file: Path) -> bool:
    """Whether the last line has no end."""
    with storing(file):
        if not file.exists() or not file.stat().st_size:
            return False
        with file.open("rb") as opened:
            opened.seek(-1, 2)
            return opened.read() != b"\n"
