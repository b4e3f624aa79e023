"""Files of folders that may come from anyone: no link is followed, only regular files are read, none beyond a bound."""

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from rnnchaos.errors import ConfigError
from rnnchaos.runs.stale import again_where_stale

MOST_CONFIG = 2**20
"""Bytes of a YAML text, which may take its reader long."""
MOST_TEXT = 2**26
"""Bytes of a JSON text."""
MOST_LINES = 2**30
"""Bytes of a file of lines that grows."""
MOST_ARRAYS = 2**32
"""Bytes of a file of arrays, packed or unpacked."""

_TRIES = 3
_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_MORE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a FIFO would wait for its other end


@again_where_stale
def read(path: Path, *, most: int, within: Path | None = None) -> bytes:
    """The content of a file. Below `within`, its folder unless another is named, no part of the path may be a link.

    Raises ConfigError for a link, for what is no regular file and for one of more than `most` bytes; OSError as `open`.
    """
    with _opened(path, os.O_RDONLY, within) as descriptor, open(descriptor, "rb", closefd=False) as file:
        size = os.fstat(descriptor).st_size
        if size > most:
            raise ConfigError(f"{path} has {size} bytes, at most {most} are read")
        return file.read(size)


@again_where_stale
def digest(path: Path, *, within: Path) -> str:
    """SHA-256 of a file in hexadecimal, however large. Raises as `read`."""
    with _opened(path, os.O_RDONLY, within) as descriptor, open(descriptor, "rb", closefd=False) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@again_where_stale
def append(path: Path, content: bytes) -> None:
    """Add to the end of a file, which is made where there is none. Raises as `read`."""
    with _opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, None) as descriptor:
        left = memoryview(content)
        while left:
            left = left[os.write(descriptor, left) :]


def create(path: Path) -> None:
    """An empty file in place of any other, or of a link, of that name."""
    for left in reversed(range(_TRIES)):
        path.unlink(missing_ok=True)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _MORE, 0o666))
            return
        except FileExistsError:  # a network file system may have made it and lost the answer
            if not left:
                raise


def inside(folder: Path, *names: str | Path) -> Path:
    """The path of `names` under a folder. Raises ConfigError where a folder on the way to it is a link, or itself."""
    path = folder.joinpath(*names)
    place = folder
    for part in _below(folder, path):
        place = place / part
        if place.is_symlink():
            raise _is_link(place)
    return path


@contextlib.contextmanager
def _opened(path: Path, flags: int, within: Path | None) -> Iterator[int]:
    place = path.parent if within is None else within
    descriptor = os.open(place, _FOLDER | os.O_CLOEXEC)
    try:
        *folders, last = _below(place, path)
        for part, wanted in (*((folder, _FOLDER) for folder in folders), (last, flags)):
            place = place / part
            above, descriptor = descriptor, _open(place, wanted, descriptor)
            os.close(above)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ConfigError(f"{path} is no regular file; it is not opened")
        yield descriptor
    finally:
        os.close(descriptor)


def _open(path: Path, flags: int, folder: int) -> int:
    try:
        return os.open(path.name, flags | _MORE, 0o666, dir_fd=folder)
    except OSError:
        if path.is_symlink():
            raise _is_link(path) from None
        raise


def _below(folder: Path, path: Path) -> tuple[str, ...]:
    """The names on the way from a folder to a path. Raises ConfigError where it leads out."""
    names = path.relative_to(folder).parts if path.is_relative_to(folder) else ("..",)
    if ".." in names:
        raise ConfigError(f"{path} leads out of {folder}; it is not followed")
    return names


def _is_link(path: Path) -> ConfigError:
    return ConfigError(f"{path} is a link; it is not followed")
