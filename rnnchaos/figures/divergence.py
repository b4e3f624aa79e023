"""How fast neighbours in a measured series part: the largest Lyapunov exponent read off data."""

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from rnnchaos.figures.style import (
    COLUMN,
    LINE,
    THEORY,
    THEORY_DASHES,
    TRUTH,
    dress,
    finite_or_gap,
    legend_above,
    new_figure,
)


def divergence_figure(
    lags: Float[np.ndarray, " lag"],
    divergence: Float[np.ndarray, " lag"],
    *,
    fit_range: tuple[float, float],
    exponent: float,
) -> Figure:
    """Mean log distance of neighbours (nats) against the time since they were close (Rosenstein et al. 1993).

    `lags` and `fit_range` are in time units, `exponent` in nats per time unit. The fit range decides the
    exponent, so it is shaded.
    """
    first, last = fit_range
    figure = new_figure(1.2 * COLUMN, 2.6)
    axes = figure.subplots()
    axes.axvspan(first, last, color=THEORY, alpha=0.12, linewidth=0, label=f"fitted: {first:g} to {last:g}")
    axes.plot(lags, finite_or_gap(divergence), color=TRUTH, linewidth=LINE)
    fitted = (lags >= first) & (lags <= last)
    line = exponent * (lags[fitted] - lags[fitted].mean()) + divergence[fitted].mean()
    axes.plot(
        lags[fitted],
        line,
        color=THEORY,
        linestyle=THEORY_DASHES,
        linewidth=LINE,
        label=rf"$\lambda_{{\max}}$ = {exponent:.3g} nats per time unit",
    )
    dress(axes, "lag (time units)", "mean log distance (nats)")
    legend_above(axes, columns=1)
    return figure
