"""Which process runs a run, and whether it still lives."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

_NO_PID = 2**31


class Process(NamedTuple):
    """A process, told apart from later ones with the same number. What the system does not tell is None."""

    host: str
    pid: int
    boot: str | None  # identity of the kernel's last start
    namespace: str | None  # in which `pid` counts: containers number their processes anew
    start_ticks: int | None  # clock ticks from the kernel's start to the process's

    @classmethod
    def current(cls) -> "Process":
        pid = os.getpid()
        return cls(socket.gethostname(), pid, _boot(), _namespace(), _start_ticks(pid))

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Process":
        ticks, pid = values["start_ticks"], int(values["pid"])
        if not 0 < pid < _NO_PID:
            raise ValueError(f"{pid} is no process")
        return cls(
            host=values["host"],
            pid=pid,
            boot=values["boot"],
            namespace=values["namespace"],
            start_ticks=None if ticks is None else int(ticks),
        )

    def is_alive(self) -> bool | None:
        """Whether the process still runs, None where that cannot be seen: another host, another container.

        Nor can it be of a host of this name that was started at another time: this one was restarted, or there are two.
        """
        here = (socket.gethostname(), _boot(), _namespace())
        if (self.host, self.boot, self.namespace) != here:
            return None
        if self.start_ticks is not None:
            return _start_ticks(self.pid) == self.start_ticks
        return _exists(self.pid)


def usable_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _boot() -> str | None:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None


def _namespace() -> str | None:
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return None


def _start_ticks(pid: int) -> int | None:
    """When a process started, None where there is none or it is a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()  # the command's name, in brackets, may hold anything
    return None if state in "ZX" else int(fields[18])


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # signal 0 only asks
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
