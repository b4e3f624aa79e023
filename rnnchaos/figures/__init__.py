"""Arrays in, figure out: one file a figure. Nothing here touches pyplot or any other global state.

Loaded on first use: matplotlib takes half a second.
"""

from rnnchaos.lazy import lazily

_LAZY = {
    "angles_figure": "rnnchaos.figures.angles",
    "attractor_figure": "rnnchaos.figures.attractor",
    "bifurcation_figure": "rnnchaos.figures.bifurcation_diagram",
    "Panel": "rnnchaos.figures.comparison",
    "Points": "rnnchaos.figures.comparison",
    "comparison_figure": "rnnchaos.figures.comparison",
    "continuation_figure": "rnnchaos.figures.continuation",
    "Marked": "rnnchaos.figures.cycles",
    "cycles_figure": "rnnchaos.figures.cycles",
    "Curves": "rnnchaos.figures.divergence",
    "divergence_figure": "rnnchaos.figures.divergence",
    "finite_time_figure": "rnnchaos.figures.finite_time",
    "forecast_figure": "rnnchaos.figures.forecast",
    "gradients_figure": "rnnchaos.figures.gradients",
    "lyapunov_figure": "rnnchaos.figures.lyapunov",
    "spectra_over_training_figure": "rnnchaos.figures.over_training",
    "traces_figure": "rnnchaos.figures.over_training",
    "recording_arrays": "rnnchaos.figures.recording",
    "recording_figure": "rnnchaos.figures.recording",
    "PowerSpectra": "rnnchaos.figures.spectra",
    "spectra_figure": "rnnchaos.figures.spectra",
    "save_figure": "rnnchaos.figures.saving",
    "Trainings": "rnnchaos.figures.sweep",
    "sweep_figure": "rnnchaos.figures.sweep",
    "system_figure": "rnnchaos.figures.system",
    "NetworkGradients": "rnnchaos.figures.theorems",
    "Theorem": "rnnchaos.figures.theorems",
    "theorems_figure": "rnnchaos.figures.theorems",
    "training_figure": "rnnchaos.figures.training",
}

__all__ = list(_LAZY)

__getattr__ = lazily(__name__, _LAZY)
