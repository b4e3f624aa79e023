"""docs/extending.md followed to the letter: each of its blocks is a file, and does what the page says."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import recipes

SMALL = (
    "optimizer=adamw", "training.num_steps=20", "training.batch_size=4", "training.record_every=10",
    "dataset.train_length=1000", "dataset.test_length=500", "diagnostics=quick", "diagnostics.figures=false",
)  # fmt: skip


def rnnchaos(folder: Path, package: Path, *words: str) -> dict:
    ran = subprocess.run(
        [sys.executable, "-c", "from rnnchaos.cli import main; main()", *words, "--json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(package), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_every_block_is_a_file():
    for language, suffix in {"python": ".py", "yaml": ".yaml"}.items():
        names = list(recipes.files(language))
        assert len(names) == len(recipes.blocks(language))
        assert all(re.fullmatch(rf"[\w/]+\{suffix}", name) for name in names)


def test_the_groups_of_entry_points():
    from rnnchaos.plugins.classes import BASES

    (block,) = recipes.blocks("toml")
    groups = tomllib.loads(block)["project"]["entry-points"]
    assert {group.removeprefix("rnnchaos.") for group in groups} < set(BASES)
    assert all(f"`.{group}`" in recipes.PAGE or f"`rnnchaos.{group}`" in recipes.PAGE for group in BASES)


@pytest.mark.slow
def test_what_is_typed(tmp_path):
    for name, text in recipes.from_outside().items():
        (tmp_path / name).write_text(text)
    lines = [line for block in recipes.blocks("sh") for line in block.splitlines()]
    for line in lines:
        command, *words = line.split()
        assert command == "rnnchaos"
        record = rnnchaos(tmp_path, recipes.ROOT, *words, *(SMALL if words[0] == "train" else ()))
    assert record["reach"] > 0
    named = [word for name in recipes.from_outside() for word in ("--plugin", name)]
    record = rnnchaos(tmp_path, recipes.ROOT, "train", *named, "protocol=relaxed_forcing", *SMALL)
    assert record["range_error"] > 0


def moved(package: Path, name: str, room: str, folder: str = "") -> None:
    """A file of the page put into a room of the package, and exported from it."""
    text = recipes.from_outside()[f"{name}.py"]
    text = text.replace(f"from rnnchaos.{room} import", f"from rnnchaos.{room}.base import")
    place = package / "rnnchaos" / room / folder / f"{name}.py"
    assert f"`{place.relative_to(package).as_posix()}`" in recipes.PAGE
    place.write_text(text)
    (member,) = re.findall(r"^class (\w+)\(Abstract", text, re.M)
    exports = place.parents[1 if folder else 0] / "__init__.py"
    assert f"`{exports.relative_to(package).as_posix()}`" in recipes.PAGE
    module = place.relative_to(package).with_suffix("").as_posix().replace("/", ".")
    lines = exports.read_text().replace("__all__ = [\n", f'__all__ = [\n    "{member}",\n')
    exports.write_text(f"{lines}\nfrom {module} import {member}\n")


@pytest.mark.slow
def test_the_package_itself(tmp_path):
    for name in ("rnnchaos", "configs"):
        shutil.copytree(recipes.ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    moved(tmp_path, "my_flow", "systems", "flows")
    moved(tmp_path, "my_cell", "models")
    moved(tmp_path, "half_forcing", "protocols")
    for name, text in recipes.files("yaml").items():
        (tmp_path / name).write_text(text)
    path = "rnnchaos/diagnostics/recurrence.py"
    (tmp_path / path).write_text(recipes.files("python")[path])
    registry = tmp_path / "rnnchaos" / "diagnostics" / "registry.py"
    text = registry.read_text()
    registry.write_text(
        text.replace("_OWN = (\n", '_OWN = (\n    "rnnchaos.diagnostics.recurrence.Recurrence",\n')
    )
    (tmp_path / "docs").mkdir()
    subprocess.run(
        [sys.executable, "-m", "rnnchaos.settings.declarations"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
    )
    index = (tmp_path / "rnnchaos" / "settings" / "index.json").read_text()
    assert all(name in index for name in ("MyFlow", "MyCell", "HalfForcing", "recurrence.radius"))
    run = rnnchaos(
        tmp_path, tmp_path, "train", "dataset=my_flow", "model=my_cell", "protocol=half_forcing", *SMALL
    )
    assert run["run"].startswith("outputs/my_flow-my_cell-half_forcing/")
    assert rnnchaos(tmp_path, tmp_path, "recurrence", run["run"])["recurrence"] > 0
