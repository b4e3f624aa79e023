"""Growth of the gradients with the lag T, against the largest Lyapunov exponent."""

import numpy as np
from jaxtyping import Float, Int
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.look import COLUMN, PAGE
from rnnchaos.figures.style import (
    HAIR,
    LINE,
    NETWORK,
    THEORY,
    THEORY_DASHES,
    drawn,
    dress,
    finite_or_gap,
    legend_above,
    side_by_side,
)


@drawn
def gradients_figure(
    lags: Int[np.ndarray, " lag"],
    log_state_norms: Float[np.ndarray, "start lag"],
    loss_lags: Int[np.ndarray, " loss_lag"] | None = None,
    log_loss_norms: Float[np.ndarray, "*starts loss_lag"] | None = None,
    *,
    exponent: float | None = None,
    slope: float | None = None,
    slope_error: float | None = None,
) -> Figure:
    """log₁₀ ‖∂z_T/∂z_1‖, and beside it log₁₀ ‖∂L_T/∂θ‖, against the lag T in steps.

    Both are given as natural logarithms (nats), the second from one start or several. Each start is a thin
    line, their mean a thick one; the dashed line has the slope of `exponent`, λ_max. That, `slope` (fitted to
    the state norms) and its standard error are in nats per step. Norms of exactly 0, as beyond a forcing, are
    gaps.
    """
    panels = 1 if loss_lags is None or log_loss_norms is None else 2
    figure, all_axes = side_by_side(panels, PAGE if panels == 2 else 1.2 * COLUMN, 2.6)
    fit = None if slope is None else _slope_text(slope, slope_error)
    _draw(all_axes[0], lags, log_state_norms, exponent, fit)
    dress(all_axes[0], "lag T (steps)", r"$\log_{10}\,\|\partial z_T/\partial z_1\|$")
    if loss_lags is not None and log_loss_norms is not None:
        _draw(all_axes[1], loss_lags, np.atleast_2d(log_loss_norms), exponent, None)
        dress(all_axes[1], "lag T (steps)", r"$\log_{10}\,\|\partial L_T/\partial\theta\|$")
    for axes in all_axes:
        legend_above(axes, columns=1)
    return figure


def _slope_text(slope: float, error: float | None) -> str:
    uncertainty = "" if error is None else f" ± {error:.1g}"
    return f"mean: slope {slope:.4f}{uncertainty} nats per step"


def _count_text(starts: int) -> str:
    return "one start" if starts == 1 else f"mean of {starts} starts"


def _draw(
    axes: Axes,
    lags: Int[np.ndarray, " lag"],
    log_norms: Float[np.ndarray, "start lag"],
    exponent: float | None,
    fit: str | None,
) -> None:
    decades = finite_or_gap(log_norms) / np.log(10)
    axes.plot(lags, decades.T, color=NETWORK, linewidth=HAIR, alpha=0.5)
    shown = np.isfinite(decades).all(axis=0)
    mean = np.where(shown, decades.sum(axis=0, where=shown) / len(decades), np.nan)
    axes.plot(lags, mean, color=NETWORK, linewidth=1.5 * LINE, label=fit or _count_text(len(decades)))
    if exponent is not None and shown.any():
        # Drawn through the centre of the measured mean: theory gives the slope, not the height.
        theory = exponent / np.log(10) * (lags - lags[shown].mean()) + mean[shown].mean()
        axes.plot(
            lags,
            theory,
            color=THEORY,
            linestyle=THEORY_DASHES,
            linewidth=LINE,
            label=rf"$\lambda_{{\max}}$ = {exponent:.4f} nats per step",
        )
    axes.margins(x=0.02)
