"""The true attractor and the generated one, side by side."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from rnnchaos.figures.style import (
    HAIR,
    NETWORK,
    PAGE,
    TEXT,
    TRUTH,
    axis_names_or_default,
    dress,
    finite_or_gap,
    new_figure,
)

# More steps only blacken the attractor.
MAX_STEPS = 10_000


def attractor_figure(
    truth: Float[np.ndarray, "time dimension"],
    generated: Float[np.ndarray, "steps dimension"],
    *,
    axis_names: Sequence[str] | None = None,
    lag: int = 1,
    connected: bool = True,
) -> Figure:
    """Both attractors with the same axes and limits, up to 10 000 steps of each.

    One dimension is drawn as a delay plot, x(t) against x(t + lag) with `lag` in steps; two as a plane; three
    as two planes that share the first axis; more as the planes of the truth's first three principal
    components. `connected` joins successive points by a line, which suits flows; maps are dots. What is not
    finite, or lies more than half a range outside the truth, is left out.
    """
    names = axis_names_or_default(axis_names, truth.shape[1])
    truth, generated = truth[:MAX_STEPS], finite_or_gap(generated[:MAX_STEPS])
    if truth.shape[1] == 1:
        lag = min(lag, min(len(truth), len(generated)) - 1)
        truth, generated = _delayed(truth, lag), _delayed(generated, lag)
        names = [f"{names[0]}(t)", f"{names[0]}(t + {lag} step{'' if lag == 1 else 's'})"]
    elif truth.shape[1] > 3:
        truth, generated, names = _principal_components(truth, generated)
    limits = _common_limits(truth, generated)

    planes = [(0, 1), (0, 2)][: truth.shape[1] - 1]
    figure = new_figure(PAGE, 0.4 + 2.4 * len(planes))
    grid = figure.subplots(len(planes), 2, squeeze=False, sharex=True, sharey="row")
    style = (
        {"linewidth": HAIR, "alpha": 0.8} if connected else {"linewidth": 0, "marker": ".", "markersize": 0.8}
    )
    for (left, right), (across, up) in zip(grid, planes, strict=True):
        left.plot(truth[:, across], truth[:, up], color=TRUTH, **style)
        right.plot(generated[:, across], generated[:, up], color=NETWORK, **style)
        dress(left, "", names[up])
        dress(right, "", "")
        left.set_xlim(*limits[:, across])
        left.set_ylim(*limits[:, up])
    for axes in grid[-1]:
        axes.set_xlabel(names[0], fontsize=TEXT)
    grid[0, 0].set_title("truth", fontsize=TEXT, color=TRUTH)
    grid[0, 1].set_title("network", fontsize=TEXT, color=NETWORK)
    return figure


def _delayed(series: Float[np.ndarray, "time 1"], lag: int) -> Float[np.ndarray, "pairs 2"]:
    return np.concatenate([series[: len(series) - lag], series[lag:]], axis=1)


def _principal_components(
    truth: Float[np.ndarray, "time dimension"], generated: Float[np.ndarray, "steps dimension"]
) -> tuple[Float[np.ndarray, "time 3"], Float[np.ndarray, "steps 3"], list[str]]:
    """Both series in the three directions of the truth's largest variance."""
    mean = truth.mean(axis=0)
    _, spread, directions = np.linalg.svd(truth - mean, full_matrices=True)
    variances = np.zeros(len(directions))
    variances[: len(spread)] = spread**2
    shares = variances[:3] / max(variances.sum(), np.finfo(float).tiny)
    names = [f"principal component {i} ({share:.0%})" for i, share in enumerate(shares, start=1)]
    return (truth - mean) @ directions[:3].T, (generated - mean) @ directions[:3].T, names


def _common_limits(
    truth: Float[np.ndarray, "time axes"], generated: Float[np.ndarray, "steps axes"]
) -> Float[np.ndarray, "2 axes"]:
    """Limits around both series, but no further than half the truth's range outside the truth."""
    low, high = truth.min(axis=0), truth.max(axis=0)
    reach = 0.5 * np.maximum(high - low, 1e-9)
    visible = np.clip(np.where(np.isnan(generated), truth[0], generated), low - reach, high + reach)
    low, high = np.minimum(low, visible.min(axis=0)), np.maximum(high, visible.max(axis=0))
    margin = 0.05 * np.maximum(high - low, 1e-9)
    return np.stack([low - margin, high + margin])
