"""What two orbits of the truth are apart: the floor of a distance, by many orbits where a run knows but one.

The floor in a run's summary is that of one second orbit, and scatters as one orbit does: on some systems the truth
itself is beyond three such floors in every fifth draw.
"""

import csv
import dataclasses
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def floor_of(system: str, words: Sequence[str] = ()) -> Floor:
    """By orbits as long as a free run, in the units of the training series; `words` say which, if not its name."""
    import jax

    from rnnchaos.data import prepare
    from rnnchaos.metrics import transport_distance
    from rnnchaos.settings import build
    from rnnchaos.settings.compose import compose
    from rnnchaos.settings.read import read_settings

    settings = read_settings(compose("train", words or [f"dataset={system}"]))
    source, preparation = build.source(settings), settings.dataset.preparation
    with jax.enable_x64(True):
        usual = prepare(source, preparation)
        long = dataclasses.replace(preparation, test_length=_STRETCHES * _STEPS)
        truth = prepare(source, long)
    test = usual.test.values
    series = np.concatenate([truth.test.values[_STEPS:], truth.second_test.values])
    found = np.array([transport_distance(test, each) for each in np.split(series, len(series) // _STEPS)])
    single = float(transport_distance(test, usual.second_test.values))
    scatter, beyond = float(found.std(ddof=1)), float(np.mean(found > 3 * single))
    return Floor(system, len(found), float(found.mean()), scatter, single, beyond)


def measure(
    systems: Iterable[str], folder: Path, words: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Floor]:
    """What is missing in the file of floors, which has each as soon as it is known; `words` as for `floor_of`."""
    known = read(folder)
    for system in systems:
        if system not in known:
            known[system] = floor_of(system, (words or {}).get(system, ()))
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
