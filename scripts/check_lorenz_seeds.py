"""Lorenz-63 by the plain command, on seeds drawn at random before any was run, watched for 100 000 steps.

    python scripts/check_lorenz_seeds.py                train what is missing, then say what came out
    python scripts/check_lorenz_seeds.py --seeds 10800  these alone

Each is `rnnchaos train seed=…` as the benchmark of attractors makes it, after which 64 orbits of the network are
watched. Its row is in docs/lorenz_seeds.csv as it ends: the command can be stopped and started again.
"""

import argparse
import statistics
from collections.abc import Iterator
from typing import NamedTuple

from attractor_cells import ROOT, Cell
from attractor_rows import Row, append, number, numbers, read
from benchmark_attractors import run_cells

ROWS = ROOT / "docs" / "lorenz_seeds.csv"
SEEDS = (
    *(10800, 42475, 80686, 51124, 77575),
    *(39799, 23615, 88812, 42088, 77429),
    *(92804, 9447, 99645, 91605, 47318),
    *(78904, 85113, 96822, 24226, 7394),
)
"""Drawn by the random numbers of the operating system."""


class Claim(NamedTuple):
    """One thing that has to hold of each network."""

    name: str
    value: float | None
    least: float
    most: float

    @property
    def holds(self) -> bool:
        """Whether it does; not without a value."""
        return self.value is not None and self.least <= self.value <= self.most


def claims(row: Row) -> Iterator[Claim]:
    """What has to hold: exponents of the literature (Sprott 2003), D_stsp counting every point, all orbits staying."""
    exponents = [*numbers(row, "exponents"), None, None, None]
    yield Claim("λ_1", exponents[0], 0.97 * 0.9056, 1.03 * 0.9056)
    yield Claim("λ_2", exponents[1], -0.02, 0.02)
    yield Claim("λ_3", exponents[2], 1.05 * -14.5723, 0.95 * -14.5723)
    yield Claim("D_stsp", number(row, "d_stsp"), 0.0, 0.03)
    yield Claim("share of 64 orbits that stay for 10⁵ steps", number(row, "staying"), 1.0, 1.0)


def table(rows: list[Row]) -> str:
    """A row a claim, as Markdown: what has to hold, of how many it does, and what there is."""
    lines = ["| | has to be | holds for | median | range |", "|---|---|---|---|---|"]
    for found in zip(*map(claims, rows), strict=True):
        known = [claim.value for claim in found if claim.value is not None]
        name, _, least, most = found[0]
        wanted = f"{least:.3g} to {most:.3g}" if least < most else f"{most:g}"
        spread = (
            f"{statistics.median(known):.4g} | {min(known):.4g} to {max(known):.4g}" if known else "– | –"
        )
        lines.append(
            f"| {name} | {wanted} | {sum(claim.holds for claim in found)} of {len(rows)} | {spread} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[*SEEDS])
    wanted = parser.parse_args()
    wanted = argparse.Namespace(
        seeds=wanted.seeds, words=[], outputs=ROOT / "outputs" / "lorenz_seeds",
        long=False, limit=float("inf"), minutes=60.0, workers=1,
    )  # fmt: skip
    done = {int(row["seed"]) for row in read(ROWS)}
    cells = [Cell("default", "lorenz63", "main", seed) for seed in wanted.seeds if seed not in done]
    for row in run_cells(cells, wanted):
        append(ROWS, row)
        missed = [f"{claim.name} {claim.value}" for claim in claims(row) if not claim.holds]
        print(f"seed {row['seed']}: {'all holds' if not missed else ', '.join(missed)}", flush=True)
    print(table([row for row in read(ROWS) if int(row["seed"]) in wanted.seeds]))


if __name__ == "__main__":
    main()
