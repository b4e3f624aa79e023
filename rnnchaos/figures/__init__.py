"""Arrays in, figure out: one file a figure. Nothing here touches pyplot or any other global state."""

from rnnchaos.figures.angles import angles_figure
from rnnchaos.figures.attractor import attractor_figure
from rnnchaos.figures.bifurcation_diagram import bifurcation_figure
from rnnchaos.figures.comparison import Panel, Points, comparison_figure
from rnnchaos.figures.continuation import continuation_figure
from rnnchaos.figures.cycles import Marked, cycles_figure
from rnnchaos.figures.divergence import Curves, divergence_figure
from rnnchaos.figures.finite_time import finite_time_figure
from rnnchaos.figures.forecast import forecast_figure
from rnnchaos.figures.gradients import gradients_figure
from rnnchaos.figures.lyapunov import lyapunov_figure
from rnnchaos.figures.over_training import spectra_over_training_figure, traces_figure
from rnnchaos.figures.recording import recording_figure
from rnnchaos.figures.spectra import spectra_figure
from rnnchaos.figures.style import save_figure
from rnnchaos.figures.sweep import Trainings, sweep_figure
from rnnchaos.figures.system import system_figure
from rnnchaos.figures.theorems import NetworkGradients, Theorem, theorems_figure
from rnnchaos.figures.training import training_figure

__all__ = [
    "angles_figure",
    "finite_time_figure",
    "attractor_figure",
    "bifurcation_figure",
    "comparison_figure",
    "continuation_figure",
    "Curves",
    "Marked",
    "cycles_figure",
    "divergence_figure",
    "forecast_figure",
    "gradients_figure",
    "lyapunov_figure",
    "Panel",
    "Points",
    "recording_figure",
    "save_figure",
    "spectra_figure",
    "spectra_over_training_figure",
    "Trainings",
    "sweep_figure",
    "system_figure",
    "traces_figure",
    "NetworkGradients",
    "Theorem",
    "theorems_figure",
    "training_figure",
]
