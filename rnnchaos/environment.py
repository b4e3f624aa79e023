"""Environment variables that JAX and the numerical libraries read when they are first imported."""

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path


def prepare(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set what the user has not set, and float64, for the command. Must run before JAX and NumPy are imported."""
    environment["JAX_ENABLE_X64"] = "1"  # diagnostics need float64; training states its own precision
    _make_fast(environment)


def prepare_for_python(environment: MutableMapping[str, str] = os.environ) -> None:
    """The same for who imports this package: nothing once JAX is imported, and never float64 for the whole process.

    Public functions compute in `jax.enable_x64(True)` instead, so that the user's own code keeps JAX's default.
    """
    if "jax" not in sys.modules:
        _make_fast(environment)


def _make_fast(environment: MutableMapping[str, str]) -> None:
    environment.setdefault("JAX_COMPILATION_CACHE_DIR", str(_cache_folder(environment)))
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
    # The matrices are small: threads cost more than they bring, in LAPACK and in XLA's matrix products alike.
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")
    flags = environment.get("XLA_FLAGS", "")
    if "xla_cpu_multi_thread_eigen" not in flags:
        environment["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()


def _cache_folder(environment: MutableMapping[str, str]) -> Path:
    base = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "rnnchaos" / "jax"
