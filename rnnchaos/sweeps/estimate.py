"""How long the rest of a sweep will take."""

import statistics
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.console import Console

from rnnchaos.runs.notices import say_once
from rnnchaos.sweeps.cells import Cell, flat
from rnnchaos.sweeps.standing import Standing

_MOST_TRIALS = 6
# Seconds after which it is known how long a piece of work takes, and from which on that is said.
_KNOWN_AFTER, _SAID_FROM = 3.0, 60.0

Item = TypeVar("Item")


def by_those_done(found: Sequence[Standing]) -> float | None:
    """CPU seconds that the cells without a result will take, by the median of those that have one; None without any."""
    taken = [
        float(standing.headline["cpu_seconds"]) for standing in found if "cpu_seconds" in standing.headline
    ]
    left = sum(not standing.has_result for standing in found)
    return statistics.median(taken) * left if taken else None


def by_trial(cells: Sequence[Cell], console: Console) -> float:
    """CPU seconds of all cells, by a short training of one of each kind: of those that differ in numbers alone.

    Raises ConfigError for a cell that cannot be trained.
    """
    from rnnchaos.settings.read import read_settings
    from rnnchaos.trainings import cpu_seconds_by_trial

    kinds: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        kinds.setdefault(_words(cell), []).append(cell)
    chosen = list(kinds.values())[:: -(-len(kinds) // _MOST_TRIALS)]
    seconds = counted = 0.0
    for kind in chosen:
        middle = kind[len(kind) // 2]
        console.print(f"a short training of {middle.title}", highlight=False, soft_wrap=True, markup=False)
        seconds += len(kind) * cpu_seconds_by_trial(read_settings(middle.config))
        counted += len(kind)
    return seconds / counted * len(cells)


def _words(cell: Cell) -> tuple[str, ...]:
    """All settings of a cell that are no numbers."""
    return tuple(
        f"{name}={value}"
        for name, value in flat(cell.config).items()
        if name != "name" and (isinstance(value, bool) or not isinstance(value, int | float))
    )


def announced(items: Sequence[Item], doing: str) -> Iterator[Item]:
    """The same one by one; where all of them take long, a line says how long, by the first."""
    began, known = time.monotonic(), False
    for done, item in enumerate(items):
        taken = time.monotonic() - began
        if not known and taken > _KNOWN_AFTER:
            known, left = True, taken / done * (len(items) - done)
            if left > _SAID_FROM:
                say_once(f"{doing} ({len(items)}) takes about {said(left)} more")
        yield item


def said(seconds: float) -> str:
    """A time in words."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
