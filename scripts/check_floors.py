"""What the metrics of an attractor say of a measured series against itself: what can a network that is right score?

    python scripts/check_floors.py temperature_tde5.npy eeg_tde10.npy

A free run of a network that has the attractor is another stretch of the same process. Halves of one recording are two
such stretches; the series with noise on it is a run that retraces the recording itself; a fixed point is a network that
is dead.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rnnchaos.metrics import attractor_metrics

NOISE = 0.1


def comparisons(series: np.ndarray) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """What is compared, by name: a truth, and what is held against it."""
    middle = len(series) // 2
    noise = NOISE * series.std(axis=0) * np.random.default_rng(0).standard_normal(series.shape)
    yield "whole, second half", series, series[middle:]
    yield "first half, second half", series[:middle], series[middle:]
    yield "second half, first half", series[middle:], series[:middle]
    for distance in (0, 10):
        point = series.mean(axis=0) + distance * series.std(axis=0)
        yield f"whole, a fixed point {distance} s.d. from the mean", series, np.tile(point, (len(series), 1))
    yield f"whole, whole with noise of {NOISE} s.d.", series, series + noise


def table(path: Path) -> str:
    """A row for each comparison, a column for each metric."""
    series = np.load(path, allow_pickle=False).astype(np.float64)
    rows = {name: attractor_metrics(truth, None, other) for name, truth, other in comparisons(series)}
    names = [metric.name for metric in next(iter(rows.values()))]
    lines = [f"| {path.stem} | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for name, metrics in rows.items():
        values = ("–" if metric.value is None else f"{metric.value:.3g}" for metric in metrics)
        lines.append(f"| {name} | {' | '.join(values)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("series", nargs="+", type=Path, help="a recording, points × dimensions, as .npy")
    for path in parser.parse_args().series:
        print(table(path), end="\n\n")
