"""What two orbits of the truth are apart: the floor of a distance, by many orbits where a run knows but one.

The floor in a run's summary is that of one second orbit, and scatters as one orbit does: on some systems the truth
itself is beyond three such floors in every fifth draw.
"""

import csv
import dataclasses
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from attractor_rows import Row, text

FILE = "floors.csv"
# Stretches of each of the two long orbits that are held against the test series, which is the first of all.
_STRETCHES = 5
_STEPS = 100_000


class Floor(NamedTuple):
    """Wasserstein's distance of the truth's own orbits from the test series."""

    system: str
    orbits: int
    mean: float
    scatter: float
    """Standard deviation of one orbit."""
    single: float
    """That of the one orbit that a run knows."""
    beyond: float
    """Share of the truth's orbits that three times `single` would refuse."""


def floor_of(system: str) -> Floor:
    """By orbits as long as a free run, in the units of the training series."""
    import jax

    from rnnchaos.data import prepare
    from rnnchaos.listings.systems import entries
    from rnnchaos.metrics import transport_distance

    (entry,) = (entry for entry in entries() if entry.name == system)
    with jax.enable_x64(True):
        usual = prepare(entry.system, entry.settings.preparation)
        long = dataclasses.replace(entry.settings.preparation, test_length=_STRETCHES * _STEPS)
        truth = prepare(entry.system, long)
    test = usual.test.values
    series = np.concatenate([truth.test.values[_STEPS:], truth.second_test.values])
    found = np.array([transport_distance(test, each) for each in np.split(series, len(series) // _STEPS)])
    single = float(transport_distance(test, usual.second_test.values))
    scatter, beyond = float(found.std(ddof=1)), float(np.mean(found > 3 * single))
    return Floor(system, len(found), float(found.mean()), scatter, single, beyond)


def measure(systems: Iterable[str], folder: Path) -> Iterator[Floor]:
    """What is missing in the file of floors, which has each as soon as it is known."""
    known = read(folder)
    for system in systems:
        if system not in known:
            known[system] = floor_of(system)
            write(known.values(), folder)
            yield known[system]


def read(folder: Path) -> dict[str, Floor]:
    """The floors that were measured, by system."""
    path = folder / FILE
    if not path.exists():
        return {}
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8")))
    return {
        row["system"]: Floor(
            row["system"],
            int(row["orbits"]),
            *(float(row[name]) for name in ("mean", "scatter", "single", "beyond")),
        )
        for row in rows
    }


def write(floors: Iterable[Floor], folder: Path) -> None:
    """All of them, one line each."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [",".join(Floor._fields), *(",".join(map(text, each)) for each in floors)]
    (folder / FILE).write_text("\n".join(lines) + "\n", "utf-8")


def with_floors(rows: Iterable[Row], floors: Mapping[str, Floor]) -> list[Row]:
    """The rows with the floor of many orbits instead of that of one, where it was measured."""
    return [
        {**row, "wasserstein_floor": text(floors[row["system"]].mean)} if row["system"] in floors else row
        for row in rows
    ]
