"""Environment variables that JAX and the numerical libraries read when they are first imported."""

import os
from collections.abc import MutableMapping
from pathlib import Path


def prepare(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set what the user has not set. Must run before JAX and NumPy are imported."""
    environment["JAX_ENABLE_X64"] = "1"  # diagnostics need float64; training states its own precision
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
