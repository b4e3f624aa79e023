"""Every chaotic system, trained on by every kind of model: which attractors are learned, and by what.

    python scripts/benchmark_attractors.py                     what it will do, and how long that takes
    python scripts/benchmark_attractors.py --models default --workers 2 --limit 60
    python scripts/benchmark_attractors.py --floors            what orbits of the truth are apart, system by system
    python scripts/benchmark_attractors.py --report            docs/attractors.md and its pictures, from the rows

Each run is one `rnnchaos train` in a process of its own, without settings where the model is `default`; the copy of the
past is the trivial rival of `rnnchaos judge`. After it, 64 orbits of the network are watched for 100 000 steps. A row
is added to docs/attractors/MODEL.csv as each run ends, so that the same command goes on where it was stopped; a run
that fails leaves a row with its reason, one that is killed is run again.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import attractor_floors
from attractor_cells import MODELS, ROOT, TABLES, Cell, cells_of, commit, in_this_process
from attractor_rows import KILLED, append, cell_of, faults, number, read, text, verdict

ROWS = ROOT / "docs" / "attractors"

GUESSED = {"default": 100, "smooth": 120, "lstm": 150, "plrnn": 120, "esn": 400, "ngrc": 60, "copy": 30}
"""Seconds of a run, before any was made."""
SEEDS = (101, 102, 103)
"""Named before any of them was run."""
# Of the sum of |λ|: a sum of exponents below it is 0.
_CONSERVED = 1e-3
_LARGEST = 4
_POLL = 0.5


def chaotic_systems() -> dict[str, str]:
    """The table of each chaotic system of the catalogue, in the order of `rnnchaos systems`."""
    from rnnchaos.listings.systems import entries

    found = {}
    for entry in entries():
        known = entry.reference
        if known is None or known.exponents[0] <= 3 * known.standard_error[0] or entry.family == "regular":
            continue
        size = sum(map(abs, known.exponents))
        conserved = abs(sum(known.exponents)) < _CONSERVED * size
        found[entry.name] = (
            "larger" if entry.system.dimension > _LARGEST else "conservative" if conserved else "main"
        )
    return found


def missing(cells: Iterable[Cell], rows: Iterable[Mapping[str, str]], *, again: str = "") -> list[Cell]:
    """Those without a row, or with that of a run that was killed; with `again`, those not of that commit, or failed."""
    done = {
        cell_of(row)
        for row in rows
        if row["status"] != KILLED and (not again or (row["commit"] == again and row["status"] != "failed"))
    }
    return [cell for cell in cells if cell.key not in done]


class Job(NamedTuple):
    """A cell in a process of its own, which writes its row into a file."""

    cell: Cell
    process: subprocess.Popen
    into: Path
    started: float

    @classmethod
    def of(cls, cell: Cell, folder: Path, wanted: argparse.Namespace) -> "Job":
        into = folder / "-".join(map(str, cell))
        told = json.dumps([cell, wanted.words, str(wanted.outputs), wanted.long, str(into), os.getpid()])
        command = [sys.executable, __file__, "--cell", told]
        with into.with_suffix(".log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        return cls(cell, process, into, time.monotonic())

    def row(self, minutes: float) -> dict[str, str] | None:
        """What it left behind; None while it runs."""
        status = self.process.poll()
        if status is None and time.monotonic() - self.started < 60 * minutes:
            return None
        if self.into.exists():
            return json.loads(self.into.read_text("utf-8"))
        self.end()
        names = {"model": self.cell.model, "system": self.cell.system, "table": self.cell.table}
        names |= {"seed": str(self.cell.seed), "commit": commit()}
        if status is None:
            return {**names, "status": "failed", "reason": f"took more than {minutes:g} minutes"}
        if status < 0:
            return {**names, "status": KILLED, "reason": f"by signal {-status}"}
        log = self.into.with_suffix(".log").read_text("utf-8", "replace").splitlines()
        return {**names, "status": "failed", "reason": text(log[-1] if log else f"exit code {status}")}

    def end(self) -> None:
        """Stop it, if it runs."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def run_cells(cells: list[Cell], wanted: argparse.Namespace) -> Iterator[dict[str, str]]:
    """The rows of the cells as they come, of one that was killed after a second try."""
    waiting, running, tried = list(reversed(cells)), [], set()
    ends = time.monotonic() + 60 * wanted.limit
    with tempfile.TemporaryDirectory() as folder:
        try:
            while running or (waiting and time.monotonic() < ends):
                while waiting and len(running) < wanted.workers and time.monotonic() < ends:
                    running.append(Job.of(waiting.pop(), Path(folder), wanted))
                time.sleep(_POLL)
                for job in list(running):
                    row = job.row(wanted.minutes)
                    if row is None:
                        continue
                    running.remove(job)
                    if row["status"] == KILLED and job.cell not in tried:
                        tried.add(job.cell)
                        waiting.append(job.cell)
                    else:
                        yield row
        finally:
            for job in running:
                job.end()


