"""How gradients of a driven network grow with the time that they bridge, along the inputs that were recorded."""

from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from rnnchaos.data import Dataset
from rnnchaos.diagnostics.findings import Findings, with_figures
from rnnchaos.diagnostics.gradient_growth import longest_piece, loss_norms, spaced_lags
from rnnchaos.diagnostics.tables import number
from rnnchaos.errors import ConfigError
from rnnchaos.models import Network
from rnnchaos.models.recorded import inputs_from
from rnnchaos.models.simulation import histories, measured
from rnnchaos.pieces import Pieces
from rnnchaos.tangent import fit_slope, jacobian_norms

if TYPE_CHECKING:
    from rnnchaos.diagnostics.gradients import GradientSettings

NO_THEOREM = (
    "no theorem of arXiv:2110.07238 speaks of a driven orbit, unless the input is part of an autonomous system; "
    "along this input gradients grow or fall as its conditional exponent says"
)
_FEWEST_LAGS = 10


def gradients_along_inputs(network: Network, dataset: Dataset, settings: "GradientSettings") -> Findings:
    """‖dz_T/dz_1‖ and ‖dL_T/dθ‖ against T along the test series' inputs, and the slopes of their logarithms.

    Raises ConfigError for a test series that is too short.
    """
    network = network.astype(jnp.float64)
    series = dataset.test
    room = series.longest - network.history
    longest = min(settings.max_lag, max(room // 2, 1))
    lags = spaced_lags(longest)
    if len(lags) < _FEWEST_LAGS:
        raise ConfigError(
            f"the longest piece of the test series, of {series.longest} points, is too short for gradients along inputs"
        )
    apart = sum(
        (points - network.history) // longest for points in series.lengths if points > network.history
    )
    norms = _state_norms(network, series, lags, min(settings.num_starts, apart))
    of_state = fit_slope(lags, norms)
    piece = longest_piece(series)
    loss_lags = spaced_lags(min(settings.max_lag, room))
    of_loss_norms = loss_norms(network, piece, loss_lags)
    of_loss = fit_slope(loss_lags, of_loss_norms[None])

    numbers = {
        "slope_state_per_step": of_state.value,
        "slope_state_error_per_step": of_state.standard_error,
        "slope_loss_per_step": of_loss.value,
        "slope_loss_error_per_step": of_loss.standard_error,
        "starts": len(norms),
        "max_lag_steps": int(lags[-1]),
        "theorem": None,
        "verdict": NO_THEOREM,
    }
    findings = Findings(
        summary={"verdict": "driven", "gradients": numbers},
        arrays={
            "gradients": {
                "lags": lags,
                "log_jacobian_norm": norms,
                "loss_lags": loss_lags,
                "log_loss_gradient_norm": of_loss_norms,
            }
        },
        shown=(
            f"slope of log‖dz_T/dz_1‖ along the inputs {number(of_state.value, of_state.standard_error)}, "
            f"of log‖dL_T/dθ‖ {number(of_loss.value, of_loss.standard_error)} nats per step, up to T = {lags[-1]}",
            NO_THEOREM,
        ),
    )
    return with_figures(findings, ("gradients", "gradients"))


def _state_norms(
    network: Network, series: Pieces, lags: Int[np.ndarray, " lag"], num_starts: int
) -> Float[np.ndarray, "start lag"]:
    """From points along the series that have inputs for the longest lag, no more than do not share any of them."""
    heard, longest = network.history - 1, int(lags[-1])
    rows = series.spread(num_starts, before=heard, after=longest)
    inputs = inputs_from(network, series, rows, num_steps=longest)
    assert inputs is not None  # the network is driven
    prepared = measured(network)
    with jax.enable_x64(True):
        seen = jnp.asarray(histories(network, series, rows))
        starts = eqx.filter_vmap(prepared.start)(seen, jnp.asarray(inputs[:, :heard]))
    return jacobian_norms(prepared.step, starts, lags=lags, inputs=inputs[:, heard:])
