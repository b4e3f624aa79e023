"""The files that a setting names: one, several, or all that fit a pattern."""

import functools
import glob
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from rnnchaos.nearest import path_like
from rnnchaos.setting import SettingError, at_home

FilePath = Path | str | tuple[Path | str, ...]
"""Of one file, a pattern with wildcards, or a list of both."""

DATA_FILES = ("path", "test_path", "off_attractor_path")
"""Of a dataset, the settings that name files."""


def at_home_all(path: FilePath) -> Path | tuple[Path, ...]:
    """The same with the folder of the user for a leading `~`."""
    if isinstance(path, tuple | list):
        return tuple(at_home(each) for each in path)
    return at_home(path)


def files_of(path: FilePath, setting: str) -> list[Path]:
    """The files, those of a pattern in the order of the numbers in their names.

    Raises SettingError for a pattern that fits none, and for a file that is named twice.
    """
    given: Sequence[str | Path] = path if isinstance(path, tuple | list) else [path]
    if not given:
        raise SettingError(setting, "name a file", list(given))
    files = [file for each in given for file in _fitting(Path(each), setting)]
    for file in files:
        if files.count(file) > 1:
            raise SettingError(setting, "name each file once", str(file))
    return files


def digest_of(path: FilePath, setting: str) -> str:
    """SHA-256 of the content of a file, or of the digests of several in their order.

    Raises SettingError for a pattern that fits none, OSError for a file that cannot be read.
    """
    digests = [_of_file(file) for file in files_of(at_home_all(path), setting)]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _of_file(file: Path) -> str:
    found = file.stat()
    return _of_content(file, found.st_ino, found.st_size, found.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _of_content(file: Path, *_: int) -> str:
    """Of a file as long as it is not changed: a sweep asks for each of its cells."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _fitting(path: Path, setting: str) -> list[Path]:
    if path.is_dir():
        hint = f"{{group}}{setting}='{path / '*.csv'}' takes the files in a folder"
        raise SettingError(setting, "be a file, not a folder", str(path), hint)
    if path.exists() or not glob.has_magic(str(path)):
        return [path]  # what is not there is said where it is read
    found = [Path(file) for file in glob.glob(str(path)) if Path(file).is_file()]
    if not found:
        raise SettingError(setting, "be a pattern that fits a file", str(path), nearest_file(path))
    return sorted(found, key=_natural)


def _natural(path: Path) -> list[tuple[int, str]]:
    """For session_2 to stand before session_10."""
    parts = re.split(r"(\d+)", str(path))
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def nearest_file(path: Path) -> str:
    """A hint at the file whose name is most like that of one that is not there."""
    near = path_like(path)
    return "" if near is None else f"did you mean {str(near)!r}?"
