"""How like the truth a generated series is: in state space, in frequency, and in prediction."""

from rnnchaos.metrics.forecast_report import PREDICTIONS, prediction_metrics
from rnnchaos.metrics.mixtures import gaussian_mixture_divergence
from rnnchaos.metrics.outside import AbstractMetric, metrics_from_outside
from rnnchaos.metrics.prediction import PredictionError, PredictionTime, n_step_error, valid_prediction_time
from rnnchaos.metrics.ranking import attractor_divergence, spectrum_divergence, transport_distance
from rnnchaos.metrics.record import Metric
from rnnchaos.metrics.report import attractor_metrics, divergence_metric
from rnnchaos.metrics.series import Estimate, diverged_at
from rnnchaos.metrics.spectra import (
    PowerSpectra,
    SpectrumForm,
    power_spectra,
    power_spectrum_distance,
    power_spectrum_estimate,
)
from rnnchaos.metrics.state_space import Form, default_forms, state_space_divergence, state_space_estimate
from rnnchaos.metrics.transport import distance_with_spread, sliced_wasserstein, wasserstein_estimate

__all__ = [
    "PREDICTIONS",
    "AbstractMetric",
    "Estimate",
    "Form",
    "Metric",
    "PowerSpectra",
    "PredictionError",
    "PredictionTime",
    "SpectrumForm",
    "attractor_divergence",
    "attractor_metrics",
    "default_forms",
    "distance_with_spread",
    "diverged_at",
    "divergence_metric",
    "gaussian_mixture_divergence",
    "metrics_from_outside",
    "n_step_error",
    "power_spectra",
    "power_spectrum_distance",
    "power_spectrum_estimate",
    "prediction_metrics",
    "sliced_wasserstein",
    "spectrum_divergence",
    "state_space_divergence",
    "state_space_estimate",
    "transport_distance",
    "valid_prediction_time",
    "wasserstein_estimate",
]
