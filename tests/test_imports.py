"""Dependencies between the rooms run one way, and the package is imported without its heavy parts."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import rnnchaos

PACKAGE = Path(rnnchaos.__file__).parent
PLAN = Path(__file__).parents[1] / "docs" / "house.md"
_ROW = re.compile(r"\| (?P<floor>\d+) \| `(?P<room>\w+)` \| .+ \| (?P<knows>.+) \|")
ROWS = [row for line in PLAN.read_text(encoding="utf-8").splitlines() if (row := _ROW.fullmatch(line))]
# What each room may import, beside the files that lie among the rooms.
MAY_IMPORT = {row["room"]: set(re.findall(r"\w+", row["knows"].replace("–", ""))) for row in ROWS}
FLOORS = {row["room"]: int(row["floor"]) for row in ROWS}


def imports_of(file):
    """Dotted names that a file imports from the package, at its top or inside a function, and not for types alone."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    branches = [node for node in ast.walk(tree) if isinstance(node, ast.If)]
    for_types = [node for node in branches if ast.unparse(node.test) == "TYPE_CHECKING"]
    left_out = {node for block in for_types for node in ast.walk(block)}
    for node in set(ast.walk(tree)) - left_out:
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (name for name in names if name.startswith("rnnchaos."))


def imported_rooms(room):
    """The rooms that files of `room` import."""
    found = {name.split(".")[1] for file in (PACKAGE / room).rglob("*.py") for name in imports_of(file)}
    return found & set(MAY_IMPORT) - {room}


def imports_within(room):
    """`{file: files it imports}` of one room. A room's __init__ hands names on and is left out."""
    files = {
        ".".join(("rnnchaos", *file.relative_to(PACKAGE).with_suffix("").parts)): file
        for file in (PACKAGE / room).rglob("*.py")
        if file.name != "__init__.py"
    }
    return {
        module: {
            other for name in imports_of(file) for other in files if other in (name, name.rpartition(".")[0])
        }
        for module, file in files.items()
    }


def test_every_room_is_listed():
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert rooms - {"configs"} == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way(room):
    assert imported_rooms(room) <= MAY_IMPORT[room]
    assert all(FLOORS[below] < FLOORS[room] for below in MAY_IMPORT[room])


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way_inside_a_room(room):
    order = TopologicalSorter(imports_within(room))
    order.prepare()  # a CycleError names the files of a circle


def test_of_hydra_its_public_parts_alone_are_used():
    private = re.compile(r"hydra\._internal|hydra_plugins|\._value\b|\._actions\b")
    used = [file for file in PACKAGE.rglob("*.py") if private.search(file.read_text(encoding="utf-8"))]
    assert used == []


def test_the_package_alone_is_light():
    code = "import sys, rnnchaos; sys.exit(any(m in sys.modules for m in ('jax', 'numpy', 'hydra', 'matplotlib')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").is_file()


def test_public_names_resolve():
    for name in rnnchaos.__all__:
        assert getattr(rnnchaos, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'lyapunov'"):
        rnnchaos.lyapunov  # noqa: B018
