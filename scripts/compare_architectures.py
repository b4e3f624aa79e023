"""Every architecture under three protocols on two attractors, beside the default: what each learns, and at what cost.

    python scripts/compare_architectures.py                     train what is missing, then write docs/comparison.md
    python scripts/compare_architectures.py --models lstm shplrnn --steps 20000 --page some.md
    python scripts/compare_architectures.py --dry-run           how many trainings, and how long they will take

Each protocol is a sweep of `rnnchaos train -m`, so that the command can be stopped and started again.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import grouped, table_of

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "comparison.md"

DATASETS = ["lorenz63", "rossler"]
# By the name of the protocol in the config folder, which also names the sweep.
_DESCENT = ["optimizer=adamw", "training.attempts=1"]
PROTOCOLS = {
    "free": ("free, clipped", ["protocol=free", "training.window=200", *_DESCENT]),
    "sparse_forcing": ("sparse forcing", ["protocol=sparse_forcing", *_DESCENT]),
    "adaptive_gtf": (
        "generalised forcing",
        ["protocol=adaptive_gtf", "protocol.partial=true", "training.window=100", *_DESCENT],
    ),
    "closed_form": ("closed form", ["protocol=closed_form", "training.attempts=1"]),
    "default": ("the default", []),
}
# Of its own: what is fitted in closed form, and what `rnnchaos train` does where nothing is set.
REGRESSED, DEFAULT = ["esn", "ngrc"], "shrnn"
MODELS = [
    "shrnn", "bounded_shrnn", "rnn", "gru", "lstm", "plrnn", "mcplrnn", "dendplrnn", "clipped_dendplrnn", "shplrnn",
    "clipped_shplrnn", "alrnn", "cornn", "antisymmetric", "orthogonal",
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
    "lambda_max": "λ_max",
    "lambda_max_relative_error": "λ_max error",
    "cpu_seconds_training": "CPU s",
}


def models_of(protocol: str, wanted: list[str]) -> list[str]:
    """A network that is fitted in closed form has one protocol of its own, and so has the default."""
    if protocol == "default":
        return [model for model in wanted if model == DEFAULT]
    return [model for model in wanted if (model in REGRESSED) == (protocol == "closed_form")]


def words(protocol: str, wanted: argparse.Namespace) -> list[str]:
    """The command line of one protocol's sweep, after `rnnchaos`."""
    return [
        "train", "-m",
        f"dataset={','.join(DATASETS)}",
        f"model={','.join(models_of(protocol, wanted.models))}",
        f"seed=range({wanted.seeds})",
        *PROTOCOLS[protocol][1],
        *([] if protocol == "default" else [f"training.num_steps={wanted.steps}"]),
        f"outputs={wanted.outputs}",
        f"name={protocol}",
        *SHORTER,
        *(["--estimate"] if wanted.dry_run else []),
    ]  # fmt: skip


def rows(protocol: str, wanted: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Medians and counts of each architecture on each attractor."""
    sweep = Sweep.open(wanted.outputs / f"{protocol}.sweep")
    only = models_of(protocol, wanted.models)[0]
    chosen = [dict(word.split("=", 1) for word in line["overrides"]) for line in sweep.lines]
    table = table_of(sweep).with_columns(
        pl.Series("on", [words["dataset"] for words in chosen]),
        pl.Series("network", [words.get("model", only) for words in chosen]),
        pl.col("lambda_max_relative_error").abs(),
    )
    yield from grouped(table, ["on", "network"]).to_dicts()


def page(wanted: argparse.Namespace) -> str:
    """The tables as Markdown."""
    text = [
        "# Architectures and protocols compared",
        "",
        f"Written by `python scripts/compare_architectures.py --seeds {wanted.seeds} --steps {wanted.steps}`. "
        "Medians over the seeds of each cell that finished, with quartiles in brackets; networks that diverged are "
        f"counted and left out. {wanted.seeds} seeds, {wanted.steps} steps of adamw in one attempt, else its defaults: "
        "30 units (shrnn, bounded_shrnn and shplrnn 10, esn 300), batches of 8 windows, gradients clipped to a norm of "
        "0.1. *The default* is `rnnchaos train` with nothing set: its own steps, and up to two attempts.",
        "",
        "D_stsp is the paper's form (nats), D_H the GTF form, the valid prediction time is in Lyapunov times, λ_max in "
        "nats per time unit, its error relative to the system's, without its sign; CPU seconds are those of the "
        "training. Sparse forcing has the interval of `training.error_growth` = 1.3, generalised forcing "
        "`protocol.partial=true` and windows of 100 steps, free training windows of 200.",
    ]
    found = [
        (PROTOCOLS[protocol][0], row)
        for protocol in PROTOCOLS
        if models_of(protocol, wanted.models)
        for row in rows(protocol, wanted)
    ]
    order = {model: place for place, model in enumerate(wanted.models)}
    found.sort(key=lambda entry: order[entry[1]["network"]])
    for dataset in DATASETS:
        text += ["", f"## {dataset}", ""]
        text.append(
            "| model | protocol | "
            + " | ".join(COLUMNS.values())
            + " | finished | diverged | escaped | failed |"
        )
        text.append("|---|---|" + "---|" * (len(COLUMNS) + 4))
        for protocol, row in found:
            if row["on"] == dataset:
                numbers = [spread(row, name) for name in COLUMNS]
                counts = [str(row[status]) for status in ("finished", "diverged", "escaped", "failed")]
                text.append("| " + " | ".join([row["network"], protocol, *numbers, *counts]) + " |")
    return "\n".join(text) + "\n"


def spread(row: Mapping[str, Any], name: str) -> str:
    """A median with its quartiles, or a dash where no network has the number."""
    if row.get(name) is None:
        return "–"
    return f"{row[name]:.3g} [{row[f'{name}_lower_quartile']:.3g}, {row[f'{name}_upper_quartile']:.3g}]"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", nargs="+", default=[*MODELS, *REGRESSED], choices=[*MODELS, *REGRESSED])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--outputs", type=Path, default=ROOT / "outputs" / "comparison")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--dry-run", action="store_true")
    wanted = parser.parse_args()
    command = [sys.executable, "-c", "from rnnchaos.cli import main; main()"]
    for protocol in PROTOCOLS:
        if models_of(protocol, wanted.models):
            done = subprocess.run([*command, *words(protocol, wanted)], check=False, cwd=ROOT)
            if done.returncode not in (0, 1, 3):  # one that failed has its place in the table, too
                raise SystemExit(done.returncode)
    if not wanted.dry_run:
        wanted.page.write_text(page(wanted), encoding="utf-8")
        print(f"written to {wanted.page}")


if __name__ == "__main__":
    main()
