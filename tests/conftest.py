"""Every annotation of the package is checked at run time in the tests."""

import os

# As the command line sets them, before JAX is imported: one thread each, and float64 where it is asked for.
os.environ["JAX_ENABLE_X64"] = "1"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
# Most tests compile a program to run it once.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")

from jaxtyping import install_import_hook

install_import_hook("rnnchaos", "beartype.beartype")
