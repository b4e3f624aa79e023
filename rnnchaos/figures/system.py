"""One orbit of a system, by itself."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from rnnchaos.figures.style import HAIR, TRUTH, axis_names_or_default, dress, new_figure


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
    names = axis_names_or_default(axis_names, orbit.shape[1])
    if orbit.shape[1] == 1:
        orbit = np.concatenate([orbit[:-lag], orbit[lag:]], axis=1)
        names = [f"{names[0]}(t)", f"{names[0]}(t + {lag} step{'' if lag == 1 else 's'})"]
    planes = [(0, 1), (0, 2)][: orbit.shape[1] - 1]
    figure = new_figure(3.4 * len(planes), 3.0)
    style = (
        {"linewidth": HAIR, "alpha": 0.8} if connected else {"linewidth": 0, "marker": ".", "markersize": 0.8}
    )
    for axes, (across, up) in zip(figure.subplots(1, len(planes), squeeze=False)[0], planes, strict=True):
        axes.plot(orbit[:, across], orbit[:, up], color=TRUTH, **style)
        dress(axes, names[across], names[up])
    return figure
