"""Names: of the files of a run folder, of runs, and of the version folders under them."""

import contextlib
import os
import re
from pathlib import Path

from rnnchaos.errors import ConfigError
from rnnchaos.runs import opening
from rnnchaos.runs.atomic import storing
from rnnchaos.runs.stale import again_where_stale

RUN = "run.json"
CONFIG = "config.yaml"
PROVENANCE = "provenance.json"
HISTORY = "history.jsonl"
SUMMARY = "summary.json"
WEIGHTS = "weights.safetensors"
LOG = "log.txt"
CHECKSUMS = "SHA256SUMS"
ARRAYS = "arrays"
CHECKPOINTS = "checkpoints"
FIGURES = "figures"
LATEST = "latest"
SWEEP_SUFFIX = ".sweep"
SWEEP = "sweep.json"
CELLS = "cells.jsonl"

# What is written in place, or into.
_FOLDERS = (ARRAYS, CHECKPOINTS, FIGURES)
_GROWING = (HISTORY, LOG)
_MOST_BYTES = {CONFIG: opening.MOST_CONFIG, HISTORY: opening.MOST_LINES}

_MAX_NAME_BYTES = 200  # filesystems allow 255
_VERSION = re.compile(r"v(\d{4,})")
_STEP = re.compile(r"step_(\d{8,})\.safetensors")


def check_name(name: str, *, setting: str = "name") -> None:
    """Raise ConfigError unless `name` can name one folder or file: letters, digits and . _ - + = ,"""
    size = len(name.encode())
    if size > _MAX_NAME_BYTES:
        raise ConfigError(f"{setting} must be at most {_MAX_NAME_BYTES} bytes long, got {size}")
    if not re.fullmatch(r"[\w+=,][\w.+=,-]*", name) or ".." in name:
        nearest = re.sub(r"[^\w.+=,-]+", "-", re.sub(r"\.{2,}", ".", name)).strip("-.") or "run"
        raise ConfigError(
            f"{setting} must be letters, digits and _ - . + = , without .. and without - or . at its start, "
            f"got {name!r} (for example: {nearest})"
        )


def version_folder(parent: Path, version: int) -> Path:
    """`parent/v0001`; the number grows wider beyond 9999."""
    return parent / f"v{version:04d}"


def outputs_of(run: Path) -> Path:
    """The `outputs` of a run folder `outputs/NAME/v0001`, and of a cell `outputs/NAME.sweep/cells/ab/ab12`."""
    sweeps = [folder for folder in run.parents if folder.name.endswith(SWEEP_SUFFIX)]
    return sweeps[0].parent if sweeps else run.parent.parent


def version_number(folder: str) -> int | None:
    """The version that a folder is named after, None for any other folder."""
    match = _VERSION.fullmatch(folder)
    return int(match[1]) if match else None


def newest_version(parent: Path) -> int | None:
    """The highest version under `parent`, None where there is none."""
    numbers = (version_number(entry) for entry in os.listdir(parent))
    return max((number for number in numbers if number is not None), default=None)


def make_version_folder(outputs: Path, name: str) -> tuple[Path, int]:
    """Make the next version folder of a run; however many processes ask at once, each gets its own.

    Raises ConfigError for a bad name, RunError where the folder cannot be made.
    """
    check_name(name)
    parent = opening.inside(outputs, name)
    with storing(parent):
        while True:
            parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # an empty parent was tidied away meanwhile
                return _make_next(parent)


def _make_next(parent: Path) -> tuple[Path, int]:
    version = (newest_version(parent) or 0) + 1
    while True:
        folder = version_folder(parent, version)
        try:
            folder.mkdir()  # atomic: of several processes one succeeds
        except FileExistsError:
            version += 1
        else:
            return folder, version


def point_latest(folder: Path) -> None:
    """Let `latest`, beside a version folder, lead to the newest version of all."""
    parent, latest = folder.parent, None
    temporary = parent / f".{folder.name}-{LATEST}"
    with contextlib.suppress(OSError):  # a filesystem without symbolic links does without `latest`
        temporary.unlink(missing_ok=True)  # of a process that died here
        # Look again after each replacement: otherwise a slow process could put an older version back.
        while (newest := newest_version(parent)) is not None and newest != latest:
            latest = newest
            temporary.symlink_to(version_folder(parent, newest).name)
            os.replace(temporary, parent / LATEST)
    with contextlib.suppress(OSError):
        temporary.unlink(missing_ok=True)


def check_own(folder: Path) -> None:
    """Raise ConfigError where what a run writes would end up outside of its folder, or anywhere but in a file."""
    for name in (*_FOLDERS, *_GROWING):
        path = opening.inside(folder, name)
        if os.path.lexists(path) and not (path.is_dir() if name in _FOLDERS else path.is_file()):
            raise ConfigError(f"{path} is no {'folder' if name in _FOLDERS else 'regular file'}")


def most_bytes(name: str) -> int:
    """How large a file of a run folder may be to be read, by its relative name."""
    arrays = name.endswith((".safetensors", ".npz"))
    return opening.MOST_ARRAYS if arrays else _MOST_BYTES.get(name, opening.MOST_TEXT)


def follow_latest(path: Path) -> Path:
    """The version folder behind `latest`, which may be missing where there are no symbolic links.

    Raises ConfigError where it leads anywhere else than to a version beside it, as it does if we have made it.
    """
    if path.is_symlink():
        target = path.readlink()
        if path.name == LATEST and version_number(str(target)) is None:
            raise ConfigError(
                f"{path} is a link to {target}, and to no version beside it; it is not followed"
            )
        return path.parent / target
    if path.name == LATEST and not path.exists() and path.parent.is_dir():
        version = newest_version(path.parent)
        return path if version is None else version_folder(path.parent, version)
    return path


def checkpoint_file(folder: Path, step: int) -> Path:
    """`checkpoints/step_00000500.safetensors` of a run folder."""
    return folder / CHECKPOINTS / f"step_{step:08d}.safetensors"


def checkpoint_steps(folder: Path) -> list[int]:
    """The steps of the checkpoints of a run folder, ascending."""
    names = again_where_stale(os.listdir)(folder / CHECKPOINTS) if (folder / CHECKPOINTS).is_dir() else []
    return sorted(int(match[1]) for match in map(_STEP.fullmatch, names) if match)
