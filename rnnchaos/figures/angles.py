"""Distribution of the angles between covariant Lyapunov vectors."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from rnnchaos.figures.look import PAGE
from rnnchaos.figures.style import (
    DASHES,
    LINE,
    OTHERS,
    THEORY,
    THIN,
    TRUTH,
    drawn,
    dress,
    legend_above,
    side_by_side,
)

_BINS_PER_DECADE = 6
_RIGHT_ANGLE = 90.0
# A smaller angle is drawn at the edge.
_SMALLEST = 1e-8
# Two decades at least.
_WIDEST_LEFT = 0.9


@drawn
def angles_figure(
    splitting: Float[np.ndarray, " sample"] | None = None,
    pairs: Mapping[str, Float[np.ndarray, " sample"]] | None = None,
    *,
    splitting_label: str = r"$E^{cu}$, $E^s$",
) -> Figure:
    """Left, the density of angles on a logarithmic axis towards 0; right, the share of angles below θ.

    Angles are given in radians and drawn in degrees: `splitting` those between the centre-unstable and the stable
    part of tangent space (black), `pairs` those between two vectors by label, of which the first five are drawn.
    Where stable and unstable manifolds touch, the density is flat towards 0 and the share falls like θ (dashed);
    where they never do, both end.
    """
    curves: list[tuple[str, str, Any, Float[np.ndarray, " sample"]]] = (
        [] if splitting is None else [(splitting_label, TRUTH, "-", splitting)]
    )
    curves += [
        (label, colour, dashes, angles)
        for (label, angles), colour, dashes in zip((pairs or {}).items(), OTHERS, DASHES, strict=False)
    ]
    figure, (density, share) = side_by_side(2, PAGE, 2.8)
    smallest = _RIGHT_ANGLE
    for label, colour, dashes, angles in curves:
        degrees = np.sort(np.maximum(np.degrees(angles), _SMALLEST))
        smallest = min(smallest, float(degrees[0]))
        _draw_density(density, degrees, colour, dashes, label)
        kept = _thinned(len(degrees))
        share.plot(degrees[kept], (kept + 1) / len(degrees), color=colour, linestyle=dashes, linewidth=LINE)

    left = min(0.6 * smallest, _WIDEST_LEFT)
    tangencies = np.array([left, _RIGHT_ANGLE])
    share.plot(
        tangencies,
        tangencies / _RIGHT_ANGLE,
        color=THEORY,
        linestyle=":",
        linewidth=THIN,
        label=r"$\propto\theta$: tangencies",
    )
    for axes in (density, share):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(left, 1.15 * _RIGHT_ANGLE)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.yaxis.set_minor_formatter(NullFormatter())
    low, high = density.get_ylim()
    density.set_ylim(min(low, 1e-2 * high), high)
    share.set_ylim(min(share.get_ylim()[0], 1e-2), 1.3)
    dress(density, r"angle $\theta$ (degrees)", "density (1 / degree)")
    dress(share, r"angle $\theta$ (degrees)", r"share of angles below $\theta$")
    legend_above(density, columns=2)
    legend_above(share, columns=1)
    return figure


def _draw_density(
    axes: Axes, degrees: Float[np.ndarray, " sample"], colour: str, dashes: Any, label: str
) -> None:
    decades = np.log10(_RIGHT_ANGLE) - np.log10(degrees[0])
    bins = max(1, int(np.ceil(_BINS_PER_DECADE * decades)))
    # From 90 degrees down in equal factors; both ends are widened by rounding only.
    edges = _RIGHT_ANGLE * 10 ** (-np.arange(bins, -1, -1) / _BINS_PER_DECADE)
    edges[[0, -1]] *= [1 - 1e-12, 1 + 1e-12]
    found, _ = np.histogram(degrees, edges, density=True)
    axes.stairs(
        np.where(found > 0, found, np.nan),
        edges,
        baseline=None,
        color=colour,
        linestyle=dashes,
        linewidth=LINE,
        label=label,
    )


def _thinned(count: int) -> np.ndarray:
    """Indices of a curve of `count` points, evenly spaced on a logarithmic axis."""
    return np.unique(np.round(np.geomspace(1, count, 400)).astype(int)) - 1
