"""What a view is: a page that is made anew where its files have changed, and a way to the views below it."""

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rnnchaos.report.blocks import Live
from rnnchaos.report.writing import policy, rendered

_FOLLOWS = "This page follows what is going on."
_ENDED = "Nothing goes on here; should anybody go on with it, this page follows."


class Page(NamedTuple):
    """A page, and the content-security policy that it needs."""

    text: str
    policy: str
    ended: bool
    """Whether nothing is going on that could change it."""


class View(ABC):
    """Something to watch."""

    @abstractmethod
    def page(self) -> Page:
        """As it stands now. Raises ConfigError where it cannot be read."""

    @abstractmethod
    def stamp(self) -> object:
        """Something that changes with the files that the page is made of, and is known in no time."""

    def find(self, names: Sequence[str]) -> "View | None":
        """The view at the end of a way, None where it leads nowhere."""
        return None if names else self


def made(template: str, page: Any, scripts: Sequence[str], *, up: str, ended: bool) -> Page:
    """A page that follows what it shows."""
    live = Live(_ENDED if ended else _FOLLOWS, up)
    return Page(rendered(template, {"page": page}, scripts, live=live), policy(scripts, live=True), ended)


def stamps(folder: Path) -> list[tuple[str, int, int]]:
    """Name, time and size of the files of a folder; a link is taken for itself."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
    except OSError:
        return []
    return sorted((name, seen.st_mtime_ns, seen.st_size) for name, seen in found)
