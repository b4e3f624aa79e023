"""A sweep on disk: a list of cells, and the folders in which all sweeps of a study keep their runs.

NAME.sweep/v0001/sweep.json     the command, the settings of the first cell, the identities of all
NAME.sweep/v0001/cells.jsonl    a line for each cell: its identity, its overrides, what it changes in those settings
NAME.sweep/v0001/study.journal  of a search alone, whose list of cells grows: what its sampler knows
NAME.sweep/cells/ab/ab12…/      the run folder of a cell, shared by the sweeps that contain it
NAME.sweep/journal/*.jsonl      what each process has begun and ended
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.runs import jsonfile, layout, opening
from rnnchaos.runs.atomic import write
from rnnchaos.runs.lines import to_line
from rnnchaos.runs.litter import claim_new
from rnnchaos.runs.notices import say_once
from rnnchaos.sweeps.cells import Cell, cell_of_line, flat, line_of, read_cells

FORMAT = 1
SUFFIX = layout.SWEEP_SUFFIX
_HEAD, _CELLS = layout.SWEEP, layout.CELLS
_ID = re.compile(r"[\w-]+")


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
                return known._mended(cells)
        head = {"format": FORMAT, "command": list(command), "cells": len(cells)}
        head |= {"base": flat(cells[0].config), "ids": [cell.id for cell in cells]}
        return cls._write(outputs, name, cells, head)

    @classmethod
    def create_search(cls, outputs: Path, name: str, head: Mapping[str, Any]) -> "Sweep":
        """A new version whose list of cells is empty and may grow; `head` holds `command`, `base` and `search`."""
        return cls._write(outputs, name, [], {"format": FORMAT, **head})

    @classmethod
    def _write(cls, outputs: Path, name: str, cells: Sequence[Cell], head: Mapping[str, Any]) -> "Sweep":
        head = {**head, "plugins": plugins.used([head["base"], *(cell.config for cell in cells)])}
        claim, _ = claim_new(outputs, f"{name}{SUFFIX}")  # so that nobody takes it for an abandoned one
        path = claim.folder
        cls(path, head)._write_cells(cells)
        write(path / _HEAD, _head_text(head))  # last: a folder with a head is whole
        claim.release()
        layout.point_latest(path)
        return cls(path, head)

    def _write_cells(self, cells: Sequence[Cell]) -> None:
        write(self.cells_file, "".join(to_line(line_of(cell, self.base)) for cell in cells))

    def _mended(self, cells: Sequence[Cell]) -> "Sweep":
        """The same with its list of cells written anew where lines of it are damaged."""
        if not any("damaged" in line for line in self.lines):
            return self
        self._write_cells(cells)
        return Sweep(self.path, self._head)

    @classmethod
    def versions(cls, study: Path) -> "list[Sweep]":
        """All that can be read, the oldest first; a damaged one is named."""
        found = []
        for version in _versions(study):
            try:
                found.append(_opened(version))
            except ConfigError as error:
                say_once(str(error))
        return [sweep for sweep in found if sweep is not None]

    def restate(self, **changed: Any) -> "Sweep":
        """The same sweep with other entries in its head."""
        head = {**self._head, **changed}
        write(self.path / _HEAD, _head_text(head))
        return Sweep(self.path, head)

    @classmethod
    def at(cls, path: Path) -> "Sweep | None":
        """The sweep that `open` would open, or None where there is none."""
        folder = layout.follow_latest(path)
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
        """The cells as they are stored, or, of damaged lines, as their run folders have them."""
        return read_cells(self.cells_file, self._head, self.folder)

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
        return cell_of_line(self.lines[index], self.base)

    def folder(self, cell: str) -> Path:
        """The run folder of a cell. Raises ConfigError for a cell that no sweep has named, and behind links."""
        if not _ID.fullmatch(cell):
            raise ConfigError(f"{self.cells_file} is damaged: {cell!r} is no cell")
        return opening.inside(self.study, "cells", cell[:2], cell)


def _head_text(head: Mapping[str, Any]) -> str:
    return jsonfile.to_text(jsonfile.sealed(head))


def _opened(folder: Path) -> Sweep | None:
    """The sweep of a folder, None where there is none. Raises ConfigError for one that is damaged, or newer."""
    file = folder / _HEAD
    try:
        head = jsonfile.from_text(opening.read(file, most=opening.MOST_TEXT))
        if head["format"] > FORMAT:
            raise ConfigError(
                f"{folder} has sweep format {head['format']}, this rnnchaos reads up to {FORMAT}"
            )
        head = jsonfile.unsealed(head)
        _check_head(head)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        raise ConfigError(
            f"{file} is damaged ({cause}): the command that made the sweep makes it anew, with the cells it has"
        ) from error
    return Sweep(folder, head)


def _check_head(head: Mapping[str, Any]) -> None:
    """Raise ValueError or KeyError for what is no head."""
    optional = {"search": {}, "ids": [], "cells": 0}
    for name, example in {"command": [], "base": {}, **optional}.items():
        if not isinstance(head.get(name, example) if name in optional else head[name], type(example)):
            raise ValueError(f"its {name} is none")


def _versions(study: Path) -> list[Path]:
    """The version folders of a study, the oldest first."""
    names = [path.name for path in study.iterdir()] if study.is_dir() else []
    return sorted(study / name for name in names if layout.version_number(name) is not None)


def _sweeps_in(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from reversed([path for path in _versions(folder) if (path / _HEAD).is_file()])
        for study in sorted(folder.glob(f"*{SUFFIX}")):
            yield from reversed(_versions(study))
