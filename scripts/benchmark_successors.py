"""The successors' benchmarks by `experiment=successors/…`, seed by seed, and the tables of docs/successors.md.

    python scripts/benchmark_successors.py FOLDER                   train what is missing, then write the tables
    python scripts/benchmark_successors.py FOLDER --only ecg --seeds 101 102
    python scripts/benchmark_successors.py                          write the tables from the rows alone

FOLDER holds the published series (docs/successors.md says where they are). Each training is one `rnnchaos train`, whose
row is in docs/successors.csv as soon as it ends: the command can be stopped and started again.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "successors.md"
ROWS = ROOT / "docs" / "successors.csv"
BEGIN = "<!-- tables: python scripts/benchmark_successors.py -->"
END = "<!-- end of the tables -->"

# Named before any was run; settings were found on seeds below 50.
SEEDS = (101, 102, 103, 104, 105)
# What is left out or shortened of each training's diagnostics: nothing that stands in the tables but for its error bar.
SHORTER = (
    "diagnostics.figures=false", "diagnostics.lyapunov.num_steps=5000", "diagnostics.lyapunov.system_steps=5000",
    "diagnostics.gradients.max_lag=100",
)  # fmt: skip
ONE_CORE = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "OPENBLAS_NUM_THREADS": "1"}
D_STSP, D_H, ERROR, LAMBDA, LAST, D_KY = "D_stsp", "D_H", "20-step error", "λ_1", "λ_3", "D_KY"


class Benchmark(NamedTuple):
    """One preset: its series, and what its columns are held against."""

    preset: str
    title: str
    files: Mapping[str, str]
    """Settings of the dataset that name files, with the names of these in the folder."""
    form: str
    """Of D_stsp."""
    published: Mapping[str, str]
    """As their authors round it."""
    goals: Mapping[str, tuple[float, float]]
    """The interval in which each column should lie."""
    true: Mapping[str, float] = {}
    """Exponents and dimension of the system, measured from its equations by `rnnchaos lyapunov`."""


def _within(true: float, share: float) -> tuple[float, float]:
    return true - share * abs(true), true + share * abs(true)


_ALL = (
    Benchmark(
        "lorenz63",
        "Lorenz-63, 5 % noise",
        {"path": "lorenz63_noise5_train.npy", "test_path": "lorenz63_test.npy"},
        "d_stsp_gtf",
        {D_STSP: ".26 ± .03", D_H: ".09"},
        {D_STSP: (0, 0.14), LAMBDA: _within(0.9056, 0.05), LAST: _within(-14.5723, 0.1)},
        {LAMBDA: 0.9056, LAST: -14.5723, D_KY: 2.062},
    ),
    Benchmark(
        "ecg",
        "Electrocardiogram, five delays",
        {"path": "ecg5_train.npy", "test_path": "ecg5_test.npy"},
        "d_stsp_gtf",
        {D_STSP: "4.3 ± .6", D_H: ".34", ERROR: ".0024"},
        {D_STSP: (0, 3.0), D_H: (0, 0.3)},
    ),
    Benchmark(
        "eeg",
        "Electroencephalogram, 64 channels",
        {"path": "eeg64.npy"},
        "d_stsp_gmm_gtf",
        {D_STSP: "2.1 ± .2", D_H: ".11"},
        {},
    ),
    Benchmark(
        "lorenz96_20",
        "Lorenz-96, 20 dimensions, 5 % noise",
        {},
        "d_stsp_gmm_gtf",
        {D_STSP: "1.68 ± .06"},
        {D_STSP: (0, 1.68), LAMBDA: _within(1.546, 0.1), D_KY: _within(13.47, 0.1)},
        {LAMBDA: 1.546, D_KY: 13.47},
    ),
    Benchmark(
        "lorenz96_10",
        "Lorenz-96, 10 dimensions",
        {"path": "lorenz96_10d_train.npy"},
        "d_stsp_gmm_gtf",
        {},
        {LAMBDA: _within(1.183, 0.1), D_KY: _within(6.50, 0.1)},
        {LAMBDA: 1.183, D_KY: 6.50},
    ),
)
BENCHMARKS = {benchmark.preset: benchmark for benchmark in _ALL}
COLUMNS = (
    "preset", "seed", "status", "steps", D_STSP, f"{D_STSP} floor", D_H, f"{D_H} floor", ERROR,
    LAMBDA, f"{LAMBDA} error", LAST, D_KY, "CPU s training", "CPU s",
)  # fmt: skip
Row = Mapping[str, str]


def words(benchmark: Benchmark, seed: int, folder: Path | None) -> list[str]:
    """The command line of one training, after `rnnchaos`."""
    files = [f"dataset.{name}={(folder or Path()) / file}" for name, file in benchmark.files.items()]
    return ["train", f"experiment=successors/{benchmark.preset}", *files, f"seed={seed}"]


def row_of(benchmark: Benchmark, seed: int, record: Mapping[str, Any]) -> dict[str, str]:
    """The row of a training from what `rnnchaos train --json` says."""
    metrics = record.get("metrics") or {}
    exponents = (record.get("lyapunov") or {}).get("exponents_per_time_unit") or []
    known = benchmark.true
    values = {
        "steps": record.get("steps"),
        D_STSP: record.get(benchmark.form),
        f"{D_STSP} floor": metrics.get(benchmark.form, {}).get("floor"),
        D_H: record.get("d_h_gtf"),
        f"{D_H} floor": metrics.get("d_h_gtf", {}).get("floor"),
        ERROR: record.get("n_step_error"),
        LAMBDA: record.get("lambda_max"),
        f"{LAMBDA} error": record.get("lambda_max_standard_error"),
        LAST: exponents[2] if LAST in known and len(exponents) > 2 else None,
        D_KY: record.get("kaplan_yorke_dimension"),
        "CPU s training": record.get("cpu_seconds_training"),
        "CPU s": record.get("cpu_seconds"),
    }
    numbers = {name: "" if value is None else f"{value:.5g}" for name, value in values.items()}
    return {"preset": benchmark.preset, "seed": str(seed), "status": str(record["status"])} | numbers


def stored() -> list[Row]:
    """The rows there are."""
    if not ROWS.exists():
        return []
    with ROWS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def keep(row: Row) -> None:
    """Add one row to the file."""
    new = not ROWS.exists()
    with ROWS.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(row)


def train(benchmark: Benchmark, seed: int, folder: Path) -> dict[str, str]:
    """One training by the command, and its row. Raises SystemExit where the command refuses."""
    program = [sys.executable, "-c", "from rnnchaos.cli import main; main()"]
    with tempfile.TemporaryDirectory() as outputs:
        asked = [*words(benchmark, seed, folder), *SHORTER, f"outputs={outputs}", "--json"]
        done = subprocess.run(
            [*program, *asked], stdout=subprocess.PIPE, check=False, cwd=ROOT, env={**ONE_CORE, **os.environ}
        )
    if done.returncode not in (0, 3, 4):  # one that diverged or escapes has its row, too
        raise SystemExit(done.returncode)
    return row_of(benchmark, seed, json.loads(done.stdout))


def tables(rows: Sequence[Row]) -> str:
    """All tables as Markdown, from the rows alone."""
    own = {preset: _of(preset, rows) for preset in BENCHMARKS}
    seeds = [_seeds(BENCHMARKS[name], found) for name, found in own.items() if found]
    return "\n\n".join([_overview(own), *seeds])


def _of(preset: str, rows: Sequence[Row]) -> list[Row]:
    return sorted((row for row in rows if row["preset"] == preset), key=lambda row: int(row["seed"]))


def _overview(own: Mapping[str, Sequence[Row]]) -> str:
    lines = [
        "| `experiment=successors/…` | series | seeds run | D_stsp: published | ours, median | D_H: published "
        "| ours, median | 20-step error: published | ours, median | optimiser steps | CPU s |",
        "|---" * 11 + "|",
    ]
    for preset, rows in own.items():
        cells = [f"`{preset}`", BENCHMARKS[preset].title, str(len(rows))]
        for name in (D_STSP, D_H, ERROR):
            cells += [BENCHMARKS[preset].published.get(name, "–"), _median(rows, name)]
        cells += [rows[0]["steps"] if rows else "–", _median(rows, "CPU s training")]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _median(rows: Sequence[Row], name: str) -> str:
    values = [float(row[name]) for row in rows if row[name]]
    if not values:
        return "not run"
    lost = len(rows) - len(values)
    return _number(statistics.median(values)) + (f", {lost} of {len(rows)} lost" if lost else "")


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def _seeds(benchmark: Benchmark, rows: Sequence[Row]) -> str:
    """A row for each seed, then what was published, what is true, and what was aimed at."""
    measured = [D_STSP, D_H, ERROR, *(name for name in (LAMBDA, LAST, D_KY) if name in benchmark.true)]
    command = " ".join(["rnnchaos", *words(benchmark, int(rows[0]["seed"]), None)])
    lines = [
        f"### {benchmark.title}",
        "",
        f"`{command}`",
        "",
        f"D_stsp is `{benchmark.form}`; floors {_median(rows, f'{D_STSP} floor')} and, of D_H, "
        f"{_median(rows, f'{D_H} floor')} (medians).",
        "",
        "| seed | " + " | ".join(measured) + " | CPU s, training | with diagnostics |",
        "|---" * (len(measured) + 3) + "|",
    ]
    for row in rows:
        taken = (_said(row[name]) for name in ("CPU s training", "CPU s"))
        lines.append(_line(row["seed"], [_cell(row, name) for name in measured], *taken))
    lines.append(_line("published", [benchmark.published.get(name, "–") for name in measured]))
    if benchmark.true:
        true = [benchmark.true.get(name) for name in measured]
        lines.append(_line("true", ["–" if value is None else _number(value) for value in true]))
    if benchmark.goals:
        lines.append(_line("aimed at", [_aimed(benchmark, name) for name in measured]))
        lines.append(_line("reached by", [_reached(benchmark, rows, name) for name in measured]))
    return "\n".join(lines)


def _line(name: str, cells: Sequence[str], training: str = "", total: str = "") -> str:
    return "| " + " | ".join([name, *cells, training, total]) + " |"


def _said(cell: str) -> str:
    return _number(float(cell)) if cell else "–"


def _cell(row: Row, name: str) -> str:
    if not row[name]:
        return row["status"] if name == D_STSP else "–"
    error = row.get(f"{name} error")
    return _said(row[name]) + (f" ± {float(error):.2g}" if error else "")


def _aimed(benchmark: Benchmark, name: str) -> str:
    if name not in benchmark.goals:
        return "–"
    lowest, highest = benchmark.goals[name]
    return f"≤ {_number(highest)}" if lowest == 0 else f"{_number(lowest)} to {_number(highest)}"


def _reached(benchmark: Benchmark, rows: Sequence[Row], name: str) -> str:
    if name not in benchmark.goals:
        return "–"
    lowest, highest = benchmark.goals[name]
    reached = sum(bool(row[name]) and lowest <= float(row[name]) <= highest for row in rows)
    return f"{reached} of {len(rows)}"


def page(text: str, rows: Sequence[Row]) -> str:
    """The page with the tables of these rows between its two marks."""
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return f"{before}{BEGIN}\n\n{tables(rows)}\n\n{END}{after}"


def write() -> None:
    """Write the tables of all rows into the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), stored()), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, help="of the published series; none: only the tables")
    parser.add_argument("--only", nargs="+", default=[*BENCHMARKS], choices=[*BENCHMARKS])
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    wanted = parser.parse_args()
    if wanted.folder is not None:
        folder = wanted.folder.resolve()
        done = {(row["preset"], row["seed"]) for row in stored()}
        for seed in wanted.seeds:  # seed by seed, so that one that is stopped has something of each
            for name in wanted.only:
                if (name, str(seed)) not in done:
                    keep(train(BENCHMARKS[name], seed, folder))
                    write()
    write()
    print(f"written to {PAGE}")


if __name__ == "__main__":
    main()
