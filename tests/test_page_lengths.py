"""Pages stay short enough to be read: the README has 600 words at most, written pages of the docs 300 lines."""

from pathlib import Path

import pytest

import rnnchaos

ROOT = Path(rnnchaos.__file__).parents[1]
_GENERATED = {"commands.md", "reference.md", "settings.md"}
WRITTEN = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page.name not in _GENERATED]


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").split()) <= 600


@pytest.mark.parametrize("page", WRITTEN, ids=[str(page.relative_to(ROOT / "docs")) for page in WRITTEN])
def test_a_page_is_short(page):
    assert len(page.read_text("utf-8").splitlines()) <= 300
