"""What a step function does to distances and gradients: Lyapunov exponents, products of Jacobians, verdicts.

Everything here takes plain functions and arrays: a flow, a map and a trained network are measured alike.
"""

from rnnchaos.tangent.angles import Tail, line_angles, lower_tail, smallest_principal_angle
from rnnchaos.tangent.checks import half_step_check, spectrum_checks
from rnnchaos.tangent.conditional import conditional_spectrum
from rnnchaos.tangent.covariant import CovariantVectors, covariant_vectors
from rnnchaos.tangent.echo_state import EchoStateVerdict, echo_state, far_starts
from rnnchaos.tangent.finite_time import FiniteTimeExponents, finite_time_exponents
from rnnchaos.tangent.grades import Check, Grade, worst
from rnnchaos.tangent.independence import parted
from rnnchaos.tangent.jacobians import jacobian_norms, log_jacobian_product
from rnnchaos.tangent.loss_gradients import loss_gradient_norms
from rnnchaos.tangent.lyapunov import lyapunov_spectrum
from rnnchaos.tangent.propagation import Divergence
from rnnchaos.tangent.slope import Slope, fit_slope
from rnnchaos.tangent.spectrum import ROUNDING, LyapunovSpectrum
from rnnchaos.tangent.verdict import Verdict, theorem_of, theorem_verdict

__all__ = [
    "Check",
    "CovariantVectors",
    "Divergence",
    "EchoStateVerdict",
    "FiniteTimeExponents",
    "Grade",
    "LyapunovSpectrum",
    "ROUNDING",
    "Slope",
    "Tail",
    "Verdict",
    "conditional_spectrum",
    "covariant_vectors",
    "echo_state",
    "far_starts",
    "finite_time_exponents",
    "fit_slope",
    "half_step_check",
    "jacobian_norms",
    "line_angles",
    "log_jacobian_product",
    "loss_gradient_norms",
    "lower_tail",
    "lyapunov_spectrum",
    "parted",
    "smallest_principal_angle",
    "spectrum_checks",
    "theorem_of",
    "theorem_verdict",
    "worst",
]
