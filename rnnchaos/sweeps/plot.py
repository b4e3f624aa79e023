"""rnnchaos sweep plot: a column of the table against another, as a figure in the folder of the sweep."""

import re

import numpy as np
import polars as pl
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.escaping import one_line
from rnnchaos.outcome import Outcome
from rnnchaos.runs import Status, layout, opening
from rnnchaos.runs.atomic import replacing
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import check_column, table_of

_LABELS = {
    "protocol.tau": r"forcing interval $\tau$ (steps)",
    "d_stsp_paper": r"$D_{\mathrm{stsp}}$ (nats)",
    "wasserstein": "Wasserstein distance (standard deviations)",
    "d_h_gtf": r"$D_{\mathrm{H}}$",
    "lambda_max": r"$\lambda_{\max}$ (nats per time unit)",
    "kaplan_yorke_dimension": "Kaplan–Yorke dimension",
    "valid_prediction_time": "valid prediction time (Lyapunov times)",
}
_SHORT = {"d_stsp": "d_stsp_paper", "d_h": "d_h_gtf", "tau": "protocol.tau"}


def plot(
    sweep: Sweep, console: Console, *, x: str, y: str, hue: str | None, logarithmic: tuple[bool, bool]
) -> Outcome:
    """Draw medians with quartiles over the finished cells; those that ended otherwise or wait are counted.

    Raises ConfigError for a column that is not there or has no numbers.
    """
    from rnnchaos.figures import save_figure, sweep_figure

    table = table_of(sweep).unique("cell", maintain_order=True)
    x, y = (_SHORT.get(name, name) for name in (x, y))
    for name in (x, y, *([hue] if hue else [])):
        check_column(table, name)
    for name in (x, y):
        if not table[name].dtype.is_numeric():
            raise ConfigError(f"{name} must be a column of numbers to be drawn; use it with --hue")
    verticals = _predictability(table) if x == "protocol.tau" else {}
    figure = sweep_figure(
        _groups(table, x, y, hue),
        x_label=_LABELS.get(x, x),
        y_label=_LABELS.get(y, y),
        verticals=verticals,
        logarithmic=logarithmic,
    )
    name = re.sub(r"[^\w.]+", "-", "-".join([y, "against", x, *(["by", hue] if hue else [])]))
    path = opening.inside(sweep.path, layout.FIGURES) / f"{name}.png"
    with replacing(path) as temporary:
        save_figure(figure, temporary)
    console.print(f"written to {path}", highlight=False, soft_wrap=True)
    return Outcome(0, {"sweep": str(sweep.path), "figure": str(path), "x": x, "y": y})


def _groups(table: pl.DataFrame, x: str, y: str, hue: str | None) -> list:
    from rnnchaos.figures import Trainings

    def of(part: pl.DataFrame, label: str | None) -> Trainings:
        result = pl.when(pl.col("status") == Status.FINISHED).then(pl.col(y))
        numbers = part.select(pl.col(x).cast(pl.Float64), result.cast(pl.Float64).alias("result"))
        return Trainings(label, *(np.array(column.fill_null(np.nan)) for column in numbers))

    known = table.filter(pl.col(x).is_not_null())
    if hue is None:
        return [of(known, None)]
    parts = known.partition_by(hue, as_dict=True, maintain_order=True)
    name = hue.rpartition(".")[2]
    return [
        of(part, _literal(value) if isinstance(value, str) else f"{name} {value}")
        for (value,), part in sorted(parts.items())
    ]


def _literal(text: str) -> str:
    """A text that is no formula to who draws it."""
    return one_line(text).replace("$", r"\$")


def _predictability(table: pl.DataFrame) -> dict[str, float]:
    """ln 2 / λ_max of the system, where all cells have the same data."""
    if "tau_pred_steps" not in table.columns:
        return {}
    values = table["tau_pred_steps"].drop_nulls().unique()
    return {r"$\ln 2 / \lambda_{\max}$": float(values[0])} if len(values) == 1 else {}
