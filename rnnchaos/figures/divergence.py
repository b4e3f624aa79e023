"""How fast neighbours in a measured series part: the largest Lyapunov exponent read off data."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from rnnchaos.figures.look import COLUMN
from rnnchaos.figures.names import literal
from rnnchaos.figures.style import (
    HAIR,
    LINE,
    SECOND,
    THEORY,
    THEORY_DASHES,
    THIN,
    TRUTH,
    drawn,
    dress,
    finite_or_gap,
    legend_above,
    side_by_side,
)


class Curves(NamedTuple):
    """The curves of one method, with what was read off them."""

    label: str
    curves: Float[np.ndarray, "curve lag"]
    """Mean log distance of neighbours, nats."""
    fit_ranges: tuple[tuple[float, float], ...]
    """The linear region of each curve, time units."""
    exponent: float
    """Nats per time unit."""
    saturated: float
    """Where the curves level off: the size of the attractor, nats."""


@drawn
def divergence_figure(lags: Float[np.ndarray, " lag"], methods: Sequence[Curves]) -> Figure:
    """Mean log distance of neighbours against the time since they were close, for one method or several.

    `lags` are in time units. The fit range decides the exponent: it is drawn thick, with its line dashed beside it, and
    that of each method's first curve is shaded. A hairline marks the size of the attractor.
    """
    width = (1.2 if len(methods) == 1 else 2.0) * COLUMN
    figure, all_axes = side_by_side(len(methods), width, 2.6, sharey=True)
    for axes, method in zip(all_axes, methods, strict=True):
        first, last = method.fit_ranges[0]
        axes.axvspan(
            first,
            last,
            color=THEORY,
            alpha=0.12,
            linewidth=0,
            label=f"fitted: {first:g} to {last:g} time units",
        )
        axes.axhline(method.saturated, color=THEORY, linewidth=HAIR)
        for curve, (start, end) in zip(method.curves, method.fit_ranges, strict=True):
            axes.plot(lags, finite_or_gap(curve), color=TRUTH, linewidth=THIN)
            fitted = (lags >= start) & (lags <= end)
            axes.plot(lags[fitted], curve[fitted], color=TRUTH, linewidth=LINE)
            line = method.exponent * (lags[fitted] - lags[fitted].mean()) + curve[fitted].mean()
            axes.plot(lags[fitted], line, color=SECOND, linestyle=THEORY_DASHES, linewidth=LINE)
        label = rf"{literal(method.label)}: $\lambda_{{\max}}$ = {method.exponent:.3g} nats/time unit"
        axes.plot([], [], color=SECOND, linestyle=THEORY_DASHES, linewidth=LINE, label=label)
        ylabel = "mean log distance (nats)" if axes is all_axes[0] else ""
        dress(axes, "lag (time units)", ylabel)
        legend_above(axes, columns=1)
    return figure
