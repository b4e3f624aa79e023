"""docs/own-data.md: its file is made as it says, and `rnnchaos data` answers in its words."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from rnnchaos import cli

PAGE = (Path(__file__).parents[2] / "docs" / "own-data.md").read_text("utf-8").replace(" \\\n    ", " ")
ASKED = re.findall(r"^\$ rnnchaos (data .+)\n((?:(?!\$|```).*\n)+)", PAGE, re.M)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """With the file of the page."""
    made = tmp_path_factory.mktemp("own-data")
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.S | re.M)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        exec(compile(code, "docs/own-data.md", "exec"), {})
    return made


def test_the_page_shows_the_first_rows(folder):
    rows = (folder / "reactor.csv").read_text("utf-8").splitlines()[:3]
    assert "$ head -3 reactor.csv\n" + "\n".join(rows) + "\n" in PAGE


def test_the_page_asks_four_times():
    assert len(ASKED) == 4


@pytest.mark.parametrize(("words", "answer"), ASKED, ids=[words for words, _ in ASKED])
def test_the_answer_is_that_of_the_page(folder, monkeypatch, capsys, words, answer):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["rnnchaos", *shlex.split(words)])
    with pytest.raises(SystemExit):
        cli.main()
    printed = capsys.readouterr()
    said = " ".join((printed.out + printed.err).split())
    assert " ".join(answer.split()) in said
