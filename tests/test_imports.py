"""Dependencies between the rooms run one way, and the package is imported without its heavy parts."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import rnnchaos

PACKAGE = Path(rnnchaos.__file__).parent
# What each room may import, beside `errors` and `typing`, which everyone may.
MAY_IMPORT = {
    "systems": set(),
    "models": set(),
    "tangent": set(),
    "metrics": set(),
    "figures": set(),
    "runs": set(),
    "series": {"tangent"},
    "cycles": {"tangent"},
    "data": {"systems"},
    "protocols": {"models"},
    "training": {"models", "protocols", "tangent", "data"},
    "settings": {"systems", "data", "models", "protocols", "training"},
    "measurements": {"systems", "models", "tangent", "series", "cycles", "metrics", "figures", "runs", "data",
                     "settings"},
    "trainings": {"models", "protocols", "tangent", "metrics", "figures", "runs", "data", "training", "settings",
                  "measurements"},
    "listings": {"systems", "data", "figures", "runs", "settings", "measurements"},
    "sweeps": {"settings", "trainings", "figures", "runs"},
    "paper": {"settings", "trainings", "measurements", "figures", "runs", "sweeps"},
    "cli": {"settings", "trainings", "measurements", "listings", "sweeps", "paper"},
}  # fmt: skip


def imported_rooms(room):
    """The rooms that files of `room` import, at their top or inside a function."""
    found = set()
    for file in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            found |= {name.split(".")[1] for name in names if name.startswith("rnnchaos.")}
    return found & set(MAY_IMPORT) - {room}


def test_every_room_is_listed():
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert rooms - {"configs"} == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way(room):
    assert imported_rooms(room) <= MAY_IMPORT[room]


def test_the_package_alone_is_light():
    code = "import sys, rnnchaos; sys.exit(any(m in sys.modules for m in ('jax', 'numpy', 'hydra', 'matplotlib')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_public_names_resolve():
    for name in rnnchaos.__all__:
        assert getattr(rnnchaos, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'lyapunov'"):
        rnnchaos.lyapunov  # noqa: B018
