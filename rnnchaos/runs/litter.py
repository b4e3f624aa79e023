"""What a death leaves: files that were to take the place of others, and folders of runs that were never begun."""

import contextlib
import os
import re
import shutil
from pathlib import Path

from rnnchaos.errors import RunError
from rnnchaos.runs import layout
from rnnchaos.runs.claim import Claim, owner_lives

# Of `atomic.replacing`, with the number of the process, and of claims.
_TEMPORARY = re.compile(r"\.(\d+-.+|[0-9a-f]{16}-(claim|now))")
_BEFORE_THE_RECORD = re.compile(rf"\.claim-\d+|{layout.CONFIG}|{layout.PROVENANCE}|{layout.CELLS}")


def tidy(folder: Path) -> None:
    """Remove the temporary files of earlier processes from a run folder. Only for who holds its claim."""
    own = [entry for entry in _entries(folder) if entry.is_dir(follow_symlinks=False)]
    for place in (folder, *map(Path, own)):
        for entry in _entries(place):
            if _TEMPORARY.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    os.unlink(entry)


def is_husk(folder: Path) -> bool:
    """Whether a run or a sweep was to begin here and never did: all that is there is written before its record."""
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except OSError:
        return False  # it cannot be seen
    return all(
        (_TEMPORARY.fullmatch(entry.name) or _BEFORE_THE_RECORD.fullmatch(entry.name))
        and entry.is_file(follow_symlinks=False)
        for entry in entries
    )


def remove_husk(folder: Path) -> bool:
    """Remove a folder whose run was never begun, and what then leads nowhere; False where somebody is at it.

    What lies behind links is somebody else's, and stays.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        return False
    with contextlib.suppress(OSError):
        os.rmdir(folder)  # an empty one, before anything is written into it
    if folder.is_dir():
        if owner_lives(folder) or (claim := Claim.take(folder)) is None or not is_husk(folder):
            return False
        discard(folder)
        claim.release()
    elif layout.version_number(folder.name) is not None:
        _remove_dead_ends(folder.parent)
    return not folder.exists()


def discard(folder: Path) -> None:
    """Remove a version folder in which no run was begun, and what then leads nowhere."""
    shutil.rmtree(folder, ignore_errors=True)
    _remove_dead_ends(folder.parent)


def claim_new(outputs: Path, name: str) -> tuple[Claim, int]:
    """A new version folder, claimed; another one where somebody has just taken it for one that was never begun.

    Raises ConfigError for a bad name, RunError where the disk refuses.
    """
    while True:
        path, version = layout.make_version_folder(outputs, name)
        try:
            if (claim := Claim.take(path)) is not None:
                return claim, version
        except RunError:
            if path.is_dir():
                discard(path)
                raise


def _remove_dead_ends(parent: Path) -> None:
    """`latest` without a run, and the folder of a name without a run."""
    with contextlib.suppress(OSError):
        newest = layout.newest_version(parent)
        if newest is not None:
            layout.point_latest(layout.version_folder(parent, newest))
        else:
            (parent / layout.LATEST).unlink(missing_ok=True)
            os.rmdir(parent)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return list(entries)
    return []
