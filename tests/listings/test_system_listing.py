"""The listing of systems, and one system shown."""

import subprocess
import sys

import pytest
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.listings import catalogue, facts, list_systems, show_system
from rnnchaos.listings.systems import entries
from rnnchaos.settings.config_folders import ConfigFolders, builtin_folder
from rnnchaos.systems import settings_of


def test_every_dataset_with_equations_is_listed_with_what_is_known_of_it():
    listed = {entry.name: entry for entry in entries()}
    files = set(ConfigFolders((builtin_folder(),)).choices("dataset")) - {"file", "dysts", "equations"}
    assert set(listed) == files
    for entry in listed.values():
        assert entry.source != "", f"{entry.name}: author and year belong in the docstring of its class"
        assert entry.settings.source.arguments.items() <= settings_of(entry.system).items()


def test_the_stored_facts_are_those_of_the_classes():
    again = "python -m rnnchaos.listings.systems writes them anew"
    assert facts.FILE.read_text(encoding="utf-8") == facts.as_json([entry.facts for entry in entries()]), (
        again
    )


def test_the_listing_needs_none_of_the_classes():
    code = (
        "import sys; from rich.console import Console; from rnnchaos.listings import list_systems; "
        "list_systems(Console(quiet=True)); sys.exit('jax' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_dataset_of_another_content_is_built_anew(monkeypatch):
    stale = facts.stored()["henon"]._replace(dimension=7, config={})
    monkeypatch.setattr(facts, "stored", lambda: {"henon": stale})
    found = {entry.system: entry for entry in catalogue.known_systems()}
    assert found["henon"].dimension == 2
    assert len(found) == len(entries())


def test_the_listing_as_records():
    record = {entry["system"]: entry for entry in list_systems(Console(quiet=True)).record["systems"]}[
        "henon"
    ]
    assert (record["family"], record["dimension"], record["time_per_step"]) == ("maps", 2, 1.0)
    assert record["equation"].startswith("x' = 1 - ax² + y")
    assert record["literature"]["exponents"] == [0.41909, -1.62307]


def test_one_system_with_its_picture(capsys, tmp_path):
    show_system("henon", Console(width=100), figure=tmp_path / "henon.png")
    said = capsys.readouterr().out
    assert "henon (maps): x' = 1 - ax² + y, y' = bx (Hénon 1976" in said
    assert "dataset=henon: a = 1.4, b = 0.3" in said
    assert "published 0.41909(12), -1.62307(12)" in said
    assert sum(0x2800 < ord(letter) <= 0x28FF for letter in said) > 100
    assert (tmp_path / "henon.png").read_bytes()[:4] == b"\x89PNG"


def test_one_of_many_equations_of_a_class_is_shown(capsys):
    show_system("sprott_b", Console(width=100), figure=None)
    assert "Sprott's case B: x' = y z, y' = x - y, z' = 1 - x y" in capsys.readouterr().out


def test_a_misspelt_system():
    with pytest.raises(ConfigError, match=r"^there is no system 'henno'; did you mean henon\?$"):
        show_system("henno", Console(), figure=None)
