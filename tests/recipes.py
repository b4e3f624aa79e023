"""The examples of docs/extending.md and docs/adding.md, each under the name of the file that its first line says."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = "\n".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("extending.md", "adding.md"))


def blocks(language: str) -> list[str]:
    """The text of all fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.S | re.M)


def files(language: str) -> dict[str, str]:
    """The blocks of a language by the names of their files."""
    return {block.partition("\n")[0].removeprefix("# "): block for block in blocks(language)}


def from_outside() -> dict[str, str]:
    """Those that stand outside of the package, to be named as plugins."""
    return {name: text for name, text in files("python").items() if "/" not in name}
