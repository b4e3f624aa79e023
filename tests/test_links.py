"""Links between the Markdown files lead to files and headings that are there, by the anchors that GitHub makes."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

import rnnchaos

ROOT = Path(rnnchaos.__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.joinpath("docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(page: Path) -> str:
    """The text of a page but for its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.S | re.M)


@cache
def anchors(page: Path) -> list[str]:
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.M)
    return [
        re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "]", each).lower()).replace(" ", "-")
        for each in headings
    ]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page):
    for link in _LINK.findall(text_of(page)):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        file, _, anchor = unquote(link).partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_contents_of_the_site_name_every_page_once():
    named = re.findall(
        r"^- \[[^]]+\]\(([\w/-]+\.md)\)", (ROOT / "docs" / "index.md").read_text("utf-8"), re.M
    )
    there = {page.name for page in ROOT.joinpath("docs").glob("*.md")} - {"index.md"}
    assert sorted(named) == sorted(there), "docs/index.md is the table of contents"
