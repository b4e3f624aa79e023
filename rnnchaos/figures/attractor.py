"""The true attractor and the generated one, side by side."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from rnnchaos.figures.look import PAGE, narrow
from rnnchaos.figures.names import axis_names_or_default
from rnnchaos.figures.orbits import MAX_POINTS, draw_orbit, planes
from rnnchaos.figures.style import NETWORK, TRUTH, drawn, dress, finite_or_gap, new_figure


@drawn
def attractor_figure(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "steps dimension"],
    *,
    axis_names: Sequence[str] | None = None,
    lag: int = 1,
    connected: bool = True,
) -> Figure:
    """Both attractors with the same axes and limits, up to 10 000 steps of each, in the units of the arrays.

    One dimension is drawn as a delay plot, x(t) against x(t + lag) with `lag` in steps; two as a plane; three
    as two planes that share the first axis; more as the planes of the truth's first three principal
    components. `connected` joins successive points by a line, which suits flows; maps are dots. What is not
    finite, or lies more than half a range outside the truth, is left out.
    """
    names = axis_names_or_default(axis_names, truth.shape[1])
    truth, generated = truth[:MAX_POINTS], finite_or_gap(generated[:MAX_POINTS])
    if truth.shape[1] > 3:
        truth, generated, names = _principal_components(truth, generated)
    (truth, generated), labels, pairs = planes([truth, generated], names, lag=lag)
    limits = _common_limits(truth, generated)

    figure = new_figure(PAGE, 0.4 + (1.6 if narrow() else 2.4) * len(pairs))
    grid = figure.subplots(len(pairs), 2, squeeze=False, sharex=True, sharey="row")
    for (left, right), (across, up) in zip(grid, pairs, strict=True):
        for axes, orbit, colour in ((left, truth, TRUTH), (right, generated, NETWORK)):
            draw_orbit(axes, orbit[:, across], orbit[:, up], colour, connected=connected)
        dress(left, "", labels[up])
        left.set_xlim(*limits[:, across])
        left.set_ylim(*limits[:, up])
    for axes in grid[-1]:
        axes.set_xlabel(labels[0])
    grid[0, 0].set_title("truth", color=TRUTH)
    grid[0, 1].set_title("network", color=NETWORK)
    return figure


def _principal_components(
    truth: Float[np.ndarray, "time dimension"], generated: Float[np.ndarray, "steps dimension"]
) -> tuple[Float[np.ndarray, "time 3"], Float[np.ndarray, "steps 3"], list[str]]:
    """Both series in the three directions of the truth's largest variance."""
    known = truth[np.isfinite(truth).all(axis=1)]
    mean = known.mean(axis=0)
    _, spread, directions = np.linalg.svd(known - mean, full_matrices=True)
    variances = np.zeros(len(directions))
    variances[: len(spread)] = spread**2
    shares = variances[:3] / max(variances.sum(), np.finfo(float).tiny)
    names = [f"principal component {i} ({share:.0%})" for i, share in enumerate(shares, start=1)]
    return (truth - mean) @ directions[:3].T, (generated - mean) @ directions[:3].T, names


def _common_limits(
    truth: Float[np.ndarray, "time axes"], generated: Float[np.ndarray, "steps axes"]
) -> Float[np.ndarray, "2 axes"]:
    """Limits around both series, but no further than half the truth's range outside the truth."""
    low, high = np.nanmin(truth, axis=0), np.nanmax(truth, axis=0)
    reach = 0.5 * np.maximum(high - low, 1e-9)
    visible = np.clip(np.where(np.isnan(generated), truth[0], generated), low - reach, high + reach)
    low, high = np.minimum(low, visible.min(axis=0)), np.maximum(high, visible.max(axis=0))
    margin = 0.05 * np.maximum(high - low, 1e-9)
    return np.stack([low - margin, high + margin])
