"""Who may write a run folder: one process at a time, on whatever machine, until it is seen to be dead."""

import contextlib
import errno
import json
import os
import re
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

from rnnchaos.runs import jsonfile
from rnnchaos.runs.atomic import storing
from rnnchaos.runs.process import Process

HEARTBEAT = 30.0
"""Seconds between two signs of life."""
STALE = 300.0
"""Seconds without one, after which an owner on another machine counts as dead."""

_NAME = re.compile(r"\.claim-(\d{4,})")
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class Claim:
    """The right to write one run folder.

    A claim is a small file with a number. The highest number counts, and no number is ever used twice, so that of
    all who want to take over from a dead owner one succeeds, and an owner that was only slow can see that it lost
    its claim. The file is linked into place, which is atomic on network file systems, too; its time of change is
    the owner's heartbeat.
    """

    folder: Path

    def __init__(self, folder: Path, number: int) -> None:
        self.folder, self._number = folder, number
        self._token = secrets.token_hex(8)
        self._ended = threading.Event()

    @classmethod
    def take(cls, folder: Path) -> "Claim | None":
        """Claim a folder that is there; None where somebody who lives has claimed it. Raises RunError as disks do."""
        number = max(_numbers(folder), default=0)
        if number and owner_lives(folder):
            return None
        claim = cls(folder, number + 1)
        with storing(claim._file):
            if not claim._create():
                return None
        threading.Thread(target=claim._beat, name="heartbeat", daemon=True).start()
        return claim

    def is_held(self) -> bool:
        """Whether nobody has taken the folder over."""
        return max(_numbers(self.folder), default=0) == self._number

    def release(self) -> None:
        """Let others have the folder; does nothing the second time."""
        if not self._ended.is_set():
            self._ended.set()
            # In place: a temporary file could outlive the run, and half of this line reads the same.
            with contextlib.suppress(OSError), self._file.open("r+b") as file:
                file.write(jsonfile.to_line({"released": True}).encode())
                file.truncate()

    @property
    def _file(self) -> Path:
        return self.folder / f".claim-{self._number:04d}"

    def _create(self) -> bool:
        content = jsonfile.to_line({"process": Process.current()._asdict(), "token": self._token})
        temporary = self.folder / f".{self._token}-claim"
        temporary.write_text(content, encoding="utf-8")
        try:
            os.link(temporary, self._file)
        except FileNotFoundError:
            return False  # another process has taken the folder, and tidied up
        except FileExistsError:
            # A network file system may have made the link and lost the answer.
            return temporary.stat().st_nlink == 2
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return _create_alone(self._file, content)
        finally:
            temporary.unlink(missing_ok=True)
        return True

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT):
            with contextlib.suppress(OSError):
                os.utime(self._file)


def owner(folder: Path) -> Process | None:
    """The process that claimed a folder last, None where there is none or it has let go."""
    numbers = _numbers(folder)
    try:
        content = json.loads((folder / f".claim-{max(numbers):04d}").read_text(encoding="utf-8"))
        return None if content.get("released") else Process.from_json(content["process"])
    except (ValueError, KeyError, TypeError, OSError):
        return None


def owner_lives(folder: Path) -> bool:
    """Whether a process has claimed a folder and not been seen to be dead."""
    process = owner(folder)
    if process is None:
        return False
    alive = process.is_alive()
    return _seconds_without_heartbeat(folder) < STALE if alive is None else alive


def deaths(folder: Path) -> int:
    """How many owners of a folder ended without letting go of it; the present one, if it lives, is not among them."""
    files = [folder / f".claim-{number:04d}" for number in _numbers(folder)]
    kept = sum(not _is_released(file) for file in files)
    return kept - owner_lives(folder)


def _is_released(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return '"released"' in file.read_text(encoding="utf-8")
    return True


def _seconds_without_heartbeat(folder: Path) -> float:
    """By the clock of the file system, which need not be that of this machine."""
    now = folder / f".{secrets.token_hex(8)}-now"
    try:
        now.touch()
        newest = folder / f".claim-{max(_numbers(folder)):04d}"
        return now.stat().st_mtime - newest.stat().st_mtime
    except OSError:
        return 0.0
    finally:
        with contextlib.suppress(OSError):
            now.unlink(missing_ok=True)


def _numbers(folder: Path) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(match[1]) for match in map(_NAME.fullmatch, os.listdir(folder)) if match]
    return []


def _create_alone(file: Path, content: str) -> bool:
    """Where there are no links: exclusive creation, atomic on local file systems."""
    try:
        with _exclusive(file) as descriptor:
            os.write(descriptor, content.encode())
    except FileExistsError:
        return False
    return True


@contextlib.contextmanager
def _exclusive(file: Path) -> Iterator[int]:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