def plan(cells: list[Cell], todo: list[Cell], rows: list[Mapping[str, str]], workers: int) -> str:
    """What is to be done, model by model, and how long it takes by the runs that were made."""
    systems = {cell.system: cell.table for cell in cells}
    tables = ", ".join(f"{[*systems.values()].count(table)} {table}" for table in TABLES)
    said = [f"{len(cells)} runs on {len(systems)} systems ({tables}), {len(cells) - len(todo)} of them done"]
    hours = 0.0
    for model in dict.fromkeys(cell.model for cell in cells):
        known = [number(row, "cpu_seconds") for row in rows if row["model"] == model]
        seconds = [each for each in known if each] or [GUESSED[model]]
        count = sum(cell.model == model for cell in todo)
        hours += (took := count * sum(seconds) / len(seconds) / 3600)
        said.append(f"  {model:8} {count:4} to do, about {took:.1f} hours of CPU time")
    return "\n".join([*said, f"in all about {hours:.1f} hours, {hours / workers:.1f} with {workers} workers"])


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--systems", nargs="+", default=list(TABLES), help="names, or main, conservative, larger"
    )
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[*SEEDS])
    parser.add_argument("--limit", type=float, default=float("inf"), help="minutes after which no run begins")
    parser.add_argument("--minutes", type=float, default=60.0, help="most that a run may take")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--long", action="store_true", help="watch orbits for 10⁶ steps, not 10⁵")
    parser.add_argument("--again", action="store_true", help="also what failed, or is of another commit")
    parser.add_argument(
        "--set", dest="words", nargs="+", default=[], help="more settings, to try it (with --rows)"
    )
    parser.add_argument("--rows", type=Path, default=ROWS, help="the folder of the rows")
    parser.add_argument("--outputs", type=Path, default=ROOT / "outputs" / "attractors")
    parser.add_argument("--floors", action="store_true", help="measure the floors, train nothing")
    parser.add_argument("--report", action="store_true", help="write the pages and the picture, run nothing")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--cell", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.words and wanted.rows.resolve() == ROWS:
        parser.error("--set is for trying it: give another folder by --rows")
    if wanted.workers < 1 or min(wanted.seeds) < 0:
        parser.error("--workers must be at least 1, --seeds at least 0")
    return wanted


def chosen_systems(names: list[str]) -> dict[str, str]:
    """By name or by table. Exits for a name that is none."""
    from rnnchaos.nearest import did_you_mean

    known = chaotic_systems()
    for name in names:
        if name not in known and name not in TABLES:
            near = did_you_mean(name, [*known, *TABLES])
            raise SystemExit(f"--systems must name chaotic systems of the catalogue, got {name!r}{near}")
    return {name: table for name, table in known.items() if name in names or table in names}


def main() -> None:
    wanted = arguments()
    if wanted.cell:
        return in_this_process(wanted.cell)
    if wanted.report:
        from attractor_report import publish

        return publish(wanted.rows, chaotic_systems(), SEEDS)
    if wanted.floors:
        for floor in attractor_floors.measure(chosen_systems(wanted.systems), wanted.rows):
            print(
                f"{floor.system}: {floor.mean:.2g} ± {floor.scatter:.1g} by {floor.orbits} orbits, {floor.single:.2g} "
                f"by one, three times which refuses {floor.beyond:.0%} of the truth's own",
                flush=True,
            )
        return None
    cells = cells_of(chosen_systems(wanted.systems), wanted.models, wanted.seeds)
    rows = [row for model in wanted.models for row in read(wanted.rows / f"{model}.csv")]
    todo = missing(cells, rows, again=commit() if wanted.again else "")
    print(plan(cells, todo, rows, wanted.workers), flush=True)
    if len(sys.argv) == 1:
        print("begin with --models default; --help has the rest")
    elif not wanted.dry_run:
        try:
            for count, row in enumerate(run_cells(todo, wanted), start=1):
                append(wanted.rows / f"{row['model']}.csv", row)
                said = "learned" if verdict(row).learned else faults(row)
                name = f"{row['model']} {row['system']} {row['seed']}"
                print(f"{count}/{len(todo)} {name}: {said} ({row.get('cpu_seconds') or '–'} s)", flush=True)
        except KeyboardInterrupt:
            raise SystemExit("stopped; the same command goes on") from None


if __name__ == "__main__":
    main()
