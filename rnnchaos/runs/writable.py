"""Whether a run folder can be made at a place, asked before the work whose result is to lie there."""

import errno
import os
import tempfile
from pathlib import Path

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.runs.atomic import storing

# What no other word of the command line would have avoided.
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def check_writable(outputs: Path, name: str) -> None:
    """Raise ConfigError where the folder `outputs/name` is not there and cannot be made, takes no file, or is a link.

    Raises RunError for a full disk. What is made to find out is gone again.
    """
    wanted = outputs / name
    if wanted.is_symlink():
        way_out = f"let {outputs} itself be one, or choose a folder with outputs=FOLDER"
        raise ConfigError(f"{wanted} is a link; it is not followed: {way_out}")
    there = next(path for path in (wanted, *wanted.absolute().parents) if os.path.lexists(path))
    try:
        with storing(wanted):
            os.rmdir(tempfile.mkdtemp(prefix=".", dir=there.resolve()))
    except RunError as error:
        if getattr(error.__cause__, "errno", None) in _OF_THE_DISK:
            raise
        raise ConfigError(str(error)) from error
