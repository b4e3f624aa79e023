"""Which files a series was read from: by their content, wherever they are."""

import functools
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from rnnchaos.data.paths import FilePath, at_home_all, files_of
from rnnchaos.data.series_file import SeriesFile
from rnnchaos.errors import ConfigError

SETTINGS = ("path", "test_path", "off_attractor_path")
"""Of a dataset, those that name files."""
_DIGITS = 12


def digest_of(path: FilePath, setting: str) -> str:
    """SHA-256 of the content of a file, or of the digests of several in their order.

    Raises SettingError for a pattern that fits none, OSError for a file that cannot be read.
    """
    digests = [_of_file(file) for file in files_of(at_home_all(path), setting)]
    return digests[0] if len(digests) == 1 else _of_several(digests)


def digests(source: object) -> dict[str, str]:
    """Of the files of a measured series by the settings that name them; of anything else none."""
    if not isinstance(source, SeriesFile):
        return {}
    named = ((setting, getattr(source, setting)) for setting in SETTINGS)
    return {setting: digest_of(path, setting) for setting, path in named if path is not None}


def check_same(recorded: Mapping[str, str] | None, source: object, *, of: object) -> None:
    """Raise ConfigError where files are no longer those that the run `of` was trained on.

    Its network sees data in units of those: of others, all that is measured on it would be wrong.
    """
    now = digests(source) if recorded else {}
    for setting, before in (recorded or {}).items():
        if now.get(setting) != before:
            raise ConfigError(
                f"dataset.{setting}: {getattr(source, setting)} is not what {of} was trained on: sha256 "
                f"{before[:_DIGITS]} then, {now[setting][:_DIGITS]} now; bring back what it was, or train anew"
            )


def _of_file(file: Path) -> str:
    found = file.stat()
    return _of_content(file, found.st_ino, found.st_size, found.st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _of_content(file: Path, *_: int) -> str:
    """Of a file as long as it is not changed: a sweep asks for each of its cells."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _of_several(digests: Iterable[str]) -> str:
    return hashlib.sha256("".join(digests).encode()).hexdigest()
