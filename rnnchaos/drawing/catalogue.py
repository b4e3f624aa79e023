"""The figures that can be drawn from a run folder: their names, and the arrays that they begin with."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rnnchaos.drawing import exponents, long_run, training
from rnnchaos.drawing.stored import Stored

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Drawer(NamedTuple):
    """How a figure is drawn."""

    name: str
    """Of its file in the folder `figures`."""
    arrays: str
    """Of the file without which there is no such figure."""
    draw: "Callable[[Stored], Figure]"


DRAWERS = (
    Drawer("attractor", "free_run", long_run.attractor),
    Drawer("forecast", "forecasts", long_run.forecast),
    Drawer("forecast", "forecast", long_run.continuation),
    Drawer("power_spectra", "power_spectra", long_run.power_spectra),
    Drawer("lyapunov", "lyapunov", lambda stored: exponents.convergence(stored, "lyapunov")),
    Drawer("conditional", "conditional", lambda stored: exponents.convergence(stored, "conditional")),
    Drawer("forced", "forced", lambda stored: exponents.convergence(stored, "forced")),
    Drawer("finite_time", "finite_time", exponents.finite_time),
    Drawer("angles", "covariant_vectors", exponents.angles),
    Drawer("divergence", "divergence", exponents.divergence),
    Drawer("gradients", "gradients", training.gradients),
    Drawer("cycles", "cycles", long_run.cycles),
    Drawer("bifurcation", "bifurcation", long_run.bifurcation),
    Drawer("training", "training", training.losses),
    Drawer("traces", "training", training.traces),
    Drawer("spectra_over_training", "spectra_over_training", training.spectra),
    Drawer("data", "data", long_run.recording),
)


def drawer_of(name: str, arrays: str | None = None) -> Drawer:
    """The figure of this name, and of these arrays where several have it."""
    return next(each for each in DRAWERS if each.name == name and arrays in (None, each.arrays))
