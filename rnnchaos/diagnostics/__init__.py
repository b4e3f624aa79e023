"""What a step function does to distances and gradients: Lyapunov exponents, products of Jacobians, verdicts.

Everything here takes plain functions and arrays: a flow, a map and a trained network are measured alike.
"""

from rnnchaos.diagnostics.angles import Tail, line_angles, lower_tail, smallest_principal_angle
from rnnchaos.diagnostics.bifurcation import Bifurcation, bifurcation_diagram, local_maxima
from rnnchaos.diagnostics.checks import Check, Grade, half_step_check, spectrum_checks, worst
from rnnchaos.diagnostics.covariant import CovariantVectors, covariant_vectors
from rnnchaos.diagnostics.cycles import Cycle, distinct, find_cycles, same_cycle
from rnnchaos.diagnostics.data_checks import better_of, data_checks
from rnnchaos.diagnostics.embedding import (
    DimensionChoice,
    LagChoice,
    autocorrelation_time,
    choose_dimension,
    choose_lag,
)
from rnnchaos.diagnostics.finite_time import FiniteTimeExponents, finite_time_exponents
from rnnchaos.diagnostics.from_data import DataExponent, lyapunov_by_kantz, lyapunov_from_data
from rnnchaos.diagnostics.jacobians import jacobian_norms, log_jacobian_product
from rnnchaos.diagnostics.loss_gradients import loss_gradient_norms
from rnnchaos.diagnostics.lyapunov import lyapunov_spectrum
from rnnchaos.diagnostics.piecewise_linear import AllCycles, RegionVisits, all_cycles, regions_visited
from rnnchaos.diagnostics.propagation import Divergence
from rnnchaos.diagnostics.spectrum import ROUNDING, LyapunovSpectrum
from rnnchaos.diagnostics.verdict import Slope, Verdict, fit_slope, theorem_verdict
from rnnchaos.diagnostics.zero_one import ZeroOne, zero_one_test

__all__ = [
    "ROUNDING",
    "Check",
    "DataExponent",
    "Divergence",
    "Grade",
    "LyapunovSpectrum",
    "Slope",
    "Verdict",
    "fit_slope",
    "half_step_check",
    "jacobian_norms",
    "log_jacobian_product",
    "loss_gradient_norms",
    "lyapunov_from_data",
    "lyapunov_spectrum",
    "spectrum_checks",
    "theorem_verdict",
    "Tail",
    "line_angles",
    "lower_tail",
    "smallest_principal_angle",
    "CovariantVectors",
    "covariant_vectors",
    "FiniteTimeExponents",
    "finite_time_exponents",
    "DimensionChoice",
    "LagChoice",
    "choose_dimension",
    "choose_lag",
    "ZeroOne",
    "zero_one_test",
    "lyapunov_by_kantz",
    "autocorrelation_time",
    "better_of",
    "data_checks",
    "worst",
    "Cycle",
    "distinct",
    "find_cycles",
    "same_cycle",
    "AllCycles",
    "RegionVisits",
    "all_cycles",
    "regions_visited",
    "Bifurcation",
    "bifurcation_diagram",
    "local_maxima",
]
