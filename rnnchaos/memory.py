"""Memory: what a run would take in its parts, what there is here, and what has run out of it."""

import os
import resource
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rnnchaos.errors import ConfigError, RunError
from rnnchaos.setting import SettingError

# XLA goes on over many lines about what was allocated where.
_LONG = 400
# Bytes that nothing holds; larger whole numbers may be too large for a float.
_BEYOND = 1e30
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
# Where this process stands in the tree of control groups, and the files of their limits and of what they use.
_GROUPS, _TREE = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")
_LIMITS = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))
# Of a group that uses memory for nothing but files, which gives way.
_GIVES_WAY = ("inactive_file", "total_inactive_file")


class Part(NamedTuple):
    """One of the things that take memory."""

    what: str
    """Such as `the forecasts`."""
    size: float
    """Bytes."""
    settings: tuple[str, ...]
    """Those that it grows with, by their full names or those of their groups."""


def require(parts: Sequence[Part], values: Mapping[str, float], *, usual: Mapping[str, float]) -> None:
    """Raise SettingError where all parts together take more than there is, with the setting to blame (`to_blame`)."""
    here = memory_here()
    parts = [part._replace(size=min(part.size, _BEYOND)) for part in parts]
    needed = sum(part.size for part in parts)
    if here is None or needed <= here:
        return
    largest = max(parts, key=lambda part: part.size)
    name = to_blame(largest.settings, values, usual)
    raise SettingError(
        name,
        "fit into memory",
        values[name],
        f"this needs about {in_bytes(needed)}, {in_bytes(here)} here; the largest part is {largest.what}, "
        f"{in_bytes(largest.size)}",
    )


def to_blame(settings: Sequence[str], values: Mapping[str, float], usual: Mapping[str, float]) -> str:
    """Of the settings with `values` that stand in these groups, the one most times its `usual` value.

    A count rather than a parameter.
    """

    def blame(name: str) -> tuple[bool, float]:
        times = values[name] / max(usual.get(name, 1), 1)
        return isinstance(values[name], int) and times > 1, times

    return max(
        (name for name in values if any(f"{name}.".startswith(f"{own}.") for own in settings)), key=blame
    )


def memory_here() -> int | None:
    """Bytes that this process can still take: of the machine, its control groups and limits; None if nothing says."""
    found = [*_of_machine(), *_of_groups(), *_of_limits()]
    return max(0, min(found)) if found else None


def in_bytes(size: float) -> str:
    """A size in decimal units: `80 GB`."""
    power = 0
    while size >= 999.5 and power < len(_UNITS) - 1:
        size, power = size / 1000, power + 1
    return f"{size:.3g} {_UNITS[power]}" if size < 999.5 else f"{size:.1e} {_UNITS[power]}"


def ran_out(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory: Python's, NumPy's or XLA's."""
    return isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in str(error)


def in_words(error: BaseException) -> str:
    """An error on one line: what there was no memory for, what was refused, or what nobody has foreseen."""
    text = " ".join(str(error).split())
    if ran_out(error):
        said = f"ran out of memory{text and ': '}{text}"
    elif isinstance(error, ConfigError | RunError):
        said = text
    else:
        said = f"{type(error).__name__}: {text}"
    return said if len(said) <= _LONG else f"{said[:_LONG]}…"


def _of_machine() -> Iterator[int]:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        yield next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):  # not Linux: what is built in, for want of what is free
        try:
            yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):
            return


def _of_groups() -> Iterator[int]:
    """What is left of the limits of this process's control groups, and of those above them (Docker, Slurm)."""
    try:
        lines = _GROUPS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        root = _TREE / controllers
        group = root / path.lstrip("/")
        # Within a container the path may be that of the host, and the limit stand at the root.
        for folder in {group, *group.parents, root}:
            if folder == root or root in folder.parents:
                yield from _left(folder)


def _left(folder: Path) -> Iterator[int]:
    for limit, usage in _LIMITS:
        most, used = _number(folder / limit), _number(folder / usage)
        if most is not None and used is not None:
            yield most - used + _reclaimable(folder / "memory.stat")


def _number(file: Path) -> int | None:
    """What stands in the file; None for `max`, or without one."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _reclaimable(file: Path) -> int:
    try:
        fields = dict(line.split() for line in file.read_text(encoding="ascii").splitlines())
        return max((int(fields[name]) for name in _GIVES_WAY if name in fields), default=0)
    except (OSError, ValueError):
        return 0


def _of_limits() -> Iterator[int]:
    """What ulimit leaves."""
    for limit, field in ((resource.RLIMIT_AS, 0), (resource.RLIMIT_DATA, 5)):
        most = resource.getrlimit(limit)[0]
        if most == resource.RLIM_INFINITY:
            continue
        try:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[field])
        except (OSError, ValueError):
            pages = 0
        yield most - pages * os.sysconf("SC_PAGE_SIZE")
