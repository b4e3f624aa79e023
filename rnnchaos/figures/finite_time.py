"""Distribution of Lyapunov exponents over windows of finite length."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rnnchaos.figures.look import PAGE, narrow
from rnnchaos.figures.style import (
    DASHES,
    HAIR,
    LINE,
    MARKERS,
    SECOND,
    SMALL,
    THEORY,
    TRUTH,
    drawn,
    dress,
    new_figure,
)

_MOST_PANELS = 4
# Short windows are light, long ones dark.
_SHADES = LinearSegmentedColormap.from_list("windows", ["#9CCBE8", SECOND, TRUTH])
_ROUNDING = 1e-9
# Of the shortest windows, which are widest, the panels show all but the ends of the tails.
_SHOWN_QUANTILES = (0.003, 0.997)


class _Windows(NamedTuple):
    """What is drawn of one exponent over windows of one length."""

    time: float
    shade: tuple[float, ...]
    look: tuple[Any, str]
    """Dashes and marker."""
    values: Float[np.ndarray, " sample"]
    middle: Float[np.ndarray, " bin"]
    density: Float[np.ndarray, " bin"]

    @property
    def rate(self) -> Float[np.ndarray, " bin"]:
        """-(1/T) log(density / largest density), infinite in empty bins."""
        with np.errstate(divide="ignore"):
            return np.log(self.density.max() / self.density) / self.time


@drawn
def finite_time_figure(windows: Mapping[float, Float[np.ndarray, "sample k"]]) -> Figure:
    """Above, the density of each exponent over windows of one or several lengths; below, its large-deviation rate.

    `windows` maps the length T of a window, in time units, to the exponents of windows of that length, in nats per
    time unit; the leading four are shown. -(1/T) log(density / largest density) tends to one curve as T grows;
    dotted is the parabola of a normal distribution with the variance of the longest window. A hairline is zero.
    """
    lengths = sorted(windows)
    # One length alone is drawn in the middle shade.
    shades = [_SHADES(place) for place in np.linspace(0, 1, len(lengths))] if lengths[1:] else [_SHADES(0.5)]
    looks = list(
        zip(lengths, shades, list(zip(DASHES, MARKERS, strict=False))[len(lengths) - 1 :: -1], strict=True)
    )
    most = _MOST_PANELS // 2 if narrow() else _MOST_PANELS
    count = min(most, windows[lengths[0]].shape[1])
    figure = new_figure(max(0.5, count / most) * PAGE, 3.8, legend_outside=True)
    all_axes = figure.subplots(2, count, squeeze=False)
    for index in range(count):
        drawn = [
            found
            for length, shade, look in looks
            if (found := _histogram(windows[length][:, index], length, shade, look)) is not None
        ]
        above, below = all_axes[:, index]
        if drawn:
            _draw_density(above, drawn)
            _draw_rate(below, drawn)
        else:
            _say_constant(above, windows[lengths[0]][:, index])
            _say_constant(below, windows[lengths[0]][:, index])
        dress(above, "", "density" if index == 0 else "", title=rf"$\lambda_{{{index + 1}}}$")
        dress(below, "", "rate (1 / time unit)" if index == 0 else "")
    figure.supxlabel("finite-time exponent (nats per time unit)", fontsize="medium")
    _legend(figure, all_axes[0, 0], looks)
    return figure


def _histogram(
    values: Float[np.ndarray, " sample"], time: float, shade: tuple, look: tuple[Any, str]
) -> _Windows | None:
    """The density of what is finite, None where nothing is or where all is one value."""
    values = values[np.isfinite(values)]
    if not values.size or np.ptp(values) <= _ROUNDING * max(1.0, np.abs(values).max()):
        return None
    # Rice's rule, between what shows a shape and what a panel of this size can show.
    bins = int(np.clip(2 * values.size ** (1 / 3), 12, 60))
    density, edges = np.histogram(values, bins, density=True)
    return _Windows(time, shade, look, values, (edges[:-1] + edges[1:]) / 2, density)


def _draw_density(axes: Axes, drawn: list[_Windows]) -> None:
    for found in drawn:
        axes.plot(found.middle, found.density, color=found.shade, linestyle=found.look[0], linewidth=LINE)
        axes.fill_between(found.middle, found.density, color=found.shade, alpha=0.12, linewidth=0)
    low, high = np.quantile(drawn[0].values, _SHOWN_QUANTILES)
    _finish(axes, low, high)
    axes.set_ylim(bottom=0)


def _draw_rate(axes: Axes, drawn: list[_Windows]) -> None:
    longest = drawn[-1]
    # As high as the longest windows reach, and half as much again to follow the others.
    top = 1.5 * float(longest.rate[np.isfinite(longest.rate)].max())
    mean, diffusion = longest.values.mean(), longest.time * longest.values.var()
    reach = float(np.sqrt(2 * diffusion * top))
    exponent = np.linspace(mean - reach, mean + reach, 200)
    normal = (exponent - mean) ** 2 / (2 * diffusion)
    axes.plot(exponent, normal, color=THEORY, linestyle=":", linewidth=LINE)
    for found in drawn:
        axes.plot(
            found.middle,
            found.rate,
            color=found.shade,
            linestyle="none",
            marker=found.look[1],
            markersize=2.5,
            mew=0,
        )
    _finish(axes, mean - 1.4 * reach, mean + 1.4 * reach)
    axes.set_ylim(-0.04 * top, top)


def _finish(axes: Axes, low: float, high: float) -> None:
    """The range of the exponent, with a line at zero where that lies inside."""
    if low < 0 < high:
        axes.axvline(0, color=THEORY, linewidth=HAIR)
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))


def _say_constant(axes: Axes, values: Float[np.ndarray, " sample"]) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    value = f"{values[0]:.4g}".replace("-inf", "−∞")
    axes.annotate(
        f"always {value}", (0.5, 0.5), xycoords="axes fraction", ha="center", va="center", fontsize=SMALL
    )


def _legend(figure: Figure, axes: Axes, looks: list[tuple[float, tuple, tuple[Any, str]]]) -> None:
    handles = [
        axes.plot(
            [],
            [],
            color=shade,
            linestyle=look[0],
            linewidth=LINE,
            marker=look[1],
            ms=2.5,
            label=f"{length:.3g}",
        )[0]
        for length, shade, look in looks
    ]
    handles += axes.plot([], [], color=THEORY, linestyle=":", linewidth=LINE, label="normal")
    figure.legend(
        handles=handles,
        loc="outside upper center",
        ncols=len(handles),
        title="length of the windows (time units)",
        title_fontsize="medium",
    )
