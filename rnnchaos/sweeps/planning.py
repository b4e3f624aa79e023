"""From combinations of settings to cells: every config is checked before anything is written."""

import contextlib
import dataclasses
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.numbers import counted
from rnnchaos.outcome import Outcome
from rnnchaos.runs import check_writable
from rnnchaos.setting import MOST_CELLS, SettingError
from rnnchaos.sweeps import estimate
from rnnchaos.sweeps.cells import Cell
from rnnchaos.sweeps.identity import cell_id
from rnnchaos.sweeps.standing import of_cell
from rnnchaos.sweeps.sweep import SUFFIX, Sweep

_SHOWN = 50


class Planned(NamedTuple):
    """One combination of the swept values."""

    overrides: tuple[str, ...]
    config: Mapping[str, Any]


def create(planned: Sequence[Planned], *, command: Sequence[str]) -> Sweep:
    """The sweep of these combinations, or the one that is there already.

    Raises ConfigError for any combination that cannot be trained, before anything is written.
    """
    cells, outputs = _cells(planned)
    check_writable(outputs, f"{shared_name(cells)}{SUFFIX}")
    return Sweep.create(outputs, shared_name(cells), cells, command=command)


def show(planned: Sequence[Planned], console: Console, *, by_trial: bool) -> Outcome:
    """Check and list the cells with their folders and how they stand, and write nothing.

    How long the rest will take is known by the cells that are done, or `by_trial`, which trains a little.
    """
    cells, outputs = _cells(planned)
    study = outputs / f"{shared_name(cells)}{SUFFIX}"
    folders = [study / "cells" / cell.id[:2] / cell.id for cell in cells]
    found = [of_cell(folder) for folder in folders]
    for cell, folder, standing in list(zip(cells, folders, found, strict=True))[:_SHOWN]:
        line = f"{folder}  {standing.status}  {cell.title}"
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    if len(cells) > _SHOWN:
        console.print(f"and {len(cells) - _SHOWN} more; --json lists all")
    done = sum(standing.has_result for standing in found)
    console.print(
        f"{counted(len(cells), 'cell')} in {study}, {done} of them done; nothing was started", highlight=False
    )
    seconds, how = estimate.by_those_done(found), "by the cells that are done"
    if seconds is None and by_trial:
        seconds, how = estimate.by_trial(cells, console), "by short trainings of one attempt each"
    said = "--estimate says how long it will take, by short trainings"
    if seconds is not None:
        said = f"what is left: about {estimate.said(seconds)} of CPU time, {how}"
    console.print(said, highlight=False)
    rows = [
        {"cell": cell.id, "run": str(folder), "status": standing.status, "overrides": list(cell.overrides)}
        for cell, folder, standing in zip(cells, folders, found, strict=True)
    ]
    return Outcome(0, {"study": str(study), "cells": rows, "cpu_seconds_left": seconds})


def _cells(planned: Sequence[Planned]) -> tuple[list[Cell], Path]:
    from rnnchaos.settings import build, checks
    from rnnchaos.settings.read import read_settings

    cells: dict[str, Cell] = {}
    outputs = set()
    varied = _varied([combination.overrides for combination in planned])
    read: list[tuple[Any, tuple[int, int]]] = []  # sources with their axes and inputs: each file once
    kinds: set[str] = set()  # of settings that have been checked
    for combination in estimate.announced(planned, "checking all combinations"):
        with _naming(combination):
            settings = read_settings(combination.config)
            if (kind := _kind(combination.config)) not in kinds:
                checks.check(settings)
                axes = next((axes for source, axes in read if source == settings.dataset.source), None)
                if axes is None:
                    read.append((settings.dataset.source, axes := checks.axes_of(build.source(settings))))
                checks.check_shapes(settings, *axes)
                kinds.add(kind)
        outputs.add(settings.outputs)
        for cell in _members(settings, [word for word in combination.overrides if word in varied]):
            cells.setdefault(cell.id, cell)  # the same training, asked for twice
        if len(cells) > MOST_CELLS:
            must = f"make at most {MOST_CELLS} cells of {len(planned)} combinations"
            raise SettingError("ensemble.seeds", must, settings.ensemble.seeds)
    if len(outputs) > 1:
        raise ConfigError(
            f"outputs must be one folder for all cells, got {' and '.join(map(str, sorted(outputs)))}"
        )
    return list(cells.values()), outputs.pop()


def checked(combination: Planned) -> Any:
    """The settings of one combination. Raises ConfigError with its words where it cannot be trained."""
    from rnnchaos.settings import checks, read

    with _naming(combination):
        settings = read.read_settings(combination.config)
        checks.check(settings)
    return settings


@contextlib.contextmanager
def _naming(combination: Planned) -> Iterator[None]:
    """Put the words of a combination in front of a ConfigError."""
    try:
        yield
    except ConfigError as error:
        words = " ".join(combination.overrides)
        raise ConfigError(f"{words}: {error}" if words else str(error)) from error


def cell_of(combination: Planned) -> Cell:
    """One training. Raises ConfigError where it cannot be trained, or is an ensemble."""
    settings = checked(combination)
    if settings.ensemble.seeds > 1:
        raise ConfigError(
            f"ensemble.seeds must be 1 in a search, where a trial is one training, got {settings.ensemble.seeds}"
        )
    (cell,) = _members(settings, combination.overrides)
    return cell


def _members(settings: Any, words: Sequence[str]) -> Iterator[Cell]:
    """A cell for each seed of an ensemble; for most settings one. Raises SettingError for seeds beyond their bound."""
    from rnnchaos.settings import stored

    count = settings.ensemble.seeds
    ensemble = dataclasses.replace(settings.ensemble, seeds=1)
    dataclasses.replace(
        settings, seed=settings.seed + count - 1, ensemble=ensemble
    )  # the last one is checked
    shared = yaml.safe_load(stored.to_yaml(dataclasses.replace(settings, ensemble=ensemble)))
    for seed in range(settings.seed, settings.seed + count):
        config = {**shared, "seed": seed}
        own = [f"seed={seed}"] if count > 1 else []
        yield Cell(cell_id(config), (*words, *own), config)


def _kind(config: Mapping[str, Any]) -> str:
    """All settings of a combination but those by which no check goes."""
    return json.dumps({**config, "seed": 0, "name": ""}, sort_keys=True, default=str)


def _varied(combinations: Sequence[Sequence[str]]) -> set[str]:
    """The words that not all combinations share."""
    counts = Counter(word for combination in combinations for word in set(combination))
    return {word for word, count in counts.items() if count < len(combinations)}


def shared_name(cells: Sequence[Cell]) -> str:
    """The words that the names of all cells begin and end with."""
    names = [cell.config["name"].split("-") for cell in cells]
    start = _shared(names)
    end = _shared([name[len(start) :][::-1] for name in names])[::-1]
    return "-".join([*start, *end]) or "sweep"


def _shared(names: Sequence[Sequence[str]]) -> list[str]:
    """The words that all names begin with."""
    columns = itertools.takewhile(lambda words: len(set(words)) == 1, zip(*names, strict=False))
    return [words[0] for words in columns]
