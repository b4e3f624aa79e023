"""The figure of neutral_direction.py: exponents of kinked and smooth networks, and what they hang on."""

from pathlib import Path

import polars as pl
from matplotlib.axes import Axes

from rnnchaos.figures.look import PAGE, styled
from rnnchaos.figures.saving import save_figure
from rnnchaos.figures.style import (
    HAIR,
    LINE,
    NETWORK,
    SECOND,
    SMALL,
    THEORY,
    THIN,
    TRUTH,
    dress,
    new_figure,
)

LARGEST = 0.9056
FIRST, SECOND_EXPONENT = pl.col("lambda_1"), pl.col("lambda_2")
LEARNED = (pl.col("system") == "lorenz63") & (pl.col("status") == "measured")
UNCHANGED = 0.003  # where a logarithmic axis has what was not changed
LEAST = 0.7  # networks whose λ_1 is lower have not learned the attractor


def save(rows: pl.DataFrame, path: Path) -> None:
    """Four panels: all networks, the flow with kinks, kinks spread or set after training, and turns."""
    with styled():
        _save(rows, path)


def _save(rows: pl.DataFrame, path: Path) -> None:
    figure = new_figure(PAGE, 5.4)
    (all_of_them, grids), (changed, turns) = figure.subplots(2, 2)
    own = rows.filter(LEARNED & (pl.col("variant") == "own") & (FIRST > LEAST))
    _plane(all_of_them, own)
    _grids(grids, rows.filter(LEARNED))
    _changed(changed, rows.filter(LEARNED & (pl.col("seed") < 3) & (pl.col("group") == "layers")))
    _turns(turns, own)
    save_figure(figure, path)


def _plane(axes: Axes, own: pl.DataFrame) -> None:
    """λ_1 against λ_2."""
    ends = [0.76, 0.94]
    axes.plot(
        ends, [LARGEST - end for end in ends], color=THEORY, linewidth=THIN, label="$λ_1 + λ_2$ of the truth"
    )
    _points(axes, own, "lambda_1", "lambda_2", errors=True)
    axes.plot(LARGEST, 0, marker="+", color=TRUTH, ms=10, mew=LINE, linestyle="", label="truth", zorder=5)
    axes.set(xlim=(0.78, 0.95), ylim=(-0.03, 0.11))
    axes.legend(fontsize=SMALL, frameon=False)
    dress(axes, "$λ_1$", "$λ_2$")


def _points(axes: Axes, own: pl.DataFrame, x: str, y: str, *, errors: bool = False) -> None:
    interpolated = pl.col("model") == "interpolated flow"
    for label, which, colour, marker in (
        ("piecewise linear", pl.col("kinked") & ~interpolated, NETWORK, "o"),
        ("smooth", ~pl.col("kinked"), SECOND, "s"),
        ("interpolated flow", interpolated, TRUTH, "^"),
    ):
        found = own.filter(which)
        bars = {"xerr": found[f"{x}_error"], "yerr": found[f"{y}_error"]} if errors else {}
        look = {"color": colour, "marker": marker, "ms": 3.5, "mfc": "none", "mew": 0.8, "linestyle": ""}
        axes.errorbar(found[x], found[y], **bars, **look, elinewidth=HAIR, label=label)


def _grids(axes: Axes, rows: pl.DataFrame) -> None:
    """The interpolated flow by the width of its grid, as it is and with the direction of the orbit put right."""
    for variant, said, filled in (("own", "", "full"), ("neutral", ", direction put right", "none")):
        found = rows.filter((pl.col("model") == "interpolated flow") & (pl.col("variant") == variant)).sort(
            "strength"
        )
        for name, symbol, colour, level in (
            ("lambda_1", "$λ_1$ less the truth's", NETWORK, LARGEST),
            ("lambda_2", "$λ_2$", SECOND, 0.0),
        ):
            look = {
                "color": colour,
                "marker": "^",
                "ms": 4,
                "fillstyle": filled,
                "linewidth": THIN,
                "elinewidth": HAIR,
            }
            values, errors = found[name] - level, found[f"{name}_error"]
            axes.errorbar(found["strength"], values, yerr=errors, **look, label=f"{symbol}{said}")
    axes.axhline(0, color=TRUTH, linewidth=HAIR)
    axes.set_xscale("log")
    axes.set_xticks([0.025, 0.05, 0.1, 0.2, 0.4], [".025", ".05", ".1", ".2", ".4"])
    axes.set_xticks([], minor=True)
    axes.set_ylim(-0.09, 0.13)
    axes.legend(fontsize=SMALL, frameon=False)
    dress(axes, "width of the grid, s.d. of each axis", "nats per time unit")


def _changed(axes: Axes, rows: pl.DataFrame) -> None:
    """Exponents along the same orbits with kinks spread in the Jacobians alone, or set in them alone."""
    for model, colour, marker, said in (
        ("shallow relu", NETWORK, "o", "relu, Jacobians blurred"),
        ("shallow silu", SECOND, "s", "SiLU, Jacobians kinked"),
    ):
        found = rows.filter((pl.col("model") == model) & (pl.col("layer_size") == 50))
        changed = found.filter(pl.col("variant") == "other Jacobians")
        own = found.filter(
            (pl.col("variant") == "own") & pl.col("seed").is_in(changed["seed"].unique().to_list())
        )
        shown = pl.concat([own.with_columns(strength=pl.lit(UNCHANGED)), changed])
        means = (
            shown.group_by("strength").agg(FIRST.mean() - LARGEST, SECOND_EXPONENT.mean()).sort("strength")
        )
        for name, symbol, style in (("lambda_1", "$λ_1$ less the truth's", "-"), ("lambda_2", "$λ_2$", ":")):
            look = {"color": colour, "marker": marker, "ms": 3.5, "linestyle": style, "linewidth": THIN}
            axes.plot(means["strength"], means[name], **look, label=f"{said}: {symbol}")
    axes.axhline(0, color=TRUTH, linewidth=HAIR)
    axes.set_xscale("log")
    axes.set_xticks([UNCHANGED, 0.01, 0.03, 0.1, 0.3], ["own", ".01", ".03", ".1", ".3"])
    axes.set_xticks([], minor=True)
    axes.set_ylim(-0.075, 0.16)
    axes.legend(fontsize=SMALL, frameon=False)
    dress(axes, "by this share of what a unit hears", "nats per time unit")


def _turns(axes: Axes, own: pl.DataFrame) -> None:
    """λ_2 against how far a Jacobian turns the direction of the orbit."""
    _points(axes, own.filter(pl.col("turn").is_not_null()), "turn", "lambda_2")
    axes.axhline(0, color=TRUTH, linewidth=HAIR)
    axes.set_xscale("log")
    axes.set_xticks([0.02, 0.05, 0.1, 0.2, 0.5], [".02", ".05", ".1", ".2", ".5"])
    axes.set_xticks([], minor=True)
    axes.set_ylim(-0.03, 0.11)
    dress(axes, "turn of the orbit's direction by a step, degrees", "$λ_2$")
