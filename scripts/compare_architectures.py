"""Every architecture under three protocols on two attractors: what each learns of them, and at what cost.

    python scripts/compare_architectures.py                     all cells; those in the results file are skipped
    python scripts/compare_architectures.py --models lstm shplrnn --steps 20000
    python scripts/compare_architectures.py --write             nothing is trained; docs/comparison.md from the results

A cell is one `rnnchaos train ensemble.seeds=N`; its line in the results file is written when it has ended, so that the
command can be stopped and started again.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "outputs" / "comparison.jsonl"
PAGE = ROOT / "docs" / "comparison.md"

DATASETS = ["lorenz63", "rossler"]
PROTOCOLS = {
    "free, clipped": ["protocol=free", "training.window=200"],
    "sparse forcing": ["protocol=sparse_forcing"],
    "generalised forcing": ["protocol=adaptive_gtf", "training.window=200"],
}
REGRESSED = ["esn", "ngrc"]
MODELS = [
    "rnn", "gru", "lstm", "plrnn", "mcplrnn", "dendplrnn", "clipped_dendplrnn", "shplrnn", "clipped_shplrnn", "alrnn",
    "cornn", "antisymmetric", "orthogonal",
]  # fmt: skip
# Enough for medians over seeds: what is measured of each network, on less than the defaults.
SHORTER = [
    "dataset.test_length=100000", "diagnostics.figures=false", "diagnostics.lyapunov.num_steps=5000",
    "diagnostics.lyapunov.num_exponents=3", "diagnostics.gradients.max_lag=100",
]  # fmt: skip
COLUMNS = {
    "d_stsp_paper": "D_stsp",
    "d_h_gtf": "D_H",
    "valid_prediction_time": "valid prediction time",
    "lambda_max_relative_error": "λ_max error",
    "cpu_seconds_training": "CPU s",
}


class Cell(NamedTuple):
    """One architecture under one protocol on one attractor."""

    dataset: str
    model: str
    protocol: str

    def words(self, *, seeds: int, steps: int) -> list[str]:
        """The command line of the cell, after `rnnchaos train`."""
        return [
            f"dataset={self.dataset}",
            f"model={self.model}",
            *PROTOCOLS.get(self.protocol, []),
            f"training.num_steps={steps}",
            f"ensemble.seeds={seeds}",
            "name=comparison-" + "-".join(self).replace(", ", "-").replace(" ", "-"),
            *SHORTER,
        ]


def cells(models: list[str], datasets: list[str]) -> Iterator[Cell]:
    """All cells; a network that is fitted in closed form has one protocol."""
    for dataset in datasets:
        for model in models:
            for protocol in ["closed form"] if model in REGRESSED else PROTOCOLS:
                yield Cell(dataset, model, protocol)


def train(cell: Cell, *, seeds: int, steps: int) -> dict[str, Any]:
    """The summary of a cell's ensemble."""
    command = [sys.executable, "-c", "from rnnchaos.cli import main; main()", "train", "--json"]
    done = subprocess.run(
        [*command, *cell.words(seeds=seeds, steps=steps)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        raise SystemExit(f"{' '.join(cell)} failed:\n{done.stderr}") from None


def stored() -> dict[Cell, dict[str, Any]]:
    """The cells that have ended."""
    if not RESULTS.is_file():
        return {}
    lines = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    return {Cell(*line["cell"]): line for line in lines}


def page(found: dict[Cell, dict[str, Any]]) -> str:
    """The table as Markdown."""
    any_line = next(iter(found.values()))
    text = [
        "# Architectures and protocols compared",
        "",
        "Written by `scripts/compare_architectures.py --write`. Medians over the seeds of each cell, with quartiles in "
        "brackets; networks that diverged are counted and left out. "
        f"{any_line['seeds']} seeds, {any_line['steps']} optimiser steps, else the defaults: 30 units (shplrnn 10), "
        "batches of 8 windows, gradients clipped to a norm of 0.1.",
        "",
        "D_stsp is the paper's form (nats), D_H the GTF form, the valid prediction time is in Lyapunov times, "
        "the error of λ_max relative to the system's.",
    ]
    for dataset in dict.fromkeys(cell.dataset for cell in found):
        text += ["", f"## {dataset}", ""]
        text.append("| model | protocol | " + " | ".join(COLUMNS.values()) + " | finished | diverged |")
        text.append("|---|---|" + "---|" * (len(COLUMNS) + 2))
        for cell, line in found.items():
            if cell.dataset == dataset:
                numbers = [spread(line["statistics"].get(name)) for name in COLUMNS]
                counts = [str(line["finished"]), str(line["diverged"])]
                text.append("| " + " | ".join([cell.model, cell.protocol, *numbers, *counts]) + " |")
    return "\n".join(text) + "\n"


def spread(statistics: dict[str, float] | None) -> str:
    """A median with its quartiles, or a dash where no member has the number."""
    if statistics is None:
        return "–"
    lower, upper = statistics["lower_quartile"], statistics["upper_quartile"]
    return f"{statistics['median']:.3g} [{lower:.3g}, {upper:.3g}]"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", nargs="+", default=[*MODELS, *REGRESSED], choices=[*MODELS, *REGRESSED])
    parser.add_argument("--datasets", nargs="+", default=DATASETS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--write", action="store_true", help="write the page from the stored results")
    wanted = parser.parse_args()
    found = stored()
    if wanted.write:
        PAGE.write_text(page(found), encoding="utf-8")
        return
    for cell in cells(wanted.models, wanted.datasets):
        if cell in found:
            continue
        summary = train(cell, seeds=wanted.seeds, steps=wanted.steps)
        if "error" in summary:
            raise SystemExit(f"{' '.join(cell)}: {summary['error']}")
        kept = {key: summary[key] for key in ("finished", "diverged", "failed", "statistics", "members")}
        line = {"cell": list(cell), "seeds": wanted.seeds, "steps": wanted.steps, **kept}
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        with RESULTS.open("a", encoding="utf-8") as results:
            results.write(json.dumps(line) + "\n")
        medians = [f"{COLUMNS[name]} {spread(summary['statistics'].get(name))}" for name in COLUMNS]
        print(", ".join([" ".join(cell), *medians, f"{summary['diverged']} diverged"]), flush=True)


if __name__ == "__main__":
    main()
