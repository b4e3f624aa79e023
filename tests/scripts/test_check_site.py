"""What scripts/check_site.py says of a site with one fault of each kind."""

import runpy
from pathlib import Path

import pytest

import rnnchaos

SCRIPT = Path(rnnchaos.__file__).parents[1] / "scripts" / "check_site.py"


def faults(folder, **pages):
    for name, body in pages.items():
        (folder / f"{name}.html").write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
    return list(runpy.run_path(str(SCRIPT))["faults"](folder))


def test_links_within_the_site_and_away_from_it_are_no_fault(tmp_path):
    body = (
        '<h2 id="größe">x</h2><a href="b.html#gr%C3%B6%C3%9Fe"><a href="#größe"><a href="https://arxiv.org">'
    )
    picture = '<img src="data:image/png;base64,AA=="><link rel="next" href="a.html">'
    assert faults(tmp_path, a=body, b=body + picture) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="b.html">', "a.html links to b.html, which is not there"),
        ('<a href="#there">', "a.html links to #there, which is not there"),
        ('<img src="no.png">', "a.html links to no.png, which is not there"),
        ('<script src="https://cdn.example/x.js"></script>', "a.html fetches https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', "a.html fetches //cdn.example/x.css"),
    ],
)
def test_a_fault_is_a_line(tmp_path, body, said):
    assert faults(tmp_path, a=body) == [said]


def test_a_style_that_fetches(tmp_path):
    (tmp_path / "x.css").write_text("@import 'https://fonts.example/a.css';", encoding="utf-8")
    assert faults(tmp_path, a="") == ["x.css fetches from elsewhere"]
