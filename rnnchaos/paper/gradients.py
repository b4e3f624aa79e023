"""The figure of the theorems: from run folders to growth curves by data set, and to the table beside them."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from rnnchaos.errors import ConfigError
from rnnchaos.paper.published import Number
from rnnchaos.runs import RunFolder, Status
from rnnchaos.sweeps.estimate import said
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import table_of

# Of what a run says of gradients, what is no number.
_IN_WORDS = ("verdict", "attractors")


class GradientsFigure(NamedTuple):
    """A column for each data set of the sweep, in this order."""

    title: str
    columns: Mapping[str, str]
    """What a data set is called, by the name of its class."""
    published: Mapping[str, Mapping[Number, float]]
    """log₁₀ ‖dz_T/dz_1‖ by T, by the name of the class."""


def gradients_found(sweep: Sweep, figure: GradientsFigure) -> dict[str, list[RunFolder]]:
    """The finished runs by data set. Raises ConfigError where there are none of one of them."""
    table = table_of(sweep).unique("cell", maintain_order=True)
    finished = table.filter(pl.col("status") == str(Status.FINISHED))
    found: dict[str, list[RunFolder]] = {}
    for name in figure.columns:
        known = "dataset" in finished.columns
        cells = finished.filter(pl.col("dataset") == name)["cell"].to_list() if known else []
        found[name] = [RunFolder.open(sweep.folder(cell)) for cell in cells]
        if not found[name]:
            raise ConfigError(f"{sweep.path}: no network trained on {figure.columns[name]} has a result yet")
    return found


def draw(figure: GradientsFigure, found: Mapping[str, list[RunFolder]]):
    """The figure."""
    from rnnchaos.figures import Theorem, theorems_figure

    return theorems_figure(
        [
            Theorem(
                figure.columns[name],
                [_gradients(run) for run in runs],
                float(np.median([_of(run, "lambda_max_per_step") for run in runs])),
                figure.published.get(name, {}),
            )
            for name, runs in found.items()
        ]
    )


def section(figure: GradientsFigure, found: Mapping[str, list[RunFolder]]) -> str:
    """The table as Markdown: medians over the networks of each data set."""
    lines = [
        "| trained on | networks | slope of log‖dz_T/dz_1‖ | λ_max | slope of log‖dL_T/dθ‖ | largest ‖∏J‖ in training, "
        "over a window | over τ | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, runs in found.items():
        slopes = [
            np.median([_of(run, key) for run in runs])
            for key in ("slope_state_per_step", "lambda_max_per_step", "slope_loss_per_step")
        ]
        largest = [
            np.median([max(line[key] for line in run.read_history()) for run in runs]) / np.log(10)
            for key in ("log_jacobian_over_window", "log_jacobian_over_tau")
        ]
        numbers = [f"{slope:.4g}" for slope in slopes] + [f"10^{decades:.1f}" for decades in largest]
        lines.append(f"| {figure.columns[name]} | {len(runs)} | {' | '.join(numbers)} | {_verdicts(runs)} |")
    seconds = sum(run.record.headline["cpu_seconds"] for runs in found.values() for run in runs)
    lines += ["", f"Slopes in nats per step; medians. {said(seconds)} of CPU time."]
    return "\n".join(lines) + "\n"


def results(found: Mapping[str, list[RunFolder]]) -> pl.DataFrame:
    """A row for each network."""
    return pl.DataFrame(
        [
            {"dataset": name, "seed": run.record.headline["seed"]}
            | {key: value for key, value in run.summary["gradients"].items() if key not in _IN_WORDS}
            for name, runs in found.items()
            for run in runs
        ]
    )


def _of(run: RunFolder, key: str) -> float:
    return run.summary["gradients"][key]


def _verdicts(runs: list[RunFolder]) -> str:
    """Which theorems apply, to how many of the networks."""
    counts = Counter(run.summary["gradients"]["theorem"] for run in runs)
    if len(counts) == 1:
        return f"Theorem {next(iter(counts))}"
    return ", ".join(
        f"Theorem {theorem} ({count} of {len(runs)})" for theorem, count in sorted(counts.items())
    )


def _gradients(run: RunFolder):
    from rnnchaos.figures import NetworkGradients

    arrays, history = run.load_arrays("gradients"), run.read_history()

    def column(key: str) -> np.ndarray:
        return np.array([line[key] for line in history], dtype=float)

    return NetworkGradients(
        arrays["lags"],
        arrays["log_jacobian_norm"].mean(axis=0),
        arrays["loss_lags"],
        arrays["log_loss_gradient_norm"],
        column("step").astype(int),
        column("log_jacobian_over_window"),
        column("log_jacobian_over_tau"),
    )
