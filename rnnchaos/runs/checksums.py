"""SHA-256 of every file of a run, in the format of `sha256sum -c`."""

import hashlib
import stat
from collections.abc import Mapping
from pathlib import Path

from rnnchaos.runs import opening
from rnnchaos.runs.layout import CHECKSUMS
from rnnchaos.runs.stale import again_where_stale


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@again_where_stale
def digests(folder: Path) -> dict[str, str]:
    """The digest of each file under `folder` by its relative name, links, hidden and temporary files left out."""
    names = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if _is_own(path)}
    return {name: opening.digest(path, within=folder) for name, path in names.items() if name != CHECKSUMS}


def _is_own(path: Path) -> bool:
    """Whether a run can have written it."""
    found = path.lstat()
    return (
        stat.S_ISREG(found.st_mode) and found.st_size <= opening.MOST_ARRAYS and not path.name.startswith(".")
    )


def to_text(sums: Mapping[str, str]) -> str:
    """Lines for `sha256sum -c`."""
    return "".join(f"{value}  {name}\n" for name, value in sorted(sums.items()))


def from_bytes(content: bytes) -> dict[str, str]:
    """Digests by file name. Raises ValueError for a line that is not a digest and a name."""
    pairs = (line.split("  ", maxsplit=1) for line in content.decode().splitlines())
    return {name: value for value, name in pairs}
