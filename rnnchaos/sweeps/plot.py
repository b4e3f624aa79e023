"""rnnchaos sweep plot: a column of the table against another, as a figure in the folder of the sweep."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from rich.console import Console

from rnnchaos.errors import ConfigError
from rnnchaos.escaping import one_line
from rnnchaos.outcome import Outcome
from rnnchaos.runs import Status, layout, opening
from rnnchaos.runs.atomic import replacing
from rnnchaos.sweeps.sweep import Sweep
from rnnchaos.sweeps.table import check_column, in_order, table_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LABELS = {
    "protocol.tau": r"forcing interval $\tau$ (steps)",
    "d_stsp_paper": r"$D_{\mathrm{stsp}}$ (nats)",
    "wasserstein": "Wasserstein distance (s.d.)",
    "d_h_gtf": r"$D_{\mathrm{H}}$",
    "lambda_max": r"$\lambda_{\max}$ (nats per time unit)",
    "kaplan_yorke_dimension": "Kaplan–Yorke dimension",
    "valid_prediction_time": "valid prediction time (Lyapunov times)",
    "valid_prediction_time_in_time_units": "valid prediction time (time units)",
}
_RESULTS = [name for name in _LABELS if name != "protocol.tau"]
_SHORT = {"d_stsp": "d_stsp_paper", "d_h": "d_h_gtf", "tau": "protocol.tau"}


class Axes(NamedTuple):
    """What a figure of a sweep shows: columns of its table."""

    x: str
    y: str
    hue: str | None = None
    """A line for each of its values."""
    logarithmic: tuple[bool, bool] = (False, False)

    @property
    def name(self) -> str:
        """Of its file."""
        words = [self.y, "against", self.x, *(["by", self.hue] if self.hue else [])]
        return re.sub(r"[^\w.]+", "-", "-".join(words))


def plot(sweep: Sweep, console: Console, wanted: Axes, *, output: Path | None) -> Outcome:
    """Draw medians with quartiles over the finished cells; those that ended otherwise or wait are counted.

    The figure goes to `output`, or into the folder of the sweep. Raises ConfigError for a column that is not there or
    has no numbers.
    """
    from rnnchaos.figures import save_figure

    table = table_of(sweep).unique("cell", maintain_order=True)
    wanted = wanted._replace(x=_SHORT.get(wanted.x, wanted.x), y=_SHORT.get(wanted.y, wanted.y))
    figure = figure_of(table, wanted)
    path = output or opening.inside(sweep.path, layout.FIGURES) / f"{wanted.name}.png"
    with replacing(path) as temporary:
        save_figure(figure, temporary)
    console.print(f"written to {path}", highlight=False, soft_wrap=True)
    return Outcome(0, {"sweep": str(sweep.path), "figure": str(path), "x": wanted.x, "y": wanted.y})


def figure_of(table: pl.DataFrame, wanted: Axes) -> "Figure":
    """A column of the table against another. Raises ConfigError as `plot` does."""
    from rnnchaos.figures import sweep_figure

    x, y, hue, logarithmic = wanted
    for name in (x, y, *([hue] if hue else [])):
        check_column(table, name)
    for name in (x, y):
        if not table[name].dtype.is_numeric():
            raise ConfigError(f"{name} must be a column of numbers to be drawn; use it with --hue")
    return sweep_figure(
        _groups(table, x, y, hue),
        x_label=_LABELS.get(x, _literal(x)),
        y_label=_LABELS.get(y, _literal(y)),
        verticals=_predictability(table) if x == "protocol.tau" else {},
        logarithmic=logarithmic,
    )


def usual_axes(table: pl.DataFrame, varied: Sequence[str]) -> list[Axes]:
    """The usual results against each setting that varies and is a number, a line for each value of one that is not.

    Seeds are repetitions. A setting whose values, all above 0, span a decade has a logarithmic axis.
    """
    settings = [name for name in varied if name != "seed" and name in table.columns]
    numbers = [name for name in settings if table[name].dtype.is_numeric() and table[name].n_unique() > 1]
    results = [name for name in _RESULTS if name in table.columns and table[name].dtype.is_numeric()]
    found = []
    for x in numbers:
        hue = next((name for name in settings if name != x and table[name].n_unique() > 1), None)
        values = table[x].drop_nulls().cast(pl.Float64).to_numpy()
        wide = bool(values.min() > 0 and values.max() >= 10 * values.min())
        found += [Axes(x, y, hue, (wide, False)) for y in results if table[y].drop_nulls().len()]
    return found


def _groups(table: pl.DataFrame, x: str, y: str, hue: str | None) -> list:
    from rnnchaos.figures import Trainings

    def of(part: pl.DataFrame, label: str | None) -> Trainings:
        result = pl.when(pl.col("status") == Status.FINISHED).then(pl.col(y))
        numbers = part.select(pl.col(x).cast(pl.Float64), result.cast(pl.Float64).alias("result"))
        return Trainings(label, *(np.array(column.fill_null(np.nan)) for column in numbers))

    known = table.filter(pl.col(x).is_not_null())
    if hue is None:
        return [of(known, None)]
    ordered = in_order(known, [hue])
    parts = {value: part for (value,), part in ordered.partition_by(hue, as_dict=True).items()}
    lacking = parts.pop(None, None)  # a setting that some models do not have
    name = hue.rpartition(".")[2]
    groups = [
        of(part, _literal(value) if isinstance(value, str) else f"{name} {value}")
        for value, part in parts.items()
    ]
    return groups if lacking is None else [*groups, of(lacking, f"without {name}")]


def _literal(text: str) -> str:
    """A text that is no formula to who draws it."""
    return one_line(text).replace("$", r"\$")


def _predictability(table: pl.DataFrame) -> dict[str, float]:
    """ln 2 / λ_max of the system, where all cells have the same data."""
    if "tau_pred_steps" not in table.columns:
        return {}
    values = table["tau_pred_steps"].drop_nulls().unique()
    return {r"$\ln 2 / \lambda_{\max}$": float(values[0])} if len(values) == 1 else {}
