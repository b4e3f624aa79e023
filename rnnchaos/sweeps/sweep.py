"""A sweep on disk: a list of cells, and the folders in which all sweeps of a study keep their runs.

NAME.sweep/v0001/sweep.json     the command, and the settings of the first cell
NAME.sweep/v0001/cells.jsonl    a line for each cell: its identity, its overrides, what it changes in those settings
NAME.sweep/v0001/study.journal  of a search alone, whose list of cells grows: what its sampler knows
NAME.sweep/cells/ab/ab12…/      the run folder of a cell, shared by the sweeps that contain it
NAME.sweep/journal/*.jsonl      what each process has begun and ended
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.runs import jsonfile, layout
from rnnchaos.runs.atomic import write
from rnnchaos.runs.litter import claim_new

FORMAT = 1
SUFFIX = layout.SWEEP_SUFFIX
_HEAD, _CELLS = layout.SWEEP, layout.CELLS


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


class Sweep:
    """One version folder of a study. Reading it takes two files, however many cells there are."""

    def __init__(self, path: Path, head: Mapping[str, Any]) -> None:
        self.path, self._head = path, head

    @classmethod
    def create(cls, outputs: Path, name: str, cells: Sequence[Cell], *, command: Sequence[str]) -> "Sweep":
        """The version of `outputs/NAME.sweep` with just these cells, or else a new one.

        Raises ConfigError for a bad name, RunError where the disk refuses.
        """
        study = outputs / f"{name}{SUFFIX}"
        for known in cls.versions(study):
            if not known.search and known.ids == [cell.id for cell in cells]:
                layout.point_latest(known.path)  # the process that made it may have died just before
                return known
        head = {"format": FORMAT, "command": list(command), "cells": len(cells)}
        return cls._write(outputs, name, cells, head | {"base": flat(cells[0].config)})

    @classmethod
    def create_search(cls, outputs: Path, name: str, head: Mapping[str, Any]) -> "Sweep":
        """A new version whose list of cells is empty and may grow; `head` holds `command`, `base` and `search`."""
        return cls._write(outputs, name, [], {"format": FORMAT, **head})

    @classmethod
    def _write(cls, outputs: Path, name: str, cells: Sequence[Cell], head: Mapping[str, Any]) -> "Sweep":
        head = {**head, "plugins": plugins.used([head["base"], *(cell.config for cell in cells)])}
        claim, _ = claim_new(outputs, f"{name}{SUFFIX}")  # so that nobody takes it for an abandoned one
        path = claim.folder
        lines = [jsonfile.to_line(line_of(cell, head["base"])) for cell in cells]
        write(path / _CELLS, "".join(lines))
        write(path / _HEAD, jsonfile.to_text(head))  # last: a folder with a head is whole
        claim.release()
        layout.point_latest(path)
        return cls(path, head)

    @classmethod
    def versions(cls, study: Path) -> "list[Sweep]":
        """All that can be read, the oldest first."""
        found = [_opened(version) for version in _versions(study)]
        return [sweep for sweep in found if sweep is not None]

    def restate(self, **changed: Any) -> "Sweep":
        """The same sweep with other entries in its head."""
        head = {**self._head, **changed}
        write(self.path / _HEAD, jsonfile.to_text(head))
        return Sweep(self.path, head)

    @classmethod
    def at(cls, path: Path) -> "Sweep | None":
        """The sweep that `open` would open, or None where there is none."""
        folder = path.resolve() if path.is_symlink() else path
        if folder.name.endswith(SUFFIX) and (versions := _versions(folder)):
            folder = versions[-1]
        return _opened(folder)

    @classmethod
    def open(cls, path: Path) -> "Sweep":
        """Open `outputs/NAME.sweep/v0001`, or the newest version of `outputs/NAME.sweep`.

        Raises ConfigError where there is no sweep, naming the nearest.
        """
        found = cls.at(path)
        if found is None:
            nearest = [
                str(sweep) for near in (path, path.parent, Path("outputs")) for sweep in _sweeps_in(near)
            ]
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            raise ConfigError(f"there is no sweep {path}{hint}")
        return found

    @property
    def study(self) -> Path:
        """The folder of all sweeps of this name."""
        return self.path.parent

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The cells as they are stored."""
        text = self.cells_file.read_bytes()
        return [jsonfile.from_text(line) for line in text.split(b"\n")[:-1]]  # half a line is not there yet

    @property
    def cells_file(self) -> Path:
        """The list of the cells; that of a search grows."""
        return self.path / _CELLS

    @property
    def search(self) -> dict[str, Any]:
        """What a search looks for, and where; empty for a plain sweep."""
        return self._head.get("search", {})

    @property
    def plugins(self) -> list[dict[str, Any]]:
        """What the cells need beside this package."""
        return self._head.get("plugins", [])

    @property
    def command(self) -> Sequence[str]:
        """The words that made it."""
        return self._head["command"]

    @cached_property
    def ids(self) -> list[str]:
        return [line["cell"] for line in self.lines]

    @property
    def base(self) -> dict[str, Any]:
        """The settings of the first cell, by their full names."""
        return self._head["base"]

    def cell(self, index: int) -> Cell:
        """The cell at a place in the list."""
        line = self.lines[index]
        settings = {key: value for key, value in self.base.items() if key not in line["without"]}
        return Cell(line["cell"], tuple(line["overrides"]), _nested(settings | line["settings"]))

    def folder(self, cell: str) -> Path:
        """The run folder of a cell."""
        return self.study / "cells" / cell[:2] / cell


def flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings by their full names; an empty group is a value."""
    found: dict[str, Any] = {}
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def _nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for key, value in settings.items():
        *parents, leaf = key.split(".")
        node = config
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = value
    return config


def line_of(cell: Cell, base: Mapping[str, Any]) -> dict[str, Any]:
    """A cell as it is stored beside the settings `base`."""
    settings = flat(cell.config)
    changed = {key: value for key, value in settings.items() if key not in base or base[key] != value}
    without = [key for key in base if key not in settings]
    return {"cell": cell.id, "overrides": cell.overrides, "settings": changed, "without": without}


def _opened(folder: Path) -> Sweep | None:
    try:
        head = jsonfile.from_text((folder / _HEAD).read_bytes())
    except (OSError, ValueError):
        return None
    if head["format"] > FORMAT:
        raise ConfigError(f"{folder} has sweep format {head['format']}, this rnnchaos reads up to {FORMAT}")
    return Sweep(folder, head)


def _versions(study: Path) -> list[Path]:
    """The version folders of a study, the oldest first."""
    names = [path.name for path in study.iterdir()] if study.is_dir() else []
    return sorted(study / name for name in names if layout.version_number(name) is not None)


def _sweeps_in(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from reversed([path for path in _versions(folder) if (path / _HEAD).is_file()])
        for study in sorted(folder.glob(f"*{SUFFIX}")):
            yield from reversed(_versions(study))
