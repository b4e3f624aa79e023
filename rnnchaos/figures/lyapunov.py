"""Convergence of the Lyapunov exponents, and the whole spectrum."""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rnnchaos.figures.style import (
    LINE,
    NETWORK,
    PAGE,
    SECOND,
    SMALL,
    TEXT,
    THEORY,
    THEORY_DASHES,
    THIN,
    dress,
    finite_or_gap,
    legend_above,
    new_figure,
)

# Exponents drawn against time: one for each colour that stays apart from the others.
CURVE_COLOURS = (NETWORK, SECOND, "#009E73", "#CC79A7", "#E69F00")
# Labels of curves stay this share of the panel's height apart.
_LABEL_GAP = 0.07


def lyapunov_figure(
    running: Float[np.ndarray, "block exponent"],
    running_error: Float[np.ndarray, "block exponent"] | None = None,
    *,
    block_time: float,
    reference: Float[np.ndarray, " known"] | None = None,
    reference_label: str = "true system",
) -> Figure:
    """Left, the running estimate of the leading exponents with its standard error; right, the final spectrum.

    `running` holds the estimates after each block of `block_time` time units, in nats per time unit, largest
    first. `reference` are known exponents, from the first on (dashed). Up to five exponents no lower than
    -3 |λ₁| are drawn against time; how many are -∞ is written into the spectrum.
    """
    figure = new_figure(PAGE, 2.6)
    convergence, spectrum = figure.subplots(1, 2, width_ratios=[1.4, 1])
    error = np.zeros_like(running) if running_error is None else finite_or_gap(running_error)
    known = np.empty(0) if reference is None else reference
    time = block_time * np.arange(1, len(running) + 1)

    _convergence(convergence, time, running, error, known)
    dress(convergence, "averaging time (time units)", r"$\lambda_i$ (nats per time unit)")
    _spectrum(spectrum, running[-1], error[-1], known, reference_label)
    dress(spectrum, "index i", r"$\lambda_i$ (nats per time unit)")
    return figure


def _convergence(
    axes: Axes,
    time: Float[np.ndarray, " block"],
    running: Float[np.ndarray, "block exponent"],
    error: Float[np.ndarray, "block exponent"],
    known: Float[np.ndarray, " known"],
) -> None:
    floor = -3 * max(abs(float(running[-1, 0])), 1e-3)
    curves = max(1, int(np.sum(running[-1, : len(CURVE_COLOURS)] > floor)))
    for i, colour in enumerate(CURVE_COLOURS[:curves]):
        estimate = finite_or_gap(running[:, i])
        axes.plot(time, estimate, color=colour, linewidth=LINE)
        axes.fill_between(
            time, estimate - error[:, i], estimate + error[:, i], color=colour, alpha=0.25, linewidth=0
        )
    for exponent in known[:curves]:
        if exponent > floor:
            axes.axhline(exponent, color=THEORY, linestyle=THEORY_DASHES, linewidth=THIN)
    axes.set_xlim(0, time[-1])
    _label_curves(axes, running[-1, :curves])


def _label_curves(axes: Axes, final: Float[np.ndarray, " curve"]) -> None:
    """Name each curve at its right end, moved down where it would cover the name above."""
    low, high = axes.get_ylim()
    above = np.inf
    for i, height in enumerate((finite_or_gap(final) - low) / (high - low)):
        if np.isnan(height):
            continue
        above = min(height, above - _LABEL_GAP)
        axes.annotate(
            rf"$\lambda_{{{i + 1}}}$",
            (1.01, above),
            xycoords="axes fraction",
            color=CURVE_COLOURS[i],
            fontsize=TEXT,
            va="center",
        )


def _spectrum(
    axes: Axes,
    final: Float[np.ndarray, " exponent"],
    error: Float[np.ndarray, " exponent"],
    known: Float[np.ndarray, " known"],
    reference_label: str,
) -> None:
    index = np.arange(1, len(final) + 1)
    size = 3.5 if len(final) <= 10 else 2.5
    axes.axhline(0, color=THEORY, linewidth=0.4)
    axes.errorbar(
        index,
        finite_or_gap(final),
        yerr=error,
        color=NETWORK,
        linestyle="none",
        marker="o",
        markersize=size,
        linewidth=LINE,
        label="estimate",
    )
    if known.size:
        shared = min(len(known), len(final))
        axes.plot(
            index[:shared],
            finite_or_gap(known[:shared]),
            color=THEORY,
            linestyle="none",
            marker="o",
            markersize=2.5 * size,
            markerfacecolor="none",
            markeredgewidth=THIN,
            label=reference_label,
        )
    legend_above(axes)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    infinite = int(np.sum(np.isneginf(final)))
    if infinite:
        axes.annotate(
            f"{infinite} of {len(final)} at −∞", (0.04, 0.04), xycoords="axes fraction", fontsize=SMALL
        )
