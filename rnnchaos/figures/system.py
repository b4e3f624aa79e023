"""One orbit of a system, by itself."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from rnnchaos.figures.names import axis_names_or_default
from rnnchaos.figures.orbits import draw_orbit, planes
from rnnchaos.figures.style import TRUTH, drawn, dress, side_by_side


@drawn
def system_figure(
    orbit: Float[np.ndarray, "time dimension"],
    *,
    axis_names: Sequence[str] | None = None,
    connected: bool = True,
    lag: int = 1,
) -> Figure:
    """The first plane of an orbit, or of more than two dimensions the planes of the first axis and the next two.

    One dimension is drawn as x(t + lag) against x(t), with `lag` in steps. `connected` joins successive points.
    """
    (shown,), names, pairs = planes([orbit], axis_names_or_default(axis_names, orbit.shape[1]), lag=lag)
    figure, panels = side_by_side(len(pairs), 3.4 * len(pairs), 3.0)
    for axes, (across, up) in zip(panels, pairs, strict=True):
        draw_orbit(axes, shown[:, across], shown[:, up], TRUTH, connected=connected)
        dress(axes, names[across], names[up])
    return figure
