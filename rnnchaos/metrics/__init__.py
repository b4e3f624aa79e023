"""How like the truth a generated series is: in state space, in frequency, and in prediction."""

from rnnchaos.metrics.outside import AbstractMetric, metrics_from_outside
from rnnchaos.metrics.prediction import PredictionError, PredictionTime, n_step_error, valid_prediction_time
from rnnchaos.metrics.record import Metric
from rnnchaos.metrics.report import (
    attractor_divergence,
    attractor_metrics,
    divergence_metric,
    prediction_metrics,
    spectrum_divergence,
    transport_distance,
)
from rnnchaos.metrics.series import diverged_at
from rnnchaos.metrics.spectra import PowerSpectra, SpectrumForm, power_spectra, power_spectrum_distance
from rnnchaos.metrics.state_space import (
    Form,
    MonteCarloEstimate,
    default_forms,
    gaussian_mixture_divergence,
    state_space_divergence,
)
from rnnchaos.metrics.transport import sliced_wasserstein

__all__ = [
    "AbstractMetric",
    "Form",
    "Metric",
    "MonteCarloEstimate",
    "PowerSpectra",
    "PredictionError",
    "PredictionTime",
    "SpectrumForm",
    "attractor_divergence",
    "attractor_metrics",
    "default_forms",
    "diverged_at",
    "divergence_metric",
    "gaussian_mixture_divergence",
    "metrics_from_outside",
    "n_step_error",
    "power_spectra",
    "power_spectrum_distance",
    "prediction_metrics",
    "sliced_wasserstein",
    "spectrum_divergence",
    "state_space_divergence",
    "transport_distance",
    "valid_prediction_time",
]
