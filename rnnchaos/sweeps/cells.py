"""The cells of a sweep, and the file that lists them: a line says in what a cell differs from the first."""

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rnnchaos import yamltext
from rnnchaos.errors import ConfigError
from rnnchaos.runs import RunFolder, opening
from rnnchaos.runs.lines import is_cut, read_lines
from rnnchaos.runs.notices import say_once
from rnnchaos.sweeps.identity import cell_id

_ID = "[0-9a-f]{16,64}"
# A setting that the data decide; a run's config has what they decided.
_LATE = "auto"


class Cell(NamedTuple):
    """One training of a sweep."""

    id: str
    overrides: tuple[str, ...]
    """The words that tell it from the other cells of the sweep."""
    config: Mapping[str, Any]
    """Resolved and nested, as a run folder stores it."""

    @property
    def title(self) -> str:
        return " ".join(self.overrides) or self.id

    def check(self) -> None:
        """Raise ConfigError where these are not the settings that the cell is named after."""
        try:
            own = cell_id(self.config)
        except (KeyError, TypeError, AttributeError):  # what is left of a damaged line
            own = None
        if own != self.id:
            raise ConfigError(
                f"its settings are not those that {self.id} stands for: "
                "the list of cells, the data file or a plugin was altered since"
            )


def flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings by their full names; an empty group is a value."""
    found: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def line_of(cell: Cell, base: Mapping[str, Any]) -> dict[str, Any]:
    """A cell as it is stored beside the settings `base`."""
    settings = flat(cell.config)
    changed = {
        key: value for key, value in settings.items() if key not in base or not _same(base[key], value)
    }
    without = [key for key in base if key not in settings]
    return {"cell": cell.id, "overrides": cell.overrides, "settings": changed, "without": without}


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same one of the same kind: 1, 1.0 and true are equal in Python, and other settings."""
    if type(one) is not type(other) or one != other:
        return False
    return not isinstance(one, list | dict) or json.dumps(one) == json.dumps(other)


def cell_of_line(line: Mapping[str, Any], base: Mapping[str, Any]) -> Cell:
    """The cell that was stored beside the settings `base`."""
    settings = {key: value for key, value in base.items() if key not in line["without"]}
    return Cell(line["cell"], tuple(line["overrides"]), _nested(settings | line["settings"]))


def _nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for key, value in settings.items():
        *parents, leaf = key.split(".")
        node = config
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value
    return config


def read_cells(file: Path, head: Mapping[str, Any], folder_of: Callable[[str], Path]) -> list[dict[str, Any]]:
    """The lines of all cells. What a damaged one said is read from the cell's run folder, if there is one.

    Such a line has an entry `damaged`, and, where its settings are lost, one more, `refused`, with the reason.
    """
    found = read_lines(file, _check, instead="the run folders are read in their place")
    if head.get("search") and found and found[-1] is None and is_cut(file):
        found.pop()  # of a list that grows: it is not there yet, or will be cut off
    are_damaged, known = None in found, head.get("ids")
    if known is not None:  # places, too, are as they were
        by_id = {line["cell"]: line for line in found if line is not None}
        found = [by_id.get(cell) for cell in known]
        names: Iterator[str | None] = iter(known)
    else:
        found += [None] * (head.get("cells", 0) - len(found))
        names = _names(file, len(found))
    if None in found and not are_damaged:
        say_once(
            f"{file} has lost lines, of {found.count(None)} of {len(found)} cells: the run folders are read"
        )
    return [
        _rebuilt(place, name, head["base"], folder_of) if line is None else line
        for place, (line, name) in enumerate(zip(found, names, strict=True))
    ]


def _rebuilt(
    place: int, cell: str | None, base: Mapping[str, Any], folder_of: Callable[[str], Path]
) -> dict[str, Any]:
    lost: dict[str, Any] = {
        "overrides": [],
        "settings": {},
        "without": list(base),
        "trial": None,
        "damaged": True,
    }
    if cell is None:
        return {**lost, "cell": f"damaged-{place + 1}", "refused": "its line in the list of cells is damaged"}
    try:
        trained = yamltext.load(RunFolder.open(folder_of(cell)).config_text)
        line = line_of(asked_for(cell, trained, base), base)
    except (ConfigError, ValueError, TypeError, AttributeError):
        reason = "its line in the list of cells is damaged, with its settings: the command of the sweep writes it anew"
        return {**lost, "cell": cell, "refused": reason}
    words = [f"{name}={value}" for name, value in line["settings"].items() if name != "name"]
    return lost | line | {"overrides": words}


def asked_for(cell: str, trained: Mapping[str, Any], base: Mapping[str, Any]) -> Cell:
    """The cell of a run, whose config has values in place of what was left to the data, as in the first cell.

    Raises ConfigError where no such settings are those that it is named after.
    """
    late = {name: value for name, value in base.items() if value == _LATE}
    settings = flat(trained) | late
    own = {name: value for name, value in settings.items() if name in base}
    *guesses, last = (Cell(cell, (), config) for config in (_nested(settings), _nested(own), trained))
    for guess in guesses:
        with contextlib.suppress(ConfigError):
            guess.check()
            return guess
    last.check()
    return last


def _names(file: Path, count: int) -> Iterator[str | None]:
    """The identities that can still be made out in a list, and None for those that cannot."""
    texts: Sequence[bytes] = []
    with contextlib.suppress(OSError, ConfigError):
        texts = [text for text in opening.read(file, most=opening.MOST_LINES).split(b"\n") if text]
    for place in range(count):
        match = re.search(rb'"cell": "(%s)"' % _ID.encode(), texts[place]) if place < len(texts) else None
        yield match[1].decode() if match else None


def _check(line: Mapping[str, Any]) -> None:
    words, without = line["overrides"], line["without"]
    if not (
        re.fullmatch(_ID, line["cell"])
        and isinstance(line["settings"], dict)
        and all(
            isinstance(names, list) and all(isinstance(name, str) for name in names)
            for names in (words, without)
        )
        and isinstance(line.get("refused", ""), str)
        and isinstance(line.get("trial", 0), int)
    ):
        raise ValueError("no cell")
