"""How gradients of a trained network grow with the time that they bridge."""

from typing import TYPE_CHECKING, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from rnnchaos.data import Dataset
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.spectra import SETTLING_STEPS
from rnnchaos.diagnostics.tables import number
from rnnchaos.models import Network
from rnnchaos.models.simulation import attractor_states, histories, measured
from rnnchaos.tangent import (
    LyapunovSpectrum,
    Slope,
    fit_slope,
    jacobian_norms,
    loss_gradient_norms,
    theorem_verdict,
)
from rnnchaos.typing import Step

if TYPE_CHECKING:
    from rnnchaos.diagnostics.gradients import GradientSettings

_LAGS_PER_DECADE = 12


def spaced_lags(max_lag: int) -> np.ndarray:
    """Lags T from 1 to `max_lag` steps, evenly on a logarithmic scale and evenly on a linear one together."""
    decades = np.log10(max(max_lag, 2))
    logarithmic = np.round(np.logspace(0, decades, int(_LAGS_PER_DECADE * decades) + 2))
    linear = np.round(np.linspace(1, max_lag, 21))
    return np.unique(np.clip(np.concatenate([logarithmic, linear]), 1, max_lag).astype(int))


class _Growth(NamedTuple):
    """Log norms against lags, and the slope of their logarithm."""

    lags: np.ndarray
    log_norms: np.ndarray
    slope: Slope


def gradients_of_network(
    network: Network, dataset: Dataset, spectrum: LyapunovSpectrum, settings: "GradientSettings"
) -> Findings:
    """‖dz_T/dz_1‖ and ‖dL_T/dθ‖ against T, the slopes of their logarithms, and the theorem that applies."""
    network = network.astype(jnp.float64)  # not prepared: the gradient is that of the weights
    starts = attractor_states(network, dataset.test, transient=SETTLING_STEPS, count=settings.num_starts)

    # dL_T/dθ needs an observation at step T: the test series sets the longest lag.
    lags = spaced_lags(min(settings.max_lag, len(dataset.test) - 1))
    norms = _loss_gradient_norms(network, dataset, lags)
    loss = _Growth(lags, norms, fit_slope(lags, norms[None], diffusion=_diffusion(spectrum)))
    return _findings(_state_growth(measured(network).step, starts, spectrum, settings), loss, spectrum)


def gradients_of_step(
    step: Step, starts: np.ndarray, spectrum: LyapunovSpectrum, settings: "GradientSettings"
) -> Findings:
    """‖dz_T/dz_1‖ against T alone, of any step function."""
    return _findings(_state_growth(step, starts[: settings.num_starts], spectrum, settings), None, spectrum)


def _state_growth(
    step: Step, starts: np.ndarray, spectrum: LyapunovSpectrum, settings: "GradientSettings"
) -> _Growth:
    lags = spaced_lags(settings.max_lag)
    norms = jacobian_norms(step, starts, lags=lags)
    return _Growth(lags, norms, fit_slope(lags, norms, diffusion=_diffusion(spectrum)))


def _diffusion(spectrum: LyapunovSpectrum) -> float:
    """Variance that log growth gains a step along an orbit, in nats²."""
    return float(spectrum.per_step_error[0]) ** 2 * spectrum.num_orbits * spectrum.num_steps


def _findings(state: _Growth, loss: _Growth | None, spectrum: LyapunovSpectrum) -> Findings:
    exponent, error = float(spectrum.per_step[0]), float(spectrum.per_step_error[0])
    slope = state.slope
    verdict = theorem_verdict(
        exponent=exponent, exponent_error=error, slope=slope, num_steps=spectrum.num_steps
    )

    def figure():
        from rnnchaos.figures import gradients_figure

        return gradients_figure(
            state.lags,
            state.log_norms,
            None if loss is None else loss.lags,
            None if loss is None else loss.log_norms,
            exponent=exponent,
            slope=slope.value,
            slope_error=slope.standard_error,
        )

    arrays = {"lags": state.lags, "log_jacobian_norm": state.log_norms}
    of_loss, said_of_loss = {}, ""
    if loss is not None:
        arrays |= {"loss_lags": loss.lags, "log_loss_gradient_norm": loss.log_norms}
        of_loss = {
            "slope_loss_per_step": loss.slope.value,
            "slope_loss_error_per_step": loss.slope.standard_error,
        }
        said_of_loss = f"of log‖dL_T/dθ‖ {number(loss.slope.value, loss.slope.standard_error)}, "
    return Findings(
        summary={
            "verdict": verdict.name,
            "gradients": {
                "slope_state_per_step": slope.value,
                "slope_state_error_per_step": slope.standard_error,
                **of_loss,
                "lambda_max_per_step": exponent,
                "lambda_max_error_per_step": error,
                "max_lag_steps": int(state.lags[-1]),
                "starts": len(state.log_norms),
                "theorem": verdict.theorem,
                "verdict": verdict.sentence,
            },
        },
        arrays={"gradients": arrays},
        figures={"gradients": figure},
        shown=(
            f"slope of log‖dz_T/dz_1‖ {number(slope.value, slope.standard_error)}, {said_of_loss}"
            f"λ_max {number(exponent, error)} nats per step, up to T = {state.lags[-1]}",
            verdict.sentence,
        ),
    )


def _loss_gradient_norms(network: Network, dataset: Dataset, lags: np.ndarray) -> np.ndarray:
    weights, rest = eqx.partition(network, eqx.is_inexact_array)

    def loss(network, state, target):
        return jnp.mean((network.observe(state) - target) ** 2)

    (history,) = histories(network, dataset.test, np.zeros(1, dtype=int))
    with jax.enable_x64(True):
        start = network.start(jnp.asarray(history))
    return loss_gradient_norms(
        lambda network, state: network.step(state),
        loss,
        weights,
        start,
        dataset.test[: lags[-1] + 1],
        lags=lags,
        prepare=lambda weights: eqx.combine(weights, rest).prepared(),
    )
