"""Convergence of the Lyapunov exponents, and the whole spectrum."""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rnnchaos.figures.look import PAGE
from rnnchaos.figures.names import literal
from rnnchaos.figures.style import (
    DASHES,
    LINE,
    NETWORK,
    SMALL,
    THEORY,
    THIN,
    TRUTH,
    drawn,
    dress,
    finite_or_gap,
    legend_above,
    side_by_side,
)

# Exponents drawn against time: one for each kind of dashes.
_CURVES = len(DASHES)
# Beyond so many times λ_max the axis of the spectrum is logarithmic: what decides are the signs near zero.
_DEEP = 3.0
_LEAST_SHARE = 1e-3  # of the deepest exponent, from which on the axis is logarithmic at least
# Labels of curves stay this share of the panel's height apart.
_LABEL_GAP = 0.07


@drawn
def lyapunov_figure(
    running: Float[np.ndarray, "block exponent"],
    running_error: Float[np.ndarray, "block exponent"] | None = None,
    *,
    block_time: float,
    reference: Float[np.ndarray, " known"] | None = None,
    reference_label: str = "true system",
    of_network: bool = True,
) -> Figure:
    """Left, the running estimate of the leading exponents with its standard error; right, the final spectrum.

    `running` holds the estimates after each block of `block_time` time units, in nats per time unit, largest
    first, of a network or, in the colour of the truth, of a system. `reference` are known exponents, from the first on.
    Up to five exponents no lower than -3 |λ₁| are drawn against time. The spectrum has a logarithmic axis below that,
    so that the signs of the others can be told; how many are -∞ is written into it.
    """
    figure, (convergence, spectrum) = side_by_side(2, PAGE, 2.6, ratios=[1.4, 1])
    error = np.zeros_like(running) if running_error is None else finite_or_gap(running_error)
    known = np.empty(0) if reference is None else reference
    time = block_time * np.arange(1, len(running) + 1)
    colour = NETWORK if of_network else TRUTH

    _convergence(convergence, time, running, error, known, colour)
    dress(convergence, "averaging time (time units)", r"$\lambda_i$ (nats per time unit)")
    _spectrum(spectrum, running[-1], error[-1], known, reference_label, colour)
    dress(spectrum, "index $i$", r"$\lambda_i$ (nats per time unit)")
    return figure


def _convergence(
    axes: Axes,
    time: Float[np.ndarray, " block"],
    running: Float[np.ndarray, "block exponent"],
    error: Float[np.ndarray, "block exponent"],
    known: Float[np.ndarray, " known"],
    colour: str,
) -> None:
    floor = -_DEEP * max(abs(float(running[-1, 0])), 1e-3)
    curves = max(1, int(np.sum(running[-1, :_CURVES] > floor)))
    for i, dashes in enumerate(DASHES[:curves]):
        estimate = finite_or_gap(running[:, i])
        axes.plot(time, estimate, color=colour, linestyle=dashes, linewidth=LINE)
        axes.fill_between(
            time, estimate - error[:, i], estimate + error[:, i], color=colour, alpha=0.2, linewidth=0
        )
    for exponent in known[:curves]:
        if exponent > floor:
            axes.axhline(exponent, color=TRUTH, linestyle="-.", linewidth=THIN)
    axes.set_xlim(0, time[-1])
    _label_curves(axes, running[-1, :curves], colour)


def _label_curves(axes: Axes, final: Float[np.ndarray, " curve"], colour: str) -> None:
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
            color=colour,
            va="center",
        )


def _spectrum(
    axes: Axes,
    final: Float[np.ndarray, " exponent"],
    error: Float[np.ndarray, " exponent"],
    known: Float[np.ndarray, " known"],
    reference_label: str,
    colour: str,
) -> None:
    index = np.arange(1, len(final) + 1)
    size = 3.5 if len(final) <= 10 else 2.5
    axes.axhline(0, color=THEORY, linewidth=0.4)
    axes.errorbar(
        index,
        finite_or_gap(final),
        yerr=error,
        color=colour,
        linestyle="none",
        marker="o",
        markersize=size,
        linewidth=LINE,
        capsize=2,
        label="estimate",
    )
    if known.size:
        shared = min(len(known), len(final))
        axes.plot(
            index[:shared],
            finite_or_gap(known[:shared]),
            color=TRUTH,
            linestyle="none",
            marker="s",
            markersize=2.2 * size,
            markerfacecolor="none",
            markeredgewidth=THIN,
            label=literal(reference_label),
        )
    legend_above(axes)
    _deepen(axes, finite_or_gap(np.concatenate([final, known[: len(final)]])))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    infinite = int(np.sum(np.isneginf(final)))
    if infinite:
        axes.annotate(
            f"{infinite} of {len(final)} at −∞",
            (0.98, 0.97),
            xycoords="axes fraction",
            ha="right",
            va="top",
            fontsize=SMALL,
        )


def _deepen(axes: Axes, exponents: Float[np.ndarray, " shown"]) -> None:
    """A logarithmic axis for what is far below the largest exponents, so that these have room."""
    finite = exponents[np.isfinite(exponents)]
    if not finite.size:
        return
    lowest, leading = float(finite.min()), abs(float(finite.max()))
    if lowest >= -2 * _DEEP * leading or lowest >= 0:
        return
    straight = _nice(max(1.05 * leading, -_LEAST_SHARE * lowest))
    axes.set_yscale("symlog", linthresh=straight, linscale=1.2)
    powers = range(int(np.ceil(np.log10(straight) + 1e-9)), int(np.ceil(np.log10(-lowest))) + 1)
    ticks = [*(-(10.0**power) for power in powers), -straight, 0.0, straight]
    axes.set_yticks(ticks, [f"{tick:g}".replace("-", "−") for tick in ticks])
    axes.set_yticks([], minor=True)
    axes.set_ylim(1.6 * lowest, 1.15 * straight)
    axes.axhspan(1.6 * lowest, -straight, color=THEORY, alpha=0.08, linewidth=0)
    axes.annotate("logarithmic", (0.03, 0.03), xycoords="axes fraction", fontsize=SMALL, color=THEORY)


def _nice(value: float) -> float:
    """The next of 1, 2 and 5 times a power of ten from a value on."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9)) * power)
