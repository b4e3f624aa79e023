"""Every annotation of the numerical rooms is checked at run time in the tests."""

import os
from importlib.metadata import version
from pathlib import Path

import pytest

# As the command line sets them, before JAX is imported: one thread each, and float64 where it is asked for.
os.environ["JAX_ENABLE_X64"] = "1"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
# Most tests compile a program to run it once; what emits fused loops takes most of that time, where it can be left out.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
if version("jaxlib").startswith("0.10."):
    os.environ["XLA_FLAGS"] += " --xla_cpu_use_fusion_emitters=false"
# Compiling is most of what tests do: every program is kept for the next run, the small ones too.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")

import jaxtyping
from jaxtyping import install_import_hook

# Where arrays are computed; checking the rest costs every worker many seconds at its start.
NUMERICAL = (
    *("systems", "models", "protocols", "data", "training"),
    *("tangent", "attractors", "series", "cycles", "metrics"),
)
install_import_hook([f"rnnchaos.{room}" for room in NUMERICAL], "beartype.beartype")


def pytest_addoption(parser):
    parser.addoption("--every", type=int, default=1, metavar="N", help="run every N-th test alone")


def pytest_collection_modifyitems(config, items):
    items[:] = items[:: config.getoption("--every")]
    # The longest begins first: at the end one worker would be alone with it.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


# Linux allows a process 65530 mappings; every compiled program has a few, and XLA crashes where there is none left.
MOST_MAPPINGS = 15_000


@pytest.fixture(autouse=True, scope="module")
def compiled_programs_are_let_go():
    """A process that runs many modules of tests keeps the programs of a few."""
    yield
    mappings = Path("/proc/self/maps")
    if mappings.exists() and mappings.read_text().count("\n") > MOST_MAPPINGS:
        import jax

        jax.clear_caches()


@pytest.fixture
def unchecked_types(monkeypatch):
    """Arguments of other types than those declared reach the functions, as they do outside tests."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.fixture(autouse=True)
def no_signal_is_left():
    """A process that runs many tests is that of no command, and has been asked for nothing."""
    from rnnchaos import stopping

    yield
    stopping._asked, stopping._is_ours = None, False


@pytest.fixture
def traced(monkeypatch):
    """A list with an entry for each time that an optimiser step is traced for a program."""
    import jax

    from rnnchaos.training.trainer import AbstractForcedTrainer

    found, step = [], AbstractForcedTrainer._step

    def counted(*given):
        found.append(given)
        return step(*given)

    monkeypatch.setattr(AbstractForcedTrainer, "_step", counted)
    jax.clear_caches()
    return found
