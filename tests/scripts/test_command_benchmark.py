"""How commands are timed: whole processes, and rows of a page; nothing is trained."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("benchmark_commands")


def test_rows_have_medians_ranges_and_the_ratio_of_the_other_tree(script):
    rows = script.table({"train": [[2.0, 1.0, 9.5], [3.0, 3.0, 12.25]], "first step": [[10.0], [5.0]]})
    assert rows[2] == "| `rnnchaos train` | 2.00 | 1.00–9.50 | 3.00 | 3.00–12.2 | 1.50 |"
    assert rows[3].startswith("| `rnnchaos train`, to its first step | 10.0 |")
    assert rows[3].endswith("| 0.50 |")


def test_one_tree_has_no_ratio(script):
    assert script.table({"evaluate": [[2.0]]})[2] == "| `rnnchaos evaluate RUN` | 2.00 | 2.00–2.00 |"


def test_the_package_of_the_other_tree_is_run(script, tmp_path):
    tree, place = tmp_path / "tree", tmp_path / "place"
    (tree / "rnnchaos").mkdir(parents=True)
    place.mkdir()
    (tree / "rnnchaos" / "__init__.py").touch()
    (tree / "rnnchaos" / "cli.py").write_text(
        "import time\ndef main():\n    while time.process_time() < 0.5: pass\n    print('of the tree')\n"
    )
    assert 0.4 < script.cpu_seconds(script.COMMANDS["help"], tree, place) < 5
    assert (place / "log").read_text() == "of the tree\n"


def test_a_command_that_fails_says_why(script, tmp_path):
    with pytest.raises(SystemExit, match=r"rnnchaos nonsense: exit code 2\n(.|\n)*nonsense"):
        script.cpu_seconds(script.Command(("nonsense",)), script.ROOT, tmp_path)


def test_what_is_no_checkout_is_refused(tmp_path):
    command = [sys.executable, str(SCRIPTS / "benchmark_commands.py"), "--beside", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == f"--beside must be a checkout of rnnchaos, got {tmp_path}\n"
