"""Environment variables that JAX and the numerical libraries read when they are first imported."""

import contextlib
import os
import sys
import warnings
from collections.abc import MutableMapping
from pathlib import Path

_CACHE_BYTES = 2**30
_DAMAGED = "persistent compilation cache entry"


def prepare(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set what the user has not set, and float64, for the command. Must run before JAX and NumPy are imported."""
    environment["JAX_ENABLE_X64"] = "1"  # diagnostics need float64; training states its own precision
    _make_fast(environment)
    _say_once_that_the_cache_is_damaged()


def prepare_for_python(environment: MutableMapping[str, str] = os.environ) -> None:
    """The same for who imports this package: nothing once JAX is imported, and never float64 for the whole process.

    Public functions compute in `jax.enable_x64(True)` instead, so that the user's own code keeps JAX's default.
    """
    if "jax" not in sys.modules:
        _make_fast(environment)


def _make_fast(environment: MutableMapping[str, str]) -> None:
    folder = _cache_folder(environment)
    if folder is not None and "JAX_COMPILATION_CACHE_DIR" not in environment:
        environment["JAX_COMPILATION_CACHE_DIR"] = str(folder)
        shrink(folder, to=_limit(environment))
    # A program is read from the cache in some 10 ms.
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.02")
    # The matrices are small: threads cost more than they bring, in LAPACK and in XLA's matrix products alike.
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")
    flags = environment.get("XLA_FLAGS", "")
    if "xla_cpu_multi_thread_eigen" not in flags:
        environment["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()


def _cache_folder(environment: MutableMapping[str, str]) -> Path | None:
    """Where compiled programs are kept; None for a user without a home."""
    try:
        base = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:
        return None
    return Path(base) / "rnnchaos" / "jax"


def _limit(environment: MutableMapping[str, str]) -> int:
    with contextlib.suppress(ValueError):
        return int(environment.get("RNNCHAOS_CACHE_BYTES", ""))
    return _CACHE_BYTES


def shrink(folder: Path, *, to: int) -> None:
    """Remove the least recently used files of the compilation cache until it has at most `to` bytes.

    JAX's own limit needs another package, a lock at every read, and a cache that had it from the start.
    """
    files = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if entry.is_file(follow_symlinks=False):
                    found = entry.stat(follow_symlinks=False)
                    files.append((max(found.st_atime, found.st_mtime), found.st_size, entry.path))
    size = sum(size for _, size, _ in files)
    for _, own, path in sorted(files):
        if size <= to:
            return
        with contextlib.suppress(OSError):
            os.unlink(path)
        size -= own


def _say_once_that_the_cache_is_damaged() -> None:
    """One line in place of JAX's warning for every program."""
    show, said = warnings.showwarning, False

    def showwarning(message, category, filename, lineno, file=None, line=None):
        nonlocal said
        if _DAMAGED not in str(message):
            show(message, category, filename, lineno, file, line)
        elif not said:
            said = True
            folder = os.environ.get("JAX_COMPILATION_CACHE_DIR")
            sys.stderr.write(
                f"rnnchaos: the compilation cache {folder} is damaged or cannot be written; programs are compiled "
                "anew (remove it, or set JAX_COMPILATION_CACHE_DIR to another folder)\n"
            )

    if show.__module__ != __name__:
        warnings.showwarning = showwarning
