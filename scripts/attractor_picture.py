"""The picture of the benchmark of attractors: the error of λ_max on every system, by model."""

import math
from collections.abc import Mapping
from statistics import median

import numpy as np
from attractor_rows import RULES, Row, exponent_errors, grouped
from matplotlib.figure import Figure

from rnnchaos.figures.look import PAGE
from rnnchaos.figures.style import HAIR, NETWORK, SECOND, SMALL, THEORY, drawn, dress, new_figure

# Of λ_max, per cent: what lies beyond is drawn at the edge.
_LEAST, _MOST = 0.1, 300.0


@drawn
def picture_of(rows: list[Row], systems: Mapping[str, str]) -> Figure:
    """The error of λ_max on every system, by model; dissipative systems in the order of the default's error."""
    by = grouped(rows)
    names = [name for name, table in systems.items() if table == "main"]
    names.sort(key=lambda name: _error_of(by.get(("default", name), []), otherwise=math.inf))
    places = np.arange(len(names))
    figure = new_figure(PAGE, 3.6)
    axes = figure.add_subplot()
    axes.axhspan(_LEAST / 2, 100 * RULES["main"].exponent, color=THEORY, alpha=0.12, linewidth=0)
    looks = {
        "default": ("o", NETWORK, 5.0),
        "smooth": ("D", SECOND, 3.0),
        "lstm": ("s", "#009E73", 3.0),
        "plrnn": ("^", "#CC79A7", 3.0),
        "esn": ("x", "#E69F00", 3.5),
        "ngrc": ("+", "#56B4E9", 4.5),
    }
    for model, (marker, colour, size) in looks.items():
        errors = [_error_of(by.get((model, name), []), otherwise=math.nan) for name in names]
        if np.isfinite(errors).any() or (model, names[0]) in by:
            shown = np.clip(errors, _LEAST, _MOST)
            axes.plot(
                places, shown, marker, color=colour, markersize=size, linestyle="", label=model, zorder=3
            )
    axes.set_yscale("log")
    axes.set_ylim(_LEAST / 1.3, _MOST * 1.3)
    axes.set_yticks(
        [0.1, 1, 5, 10, 100, _MOST], ["≤ .1", "1", "5", "10", "100", "≥ 300,\nnone"], fontsize=SMALL
    )
    axes.minorticks_off()
    axes.set_xticks(places, names, rotation=90)
    axes.set_xlim(-0.7, len(names) - 0.3)
    axes.grid(axis="x", color=THEORY, alpha=0.25, linewidth=HAIR)
    dress(axes, "", "error of λ_max, %")
    axes.tick_params(axis="x", labelsize="x-small")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=len(looks),
            fontsize=SMALL,
            frameon=False,
            handletextpad=0.2,
        )
    return figure


def _error_of(rows: list[Row], *, otherwise: float) -> float:
    """The median over the seeds, per cent; a run without exponents is off by more than any, and none is `otherwise`."""
    found = [100 * abs(errors[0]) if (errors := exponent_errors(row)) else _MOST for row in rows]
    return median(found) if found else otherwise
