"""How gradients of a trained network grow with the time that they bridge."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from rnnchaos.attractors import Attractor, AttractorSet
from rnnchaos.data import Dataset
from rnnchaos.diagnostics.attractor_rows import leading_exponent
from rnnchaos.diagnostics.findings import Findings, with_figures
from rnnchaos.diagnostics.tables import number
from rnnchaos.models import Network
from rnnchaos.models.recorded import inputs_from
from rnnchaos.models.simulation import histories, measured
from rnnchaos.pieces import Pieces
from rnnchaos.tangent import (
    LyapunovSpectrum,
    Slope,
    Verdict,
    fit_slope,
    jacobian_norms,
    loss_gradient_norms,
    theorem_verdict,
)
from rnnchaos.tangent.averages import error_of_mean
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


class _OnAttractor(NamedTuple):
    """What gradients of states do that start on one attractor, and the theorem that its exponents call for."""

    attractor: Attractor
    growth: _Growth
    verdict: Verdict

    @property
    def exponent(self) -> tuple[float, float]:
        """λ_max and its standard error, nats per step."""
        return leading_exponent(self.attractor)


def gradients_of_network(
    network: Network, dataset: Dataset, found: AttractorSet, settings: "GradientSettings"
) -> Findings:
    """‖dz_T/dz_1‖ and ‖dL_T/dθ‖ against T, the slopes of their logarithms, and the theorems that apply."""
    network = network.astype(jnp.float64)  # not prepared: the gradient is that of the weights

    # dL_T/dθ needs an observation at step T: the longest piece of the test series sets the longest lag.
    series = longest_piece(dataset.test)
    lags = spaced_lags(min(settings.max_lag, len(series) - network.history))
    norms = loss_norms(network, series, lags)
    loss = _Growth(lags, norms, fit_slope(lags, norms[None], diffusion=_diffusion(found.main.spectrum)))
    return _findings(_on_each(measured(network).step, found, settings), loss)


def gradients_of_step(step: Step, found: AttractorSet, settings: "GradientSettings") -> Findings:
    """‖dz_T/dz_1‖ against T alone, of any step function."""
    return _findings(_on_each(step, found, settings), None)


def _on_each(step: Step, found: AttractorSet, settings: "GradientSettings") -> list[_OnAttractor]:
    """From states on each attractor, in one program."""
    lags = spaced_lags(settings.max_lag)
    starts = [each.states[: settings.num_starts] for each in found.attractors]
    norms = jacobian_norms(step, np.concatenate(starts), lags=lags)
    parts = np.split(norms, np.cumsum([len(each) for each in starts])[:-1])
    return [
        _judged(each, _Growth(lags, own, fit_slope(lags, own, diffusion=_diffusion(each.spectrum))))
        for each, own in zip(found.attractors, parts, strict=True)
    ]


def _diffusion(spectrum: LyapunovSpectrum) -> float:
    """Variance that log growth gains a step along an orbit, in nats²; end effects are no random walk."""
    error = float(error_of_mean(spectrum.blocks)[0]) * spectrum.time_per_step
    return error**2 * spectrum.num_orbits * spectrum.num_steps


def _judged(attractor: Attractor, growth: _Growth) -> _OnAttractor:
    exponent, error = leading_exponent(attractor)
    verdict = theorem_verdict(
        exponent=exponent,
        exponent_error=error,
        slope=growth.slope,
        num_steps=attractor.spectrum.num_steps,
    )
    return _OnAttractor(attractor, growth, verdict)


def _findings(found: Sequence[_OnAttractor], loss: _Growth | None) -> Findings:
    main = found[0]
    state = main.growth

    arrays = {"lags": state.lags, "log_jacobian_norm": state.log_norms}
    if others := [each.growth.log_norms for each in found[1:]]:
        arrays["other_log_jacobian_norm"] = np.concatenate(others)
        arrays["other_attractor"] = np.repeat(np.arange(1, len(found)), [len(each) for each in others])
    of_loss = {}
    if loss is not None:
        arrays |= {"loss_lags": loss.lags, "log_loss_gradient_norm": loss.log_norms}
        of_loss = {
            "slope_loss_per_step": loss.slope.value,
            "slope_loss_error_per_step": loss.slope.standard_error,
        }
    findings = Findings(
        summary={
            "verdict": main.verdict.name,
            "gradients": {
                **_numbers(main),
                **of_loss,
                "max_lag_steps": int(state.lags[-1]),
                "attractors": [{"kind": each.attractor.kind, **_numbers(each)} for each in found],
            },
        },
        arrays={"gradients": arrays},
        shown=tuple(_said(found, loss)),
    )
    return with_figures(findings, ("gradients", "gradients"))


def _numbers(found: _OnAttractor) -> dict[str, Any]:
    slope, (exponent, error) = found.growth.slope, found.exponent
    return {
        "slope_state_per_step": slope.value,
        "slope_state_error_per_step": slope.standard_error,
        "lambda_max_per_step": exponent,
        "lambda_max_error_per_step": error,
        "share": found.attractor.share,
        "starts": len(found.growth.log_norms),
        "theorem": found.verdict.theorem,
        "verdict": found.verdict.sentence,
    }


def _said(found: Sequence[_OnAttractor], loss: _Growth | None) -> Iterator[str]:
    of_loss = ""
    if loss is not None:
        of_loss = f"of log‖dL_T/dθ‖ {number(loss.slope.value, loss.slope.standard_error)}, "
    for index, each in enumerate(found, start=1):
        name = "" if len(found) == 1 else f"attractor {index} ({100 * each.attractor.share:.3g} %): "
        slope, (exponent, error) = each.growth.slope, each.exponent
        yield (
            f"{name}slope of log‖dz_T/dz_1‖ {number(slope.value, slope.standard_error)}, {of_loss}"
            f"λ_max {number(exponent, error)} nats per step, up to T = {each.growth.lags[-1]}"
        )
        yield f"{name}{each.verdict.sentence}"
        of_loss = ""  # of the one orbit that follows the test series


def longest_piece(series: Pieces) -> Pieces:
    """The first of its longest pieces."""
    return series.at_least(series.longest).parts()[0]


def loss_norms(network: Network, series: Pieces, lags: np.ndarray) -> np.ndarray:
    """log‖dL_T/dθ‖ in nats along the free run from the beginning of one piece, under its inputs."""
    weights, rest = eqx.partition(network, eqx.is_inexact_array)

    def loss(network, state, target):
        return jnp.mean((network.observe(state) - target) ** 2)

    longest, heard, first = int(lags[-1]), network.history - 1, np.zeros(1, dtype=int)
    (history,) = histories(network, series, first)
    driving = inputs_from(network, series, first, num_steps=longest)
    with jax.enable_x64(True):
        given = None if driving is None else jnp.asarray(driving[0, :heard])
        start = network.start(jnp.asarray(history), given)
    return loss_gradient_norms(
        lambda network, *state_and_input: network.step(*state_and_input),
        loss,
        weights,
        start,
        series.values[heard : heard + longest + 1],
        lags=lags,
        inputs=None if driving is None else driving[0, heard:],
        prepare=lambda weights: eqx.combine(weights, rest).prepared(),
    )
