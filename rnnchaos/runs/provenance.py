"""Where a run comes from: code, packages, machine, device and command line. No environment, no secrets."""

import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from rnnchaos import __version__

_PACKAGE_FOLDER = Path(__file__).resolve().parents[1]


class Provenance(NamedTuple):
    """All that is needed to run a run again. `_asdict()` is what `RunWriter.create` takes."""

    rnnchaos: str  # version
    git_commit: str | None  # None outside a checkout
    git_dirty: bool | None  # whether the checkout held changes or new files
    command: list[str]
    seed: int
    precision: str  # of training
    device: str
    device_count: int
    x64: bool
    matmul_precision: str | None
    xla_flags: str | None
    python: str
    packages: dict[str, str]  # all that are installed, with their versions
    platform: str
    cpu_count: int | None
    host: str


def collect_provenance(*, seed: int, precision: str, command: Sequence[str] | None = None) -> Provenance:
    """Gather the provenance of a run of this process, whose command line is `command` unless it is None."""
    import jax  # here, because listing runs needs none of it

    devices = jax.devices()
    commit, dirty = _git()
    packages = dict(map(_name_and_version, metadata.distributions()))
    return Provenance(
        rnnchaos=__version__,
        git_commit=commit,
        git_dirty=dirty,
        command=list(sys.argv if command is None else command),
        seed=seed,
        precision=precision,
        device=f"{devices[0].platform}: {devices[0].device_kind}",
        device_count=len(devices),
        x64=bool(jax.config.values["jax_enable_x64"]),
        matmul_precision=jax.config.values["jax_default_matmul_precision"],
        xla_flags=os.environ.get("XLA_FLAGS"),
        python=platform.python_version(),
        packages=dict(sorted(packages.items(), key=lambda item: item[0].lower())),
        platform=platform.platform(),
        cpu_count=os.cpu_count(),
        host=socket.gethostname(),
    )


def _name_and_version(found: metadata.Distribution) -> tuple[str, str]:
    """From the first lines of what is installed: the standard library parses all of it, for each of the two."""
    text = found.read_text("METADATA") or ""
    lines = [line.partition(": ") for line in text.partition("\n\n")[0].splitlines()]
    told = {name: value for name, colon, value in lines if colon and name in ("Name", "Version")}
    return (told["Name"], told["Version"]) if len(told) == 2 else (found.name, found.version)


def _git() -> tuple[str | None, bool | None]:
    """Commit of the checkout that the package lies in, and whether it was changed."""
    checkout = _PACKAGE_FOLDER.parent
    # Not a repository further up: an installed package may lie inside someone else's.
    if not (checkout / ".git").exists() or shutil.which("git") is None:
        return None, None
    commit, changes = _ask_git(checkout, "rev-parse", "HEAD"), _ask_git(checkout, "status", "--porcelain")
    return commit, None if changes is None else changes != ""


def _ask_git(checkout: Path, *words: str) -> str | None:
    command = ["git", "--no-optional-locks", "-C", str(checkout), *words]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
