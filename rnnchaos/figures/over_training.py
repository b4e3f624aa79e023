"""What changes while a network learns: its exponents, and what its protocol adapts."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rnnchaos.figures.look import COLUMN
from rnnchaos.figures.names import literal
from rnnchaos.figures.style import (
    DASHES,
    HAIR,
    LINE,
    NETWORK,
    THEORY,
    THIN,
    TRUTH,
    drawn,
    dress,
    finite_or_gap,
    legend_above,
    new_figure,
)

# The exponents of a contracting direction say little, and would press the others together.
_LOWEST_PER_LARGEST = 6.0

# What grows or falls by more would lie on the axis for most of a training.
_MANY_TIMES = 100.0

_SYMBOLS = {"tau": r"$\tau$ (steps)", "alpha": r"$\alpha$", "sigma_max": r"$\sigma_{\max}$"}


@drawn
def spectra_over_training_figure(
    steps: Int[np.ndarray, " record"],
    exponents: Float[np.ndarray, "record k"],
    *,
    reference: Float[np.ndarray, " n"] | None = None,
    reference_label: str = "true system",
) -> Figure:
    """The leading exponents, nats per time unit, at records of a training; dashed lines are those of `reference`."""
    figure = new_figure(COLUMN, 2.6)
    axes = figure.subplots()
    count = exponents.shape[1]
    last = r"$\lambda_3$" if count == 3 else rf"$\lambda_3 \dots \lambda_{{{count}}}$"
    for index, values in enumerate(exponents.T):
        look: dict[str, Any] = {"linestyle": DASHES[min(index, 2)], "linewidth": LINE if index == 0 else THIN}
        label = {0: r"$\lambda_1$", 1: r"$\lambda_2$", 2: last}.get(index)
        axes.plot(steps, finite_or_gap(values), color=NETWORK, label=label, marker="o", ms=2, mew=0, **look)
    axes.axhline(0, color=THEORY, linewidth=HAIR)
    largest = float(np.nanmax(np.abs(exponents[:, 0])))
    if reference is not None and len(reference):
        for index, value in enumerate(reference[:count]):
            label = literal(reference_label) if index == 0 else None
            axes.axhline(value, color=TRUTH, linestyle="-.", linewidth=THIN, label=label)
        largest = max(largest, abs(float(reference[0])))
    if largest > 0 and min(axes.get_ylim()) < -_LOWEST_PER_LARGEST * largest:
        axes.set_ylim(-_LOWEST_PER_LARGEST * largest, 1.5 * largest)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    dress(axes, "optimiser step", r"$\lambda_i$ (nats per time unit)")
    legend_above(axes, columns=4)
    return figure


@drawn
def traces_figure(traces: Mapping[str, Float[np.ndarray, " step"]]) -> Figure:
    """What the protocol changed at every optimiser step, a panel each: τ, α, σ_max, penalties."""
    figure = new_figure(COLUMN, 0.6 + 1.2 * len(traces))
    panels = figure.subplots(len(traces), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (name, values) in zip(panels, traces.items(), strict=True):
        axes.plot(np.arange(1, len(values) + 1), finite_or_gap(values), color=NETWORK, linewidth=THIN)
        finite = values[np.isfinite(values)]
        if finite.size and finite.max() > _MANY_TIMES * finite.min() > 0:
            axes.set_yscale("log")
        dress(axes, "", _SYMBOLS.get(name, literal(name.replace("_", " "))))
    panels[-1].set_xlabel("optimiser step")
    return figure
