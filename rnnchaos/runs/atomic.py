"""Files that are whole or not there at all, and one line for a disk that does not take them."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.runs import opening
from rnnchaos.runs.stale import again_where_stale

_NO_SPACE = "free some space, or choose a folder on another disk with outputs=FOLDER"
_NOT_ALLOWED = "choose a folder that you may write to with outputs=FOLDER"
_IN_THE_WAY = "a file stands where a folder belongs: move it, or choose another folder with outputs=FOLDER"
_ADVICE = {
    errno.ENOSPC: _NO_SPACE,
    errno.EDQUOT: _NO_SPACE,
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: _NOT_ALLOWED,
    errno.ENOENT: "its folder was moved or removed",
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.ENAMETOOLONG: "choose a shorter name=NAME or outputs=FOLDER",
}


@contextlib.contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into a RunError of one line that names `path` and what to do about it.

    A ConfigError where a name is longer than the disk takes.
    """
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "choose another folder with outputs=FOLDER")
        kind = ConfigError if error.errno == errno.ENAMETOOLONG else RunError
        raise kind(f"cannot write {path}: {error.strerror or error}; {advice}") from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path`, of the same suffix, that takes its place when the block ends.

    Whatever happens, power failure included, `path` holds its old content or all of the new one.
    Raises RunError where the disk refuses; `path` is then as before.
    """
    with storing(path), _replacing(path) as temporary:
        yield temporary


def write(path: Path, content: str | bytes) -> None:
    """Put `content` into `path`, whole or not at all. Raises RunError where the disk refuses."""
    with storing(path):
        _write(path, content.encode() if isinstance(content, str) else content)


@again_where_stale
def _write(path: Path, content: bytes) -> None:
    with _replacing(path) as temporary:
        temporary.write_bytes(content)


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """As `replacing`. Raises OSError where the disk refuses."""
    temporary = path.with_name(f".{os.getpid()}-{path.name}")
    path.parent.mkdir(exist_ok=True)
    try:
        opening.create(temporary)  # anyone could have put a link there
        yield temporary
        _sync(temporary)
        _move(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            again_where_stale(temporary.unlink)(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # some filesystems cannot sync a folder
        _sync(path.parent)


def _move(temporary: Path, path: Path) -> None:
    """Give a file its name. A network file system may do so, lose the answer, and then find nothing to be moved."""
    own = temporary.stat()
    try:
        again_where_stale(os.replace)(temporary, path)
    except FileNotFoundError:
        found = path.lstat()
        if (found.st_dev, found.st_ino) != (own.st_dev, own.st_ino):
            raise


def append(path: Path, text: str) -> None:
    """Add `text` to the end of `path`, out of Python's buffers. Raises RunError where the disk refuses."""
    with storing(path):
        if path.is_file() and path.lstat().st_nlink > 1:  # another name, of a copy perhaps, keeps what it has
            write(path, opening.read(path, most=opening.MOST_LINES) + text.encode())
        else:
            opening.append(path, text.encode())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
