"""λ_1 against λ_2 of kinked and smooth networks beside the truth, and why: writes docs/neutral_direction.md.

    python scripts/neutral_direction.py                  train and measure what has no row yet, then write the page
    python scripts/neutral_direction.py --page-only      write the page and its figure from the rows that there are
    python scripts/neutral_direction.py --minutes 10     begin no network after that many minutes of CPU time

Rows are appended to docs/neutral_direction.csv as they come, so that the command can be stopped and started again.
"""

import argparse
import contextlib
import csv
import functools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import jax.numpy as jnp
import neutral_page
from neutral_interpolated import Interpolated
from neutral_measures import Truth, exponents, local_errors, own_spectrum
from neutral_networks import SYSTEMS, Case, cases, data, train
from neutral_variants import variants

from rnnchaos.errors import ConfigError, RunError

ROWS = Path(__file__).parents[1] / "docs" / "neutral_direction.csv"
# Of the grids, in standard deviations of each axis.
WIDTHS = (0.025, 0.05, 0.1, 0.2, 0.4)
IDENTITY = ("system", "model", "hidden_size", "layer_size", "sharpness", "strength", "num_steps", "seed")
COLUMNS = (
    "group", "system", "model", "kinked", "hidden_size", "layer_size", "sharpness", "observation", "learning_rate",
    "num_steps", "seed", "variant", "strength", "status", "kind", "share", "lambda_1", "lambda_1_error", "lambda_2",
    "lambda_2_error", "lambda_3", "lambda_3_error", "loss", "map_error", "jacobian_error", "angle", "turn",
    "growth_along", "cpu_seconds",
)  # fmt: skip


def rows_of(case: Case, seed: int) -> Iterator[dict[str, object]]:
    """One network: a row of its own, and one of every variant that can be measured."""
    began = time.process_time()
    dataset = data(case.system)
    truth, dt = Truth.of(SYSTEMS[case.system], dataset), dataset.time_per_step
    network, diverged, loss = train(case, seed, dataset)
    network = network.prepared()
    row = case.facts | {"seed": seed, "loss": loss, "variant": "own"}
    if diverged:
        yield row | {"status": "diverged", "cpu_seconds": time.process_time() - began}
        return
    try:
        own, states = own_spectrum(network, dataset)
    except RunError:
        yield row | {"status": "escapes", "cpu_seconds": time.process_time() - began}
        return
    measured, more = {}, []
    if own["kind"] == "chaotic":
        # Jacobians that collapse a direction have no covariant vectors, and an orbit may escape late.
        with contextlib.suppress(ConfigError, RunError):
            measured = local_errors(network, truth, states, dt)
        if case.has_variants(seed):
            more = list(variants(network, truth, states, dt, layers=case.has_other_layers))
    row |= {"status": "measured", **own, **measured}
    yield row | {"cpu_seconds": time.process_time() - began}
    for variant in more:
        yield {
            **case.facts, "seed": seed, "variant": variant.name, "strength": variant.strength, "status": "measured",
            **exponents(variant.spectrum),
        }  # fmt: skip


def rows_of_interpolated(system: str, width: float) -> Iterator[dict[str, object]]:
    """The flow's map between points of a grid, measured as a network is."""
    began = time.process_time()
    dataset = data(system)
    truth, dt = Truth.of(SYSTEMS[system], dataset), dataset.time_per_step
    kinked = Interpolated(truth, jnp.asarray(width))
    row = interpolated_facts(system, width) | {"status": "measured"}
    own, states = own_spectrum(kinked, dataset)
    measured = local_errors(kinked, truth, states, dt)
    more = list(variants(kinked, truth, states, dt, layers=False))
    yield row | {"variant": "own", **own, **measured, "cpu_seconds": time.process_time() - began}
    for variant in more:
        yield row | {"variant": variant.name, **exponents(variant.spectrum)}


def interpolated_facts(system: str, width: float) -> dict[str, object]:
    """What a row says of it; the strength is the width of the grid, in standard deviations of each axis."""
    row = {"group": "interpolated", "system": system, "model": "interpolated flow"}
    return row | {"kinked": True, "strength": width}


def jobs() -> Iterator[tuple[dict[str, object], Callable[[], Iterator[dict[str, object]]]]]:
    """What is measured: the facts that tell it from others, and what makes its rows."""
    for width in WIDTHS:
        facts = interpolated_facts("lorenz63", width)
        yield facts, functools.partial(rows_of_interpolated, "lorenz63", width)
    for case, seed in cases():
        yield case.facts | {"seed": seed}, functools.partial(rows_of, case, seed)


def told(row: dict[str, object]) -> tuple[str, ...]:
    """What makes a network the same one, as it stands in the file."""
    return tuple(shown(row.get(name)) for name in IDENTITY)


def shown(value: object) -> str:
    """A value in a cell: numbers to six digits."""
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def measure_missing(minutes: float) -> None:
    """Append the rows of every network that has none, each network's at once."""
    ROWS.touch()
    with ROWS.open(newline="", encoding="utf-8") as stored:
        done = {told(row) for row in csv.DictReader(stored)}
    for facts, measure in jobs():
        if told(facts) in done:
            continue
        if time.process_time() > 60 * minutes:
            print("out of time: the same command goes on")
            return
        found = list(measure())
        with ROWS.open("a", newline="", encoding="utf-8") as stored:
            writer = csv.DictWriter(stored, COLUMNS, lineterminator="\n")
            if stored.tell() == 0:
                writer.writeheader()
            writer.writerows({name: shown(row.get(name)) for name in COLUMNS} for row in found)
        first = found[0]
        print(*(f"{name}={shown(first.get(name))}" for name in (*IDENTITY, *COLUMNS[13:])), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--page-only", action="store_true")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    wanted = parser.parse_args()
    if not wanted.page_only:
        with jax.enable_x64(True):
            measure_missing(wanted.minutes)
    neutral_page.write(ROWS)


if __name__ == "__main__":
    main()
