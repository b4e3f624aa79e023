"""Systems that no preset has: catalogue systems with other parameters, and equations from files, by the plain command.

    python scripts/check_new_systems.py                  train what is missing, then the table of docs/equations.md
    python scripts/check_new_systems.py --cases windmi   these alone

Cases and seed were written down before any was run; what turned out to be regular motion was left out. Each case is
one `rnnchaos train`, made and measured as the benchmark of attractors does, and held against its rule. Its row is in
docs/new_systems/default.csv as it ends: the command can be stopped and started again.
"""

import argparse
import os
from collections.abc import Iterable

import attractor_floors
from attractor_cells import ROOT, Cell
from attractor_rows import Row, append, exponent_errors, faults, number, read, verdict
from benchmark_attractors import run_cells

FOLDER = ROOT / "docs" / "new_systems"
ROWS = FOLDER / "default.csv"
FILES = ROOT / "scripts" / "new_systems"
SECOND = FILES / "second"
SEED, SECOND_SEED = 18216, 2067
"""Drawn by the random numbers of the operating system, before any case of theirs was run."""
PARAMETERS = {
    "lorenz63": ("rho=40", "sigma=16 rho=45.92 beta=4"),
    "rossler": ("a=0.2 c=5.7",),
    "chen": ("c=26",),
    "halvorsen": ("a=1.5",),
    "rucklidge": ("lam=7.5",),
    "lu": ("c=22",),
    "dadras": ("c=2.2",),
    "rabinovich_fabrikant": ("gamma=0.8",),
    "lozi": ("a=1.6",),
    "logistic": ("r=3.9",),
}
"""Of systems of the catalogue."""


def cases() -> dict[str, list[str]]:
    """What is said to `rnnchaos train` beside the seed, by the name of each case."""
    known = {
        f"{name} {values}": [f"dataset={name}", *(f"dataset.{each}" for each in values.split())]
        for name, choices in PARAMETERS.items()
        for values in choices
    }
    own = {
        path.stem: ["dataset=equations", f"dataset.path={path.relative_to(ROOT)}"]
        for path in sorted(FILES.glob("*.yaml")) + sorted(SECOND.glob("*.yaml"))
    }
    return known | own


def seed_of(name: str) -> int:
    """That of the draw a case belongs to."""
    return SECOND_SEED if (SECOND / f"{name}.yaml").exists() else SEED


def kept(names: Iterable[str]) -> list[Row]:
    """The rows of these cases, with the floors of many orbits."""
    rows = {row["system"]: row for row in read(ROWS)}
    known = [rows[name] for name in names if name in rows]
    return attractor_floors.with_floors(known, attractor_floors.read(FOLDER))


def table(rows: list[Row]) -> str:
    """A row a case, as Markdown."""
    lines = [
        "| | λ_max, true | off by | D_KY, true | Wasserstein, of its floor | |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        off, found = exponent_errors(row), verdict(row)
        distance, floor = number(row, "wasserstein"), number(row, "wasserstein_floor")
        cells = (
            row["system"],
            row["true_exponents"].split()[0] if row["true_exponents"] else "–",
            f"{100 * off[0]:+.1f} %" if off else "–",
            f"{row['kaplan_yorke'] or '–'}, {row['true_kaplan_yorke'] or '–'}",
            f"{distance / floor:.2g}" if distance is not None and floor else "–",
            "learned" if found.learned else faults(row),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", nargs="+", choices=[*cases()], default=[*cases()], metavar="CASE")
    names = parser.parse_args().cases
    os.chdir(ROOT)
    done = {row["system"] for row in read(ROWS)}
    for name in names:
        if name in done:
            continue
        wanted = argparse.Namespace(
            words=cases()[name][1:], outputs=ROOT / "outputs" / "new_systems",
            long=False, limit=float("inf"), minutes=60.0, workers=1,
        )  # fmt: skip
        system = cases()[name][0].removeprefix("dataset=")
        for row in run_cells([Cell("default", system, "main", seed_of(name))], wanted):
            row["system"] = name
            append(ROWS, row)
            print(f"{name}: {'learned' if verdict(row).learned else faults(row)}", flush=True)
    for floor in attractor_floors.measure(names, FOLDER, cases()):
        print(
            f"{floor.system}: floor {floor.mean:.2g} ± {floor.scatter:.1g}, {floor.single:.2g} by one orbit"
        )
    rows = kept(names)
    print(f"{sum(verdict(row).learned for row in rows)} of {len(rows)} learned")
    print(table(rows))


if __name__ == "__main__":
    main()
