"""What a network's free run does in the long run, against one of its weights."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnchaos.figures.look import PAGE
from rnnchaos.figures.names import in_print
from rnnchaos.figures.style import (
    LINE,
    NETWORK,
    SECOND,
    THEORY,
    THEORY_DASHES,
    THIN,
    drawn,
    dress,
    finite_or_gap,
    legend_above,
    new_figure,
)

# Error bands show what a reader would call possible: two standard errors.
_BAND = 2.0
# λ_max below so many times its largest value says only that the run is stable: it must not flatten the rest.
_DEEPEST = 3.0


@drawn
def bifurcation_figure(
    parameters: Float[np.ndarray, " value"],
    points: Sequence[Float[np.ndarray, " _"]],
    exponents: Float[np.ndarray, "value k"],
    standard_error: Float[np.ndarray, "value k"],
    escaped: Bool[np.ndarray, " value"],
    *,
    trained: float,
    parameter_name: str,
    axis_name: str,
    maxima: bool,
) -> Figure:
    """Above, `points` of the orbit at each value of the parameter; below, the leading Lyapunov exponents.

    Parameters are evenly spaced; exponents are in nats per time unit, λ_max with a band of two standard errors.
    `trained` is the value that leaves the network as it was trained. Values at which the run `escaped` to infinity are
    shaded and otherwise empty. `points` are maxima, or values, of the axis `axis_name` in its own units.
    """
    figure = new_figure(PAGE, 4.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    places = np.repeat(parameters, [len(each) for each in points])
    above.plot(
        places, np.concatenate(points), color=NETWORK, linestyle="none", marker=".", markersize=2.6, mew=0
    )
    _draw_exponents(below, parameters, finite_or_gap(exponents), finite_or_gap(standard_error))
    for axes in (above, below):
        if parameters[0] <= trained <= parameters[-1]:
            axes.axvline(trained, color=THEORY, linestyle=THEORY_DASHES, linewidth=THIN, label="as trained")
        _shade(axes, parameters, escaped)
    dress(above, "", f"maxima of {in_print(axis_name)}" if maxima else in_print(axis_name))
    dress(below, in_print(parameter_name), r"$\lambda$ (nats per time unit)")
    half = _half_gap(parameters)
    below.set_xlim(parameters[0] - half, parameters[-1] + half)
    legend_above(below, columns=4)
    return figure


def _draw_exponents(
    axes: Axes,
    parameters: Float[np.ndarray, " value"],
    exponents: Float[np.ndarray, "value k"],
    errors: Float[np.ndarray, "value k"],
) -> None:
    largest, reach = exponents[:, 0], _BAND * errors[:, 0]
    # A value between two gaps is no line: the marker shows it.
    axes.plot(
        parameters,
        largest,
        color=NETWORK,
        linewidth=LINE,
        marker=".",
        markersize=2.5,
        mew=0,
        zorder=3,
        label=r"$\lambda_{\max}$",
    )
    axes.fill_between(parameters, largest - reach, largest + reach, color=NETWORK, alpha=0.25, linewidth=0)
    for index, others in enumerate(exponents.T[1:], start=1):
        name = rf"$\lambda_{{{index + 1}}}$"
        axes.plot(parameters, others, color=SECOND, linewidth=THIN, alpha=1 / index, label=name)
    axes.axhline(0, color=THEORY, linewidth=THIN, linestyle=":")
    shown = exponents[np.isfinite(exponents)]
    if exponents.shape[1] == 1 and shown.size and shown.max() > 0 and shown.min() < -_DEEPEST * shown.max():
        axes.set_ylim(-_DEEPEST * shown.max(), 1.3 * shown.max())


def _shade(axes: Axes, parameters: Float[np.ndarray, " value"], escaped: Bool[np.ndarray, " value"]) -> None:
    """A grey band around each stretch of values at which the run escapes."""
    half = _half_gap(parameters)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], escaped, [False]]).astype(int)))
    for number, (begin, end) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        axes.axvspan(
            parameters[begin] - half,
            parameters[end - 1] + half,
            color=THEORY,
            alpha=0.15,
            linewidth=0,
            label="escapes" if number == 0 else None,
        )


def _half_gap(parameters: Float[np.ndarray, " value"]) -> float:
    return 0.5 * float(parameters[1] - parameters[0])
