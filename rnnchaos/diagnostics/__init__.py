"""What a step function does to distances and gradients: Lyapunov exponents, products of Jacobians, verdicts.

Everything here takes plain functions and arrays: a flow, a map and a trained network are measured alike.
"""

from rnnchaos.diagnostics.from_data import DataExponent, lyapunov_from_data
from rnnchaos.diagnostics.jacobians import jacobian_norms, log_jacobian_product
from rnnchaos.diagnostics.loss_gradients import loss_gradient_norms
from rnnchaos.diagnostics.lyapunov import lyapunov_spectrum
from rnnchaos.diagnostics.spectrum import LyapunovSpectrum
from rnnchaos.diagnostics.verdict import Slope, Verdict, fit_slope, theorem_verdict

__all__ = [
    "DataExponent",
    "LyapunovSpectrum",
    "Slope",
    "Verdict",
    "fit_slope",
    "jacobian_norms",
    "log_jacobian_product",
    "loss_gradient_norms",
    "lyapunov_from_data",
    "lyapunov_spectrum",
    "theorem_verdict",
]
