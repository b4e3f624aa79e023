"""Four systems by the plain command, twenty seeds each, drawn at random before any was run, watched for 100 000 steps.

    python scripts/check_seeds.py                               train what is missing, then say what came out
    python scripts/check_seeds.py --cases lorenz63 --seeds 10800

Lorenz-63, and three systems with parameters that no preset has: system, parameter and value were drawn, too, of the
catalogue's autonomous flows in three dimensions, between .8 and 1.25 times the preset's value, until three changed by
5 % or more and were chaotic. Each run is `rnnchaos train` as the benchmark of attractors makes it, after which 64
orbits of the network are watched. Its row is in docs/seeds.csv as it ends: the command can be stopped and begun again.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from attractor_cells import ROOT, Cell
from attractor_rows import Row, append, number, numbers, read
from benchmark_attractors import run_cells

ROWS = ROOT / "docs" / "seeds.csv"


class Case(NamedTuple):
    """One system, what is known of it, and the seeds named for it."""

    words: tuple[str, ...]
    """Its parameters, as they are said to the command."""
    exponents: tuple[float, float, float]
    """In nats per time unit: Sprott (2003), else `rnnchaos lyapunov … diagnostics.target_relative_error=0.003`."""
    d_stsp: float
    """At most: .03, or twice the floor of the preset's system where that is more."""
    seeds: tuple[int, ...]


CASES: Mapping[str, Case] = {
    "lorenz63": Case(
        (),
        (0.9056, 0.0, -14.5723),
        0.03,
        (
            *(10800, 42475, 80686, 51124, 77575, 39799, 23615, 88812, 42088, 77429),
            *(92804, 9447, 99645, 91605, 47318, 78904, 85113, 96822, 24226, 7394),
        ),
    ),
    "lu": Case(
        ("dataset.c=22.2",),
        (2.2503, 0.0, -19.0506),
        0.0821,
        (
            *(82441, 82183, 15235, 99825, 42194, 84363, 90161, 17281, 96216, 91222),
            *(90166, 19789, 24137, 96148, 44551, 29192, 50129, 10775, 90351, 38286),
        ),
    ),
    "rossler": Case(
        ("dataset.b=0.242",),
        (0.08735, 0.0, -9.7970),
        0.036,
        (
            *(31530, 59328, 16355, 49155, 34754, 52849, 77955, 23285, 73512, 16536),
            *(88240, 70545, 61198, 15404, 9151, 35632, 98242, 4686, 17794, 50331),
        ),
    ),
    "arneodo": Case(
        ("dataset.b=4.08",),
        (0.20291, 0.0, -1.20291),
        0.12,
        (
            *(93631, 13441, 51704, 33859, 98004, 53300, 7612, 87317, 76992, 23274),
            *(89829, 69621, 28176, 79097, 91263, 45312, 30096, 52085, 62989, 40562),
        ),
    ),
}
"""Seeds and parameters are drawn by the random numbers of the operating system."""


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
    """What has to hold: exponents near the system's, D_stsp counting every point, all orbits staying."""
    case = CASES[row["system"]]
    exponents = [*numbers(row, "exponents"), None, None, None]
    first, _, last = case.exponents
    yield Claim("λ_1, within 3 %", exponents[0], 0.97 * first, 1.03 * first)
    yield Claim("λ_2, within .02 of 0", exponents[1], -0.02, 0.02)
    yield Claim("λ_3, within 5 %", exponents[2], 1.05 * last, 0.95 * last)
    yield Claim("D_stsp, at most .03 or twice the floor", number(row, "d_stsp"), 0.0, case.d_stsp)
    yield Claim("share of 64 orbits that stay for 10⁵ steps, 1", number(row, "staying"), 1.0, 1.0)
    yield Claim("CPU seconds, at most 60", number(row, "cpu_seconds"), 0.0, 60.0)


def table(rows: list[Row]) -> str:
    """A column a case, as Markdown: of how many each claim holds, and the range of what there is."""
    judged: dict[str, list[list[Claim]]] = {}
    for row in rows:
        judged.setdefault(row["system"], []).append(list(claims(row)))
    by_claim = [zip(*found, strict=True) for found in judged.values()]
    lines = [
        ["", *(" ".join([f"`{name}", *CASES[name].words]) + "`" for name in judged)],
        ["---" for _ in range(len(judged) + 1)],
        ["true λ", *(", ".join(f"{each:g}" for each in CASES[name].exponents) for name in judged)],
        *([same[0][0].name, *map(_counted, same)] for same in zip(*by_claim, strict=True)),
        ["all of these", *(_of(sum(map(_all_hold, found)), found) for found in judged.values())],
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _counted(found: Sequence[Claim]) -> str:
    known = [claim.value for claim in found if claim.value is not None]
    held = _of(sum(claim.holds for claim in found), found)
    return f"{held}: {min(known):.4g} to {max(known):.4g}" if known else held


def _all_hold(found: Sequence[Claim]) -> bool:
    return all(claim.holds for claim in found)


def _of(number: int, found: Sequence[object]) -> str:
    return f"{number} of {len(found)}"


def kept(name: str, seeds: list[int] | None = None) -> list[Row]:
    """The rows of a case, of these seeds alone where some are given."""
    known = [row for row in read(ROWS) if row["system"] == name]
    return known if seeds is None else [row for row in known if int(row["seed"]) in seeds]


def run(name: str, seeds: list[int] | None) -> None:
    """Train and measure what is missing of a case."""
    case, done = CASES[name], {int(row["seed"]) for row in kept(name)}
    wanted = argparse.Namespace(
        words=[*case.words], outputs=ROOT / "outputs" / "seeds",
        long=False, limit=float("inf"), minutes=60.0, workers=1,
    )  # fmt: skip
    todo = [seed for seed in (case.seeds if seeds is None else seeds) if seed not in done]
    for row in run_cells([Cell("default", name, "main", seed) for seed in todo], wanted):
        append(ROWS, row)
        missed = [f"{claim.name} {claim.value}" for claim in claims(row) if not claim.holds]
        print(f"{name} {row['seed']}: {'all holds' if not missed else ', '.join(missed)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", nargs="+", choices=[*CASES], default=[*CASES])
    parser.add_argument("--seeds", nargs="+", type=int, help="these alone, of each case")
    wanted = parser.parse_args()
    for name in wanted.cases:
        run(name, wanted.seeds)
    print(table([row for name in wanted.cases for row in kept(name, wanted.seeds)]))


if __name__ == "__main__":
    main()
