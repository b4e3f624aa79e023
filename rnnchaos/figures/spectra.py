"""Power spectra of the true and the generated series."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from rnnchaos.figures.look import PAGE, narrow
from rnnchaos.figures.names import axis_names_or_default, shown_of_all
from rnnchaos.figures.style import (
    DASHES,
    LINE,
    NETWORK,
    SMALL,
    TRUTH,
    drawn,
    dress,
    legend_above,
    new_figure,
)

MAX_PANELS = 6
# Decades below the peak that are shown: further down lie the window's side lobes and rounding.
DECADES = 8


@runtime_checkable
class Spectra(Protocol):
    """Power spectral densities over frequency, one column an axis."""

    @property
    def frequency(self) -> Float[np.ndarray, " frequency"]:
        """Cycles per time unit."""

    @property
    def density(self) -> Float[np.ndarray, "frequency dimension"]:
        """Squared units of the series times time unit."""


class PowerSpectra(NamedTuple):
    """Spectra that are arrays."""

    frequency: Float[np.ndarray, " frequency"]
    density: Float[np.ndarray, "frequency dimension"]


@drawn
def spectra_figure(
    truth: Spectra,
    generated: Spectra,
    *,
    axis_names: Sequence[str] | None = None,
    distances: Mapping[str, float] | None = None,
    unit: str = "scaled units² · time unit",
    dimension: int | None = None,
) -> Figure:
    """Power spectral densities, one panel an axis (the first six), over eight decades below the truth's peak.

    `unit` is that of the densities, `dimension` counts the axes of which these are the first. `distances` are values
    of D_H by the name of their form, for the title.
    """
    given = truth.density.shape[1]
    names = axis_names_or_default(axis_names, given)
    panels = min(given, MAX_PANELS)
    columns = 1 if narrow() else min(panels, 3)
    rows = -(-panels // columns)
    figure = new_figure(PAGE if columns > 1 else 0.6 * PAGE, 0.6 + 1.9 * rows)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
    looks = ((truth, TRUTH, "-", "truth"), (generated, NETWORK, DASHES[1], "network"))
    for i, axes in enumerate(grid.flat):
        if i >= panels:
            axes.set_visible(False)
            continue
        for spectra, colour, dashes, label in looks:
            density = np.where(spectra.density[:, i] > 0, spectra.density[:, i], np.nan)
            axes.semilogy(
                spectra.frequency, density, color=colour, linestyle=dashes, linewidth=LINE, label=label
            )
        # A constant axis has no power: its panel stays empty.
        peak = float(truth.density[:, i].max())
        top = peak if peak > 0 else 1.0
        axes.set_ylim(top * 10.0**-DECADES, top * 10)
        lowest = i + columns >= panels
        dress(
            axes,
            "frequency (cycles per time unit)" if lowest else "",
            f"power ({unit})" if i % columns == 0 else "",
        )
        axes.tick_params(labelbottom=lowest)
        axes.set_title(names[i], loc="right")
    grid[0, 0].set_xlim(0, _highest_visible(truth))
    legend_above(grid[0, 0])
    values = ", ".join(f"{value:.3f} ({name})" for name, value in (distances or {}).items())
    told = (
        shown_of_all(panels, dimension or given),
        f"Hellinger distance of the spectra $D_H$ = {values}" if values else "",
    )
    if any(told):
        figure.suptitle("; ".join(filter(None, told)), fontsize=SMALL)
    return figure


def _highest_visible(truth: Spectra) -> float:
    """The frequency above which no axis of the truth comes within the decades shown."""
    visible = np.any(truth.density > truth.density.max(axis=0) * 10.0**-DECADES, axis=1)
    last = np.flatnonzero(visible)[-1] if visible.any() else -1
    return float(truth.frequency[last])
