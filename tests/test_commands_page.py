"""docs/commands.md is what the commands declare, and shows each of them at work."""

import re
import runpy
from pathlib import Path

import pytest

import rnnchaos

ROOT = Path(rnnchaos.__file__).parents[1]
MADE = runpy.run_path(str(ROOT / "scripts" / "make_commands.py"))
SECTIONS = dict(
    re.findall(r"^## rnnchaos (.+?)\n(.*?)(?=^## )", MADE["PAGE"].read_text("utf-8"), re.S | re.M)
)
COMMANDS = [words for words, _ in MADE["commands"]()]


def test_the_page_is_made_from_the_commands():
    assert MADE["page"]() == MADE["PAGE"].read_text("utf-8"), "run scripts/make_commands.py"


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_an_example(words):
    blocks = "".join(re.findall(r"^```\n(.*?)^```", SECTIONS[words], re.S | re.M))
    assert f"rnnchaos {words}" in blocks


def test_every_option_and_argument_is_explained():
    bare = [
        line
        for section in SECTIONS.values()
        for line in section.splitlines()
        if re.match(r"\| `.*` \|  ?\|", line)
    ]
    assert bare == []


def test_a_long_right_side_of_a_help_text_is_put_together_again():
    lines = [
        "  protocol.tau=auto  Steps between two",
        "                     forcings.",
        "  name               Folder.",
    ]
    assert list(MADE["_rows"](lines)) == [
        ("protocol.tau=auto", "Steps between two forcings."),
        ("name", "Folder."),
    ]
