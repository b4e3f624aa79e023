"""Who may write a run folder: one process at a time, on whatever machine, until it is seen to be dead."""

import contextlib
import errno
import os
import re
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.runs import jsonfile, opening
from rnnchaos.runs.atomic import storing
from rnnchaos.runs.notices import say_once
from rnnchaos.runs.process import Process
from rnnchaos.runs.records import RunRecord
from rnnchaos.runs.stale import again_where_stale
from rnnchaos.runs.status import Status

HEARTBEAT = 30.0
"""Seconds between two signs of life."""
STALE = 300.0
"""Seconds without one, after which an owner on another machine counts as dead."""

_NAME = re.compile(r"\.claim-(\d{4,})")
_RELEASED = b'{"released"'
_MOST_BYTES = 10_000
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
        """Whether nobody has taken the folder over. Raises RunError where the disk does not answer."""
        try:
            return max(_listed(self.folder), default=0) == self._number
        except (FileNotFoundError, NotADirectoryError):
            return False  # it was moved, or removed
        except OSError as error:
            raise RunError(f"cannot look into {self.folder}: {error.strerror or error}") from error

    def is_lost(self) -> bool:
        """Whether another process has taken the folder over; not known of a disk that does not answer."""
        with contextlib.suppress(RunError):
            return not self.is_held()
        return False

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
        content = jsonfile.sealed({"process": Process.current()._asdict(), "token": self._token})
        text = jsonfile.to_line(content)
        temporary = self.folder / f".{self._token}-claim"
        temporary.write_text(text, encoding="utf-8")
        try:
            again_where_stale(os.link)(temporary, self._file)
        except FileNotFoundError:
            return False  # another process has taken the folder, and tidied up
        except FileExistsError:
            # A network file system may have made the link and lost the answer.
            return again_where_stale(temporary.stat)().st_nlink == 2
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return _create_alone(self._file, text)
        finally:
            again_where_stale(temporary.unlink)(missing_ok=True)
        return True

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT):
            with contextlib.suppress(OSError):
                os.utime(self._file)


def owner_lives(folder: Path) -> bool:
    """Whether a process has claimed a folder and not been seen to be dead.

    Of one that cannot be seen from here, or whose claim is damaged, its heartbeat tells.
    """
    file = _newest(folder)
    if file is None:
        return False
    try:
        content = _content(file)
    except FileNotFoundError:
        return False
    except (OSError, ConfigError):
        content = b""
    if content.startswith(_RELEASED):
        return False
    try:
        claim = jsonfile.unsealed(jsonfile.from_text(content))
        alive = Process.from_json(claim["process"]).is_alive()
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        alive = None
        say_once(f"{file} is damaged: it counts until it was not touched for {STALE:.0f} s")
    return _seconds_without_heartbeat(file) < STALE if alive is None else alive


def observed_status(folder: Path, record: RunRecord) -> Status:
    """The stored status of a run, but DEAD for a running one whose process is seen to be gone, or its heartbeat is."""
    status = record.observed_status()
    if status is Status.RUNNING and record.process.is_alive() is None and _numbers(folder):
        return Status.RUNNING if owner_lives(folder) else Status.DEAD
    return status


def how_long_it_counts(folder: Path) -> str:
    """What to say of the claim of a process that cannot be seen from here."""
    file = _newest(folder)
    silent = 0.0 if file is None else max(0.0, _seconds_without_heartbeat(file))
    return f"its last sign of life is {silent:.0f} s old, and counts until it is {STALE:.0f} s"


def deaths(folder: Path) -> int:
    """How many owners of a folder ended without letting go of it; the present one, if it lives, is not among them."""
    files = [folder / f".claim-{number:04d}" for number in _numbers(folder)]
    kept = sum(not _is_released(file) for file in files)
    return kept - owner_lives(folder)


def host_of_last_death(folder: Path) -> str | None:
    """Where the last owner ran that ended without letting go; None where that is not known."""
    for number in sorted(_numbers(folder), reverse=True):
        file = folder / f".claim-{number:04d}"
        with contextlib.suppress(OSError, ConfigError, ValueError, KeyError, TypeError, AttributeError):
            content = _content(file)
            if not content.startswith(_RELEASED):
                return str(jsonfile.unsealed(jsonfile.from_text(content))["process"]["host"])
    return None


def _is_released(file: Path) -> bool:
    try:
        return _content(file).startswith(_RELEASED)
    except ConfigError:  # no file that a claim can be
        return False
    except OSError:
        return True


def _content(file: Path) -> bytes:
    return opening.read(file, most=_MOST_BYTES)


def _seconds_without_heartbeat(file: Path) -> float:
    """By the clock of the file system, which need not be that of this machine.

    A heartbeat from its future, where the clock was put back or the folder was copied, is made one of now: it says
    nothing, and would hold the folder for ever.
    """
    now = file.with_name(f".{secrets.token_hex(8)}-now")
    try:
        now.touch()
        age = now.stat().st_mtime - file.lstat().st_mtime
        return age if age >= -HEARTBEAT else _made_present(file, -age)
    except OSError:
        return 0.0
    finally:
        with contextlib.suppress(OSError):
            now.unlink(missing_ok=True)


def _made_present(file: Path, ahead: float) -> float:
    said = f"{file} was touched {ahead:.0f} s in the future"
    try:
        os.utime(file, follow_symlinks=False)
        say_once(f"{said}: it counts as touched now")
    except OSError as error:
        say_once(f"{said}, and cannot be touched now ({error.strerror}): remove it if nobody is at the run")
    return 0.0


def _newest(folder: Path) -> Path | None:
    numbers = _numbers(folder)
    return folder / f".claim-{max(numbers):04d}" if numbers else None


def _numbers(folder: Path) -> list[int]:
    with contextlib.suppress(OSError):
        return _listed(folder)
    return []


@again_where_stale
def _listed(folder: Path) -> list[int]:
    """The numbers of all claims. Raises OSError as disks do."""
    return [int(match[1]) for match in map(_NAME.fullmatch, os.listdir(folder)) if match]


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
