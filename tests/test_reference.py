"""docs/reference.md is what the docstrings say."""

import runpy
from pathlib import Path

import rnnchaos

ROOT = Path(rnnchaos.__file__).parents[1]


def test_the_reference_is_made_from_the_docstrings():
    made = runpy.run_path(str(ROOT / "scripts" / "make_reference.py"))
    assert made["page"]() == made["PAGE"].read_text("utf-8"), "run scripts/make_reference.py"


def test_every_public_name_stands_in_it():
    text = (ROOT / "docs" / "reference.md").read_text("utf-8")
    for name in set(rnnchaos.__all__) - {"__version__"}:
        assert f"`{name}`" in text
