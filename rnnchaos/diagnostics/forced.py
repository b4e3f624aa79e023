"""The exponents of a network as training forces it along its data: what the gradients of training grow by."""

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from rnnchaos.data import embedded
from rnnchaos.diagnostics.conditional import conditional_findings, spectrum_along, stretches
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.settings import LyapunovSettings
from rnnchaos.errors import ConfigError
from rnnchaos.models import Network
from rnnchaos.models.simulation import measured
from rnnchaos.numbers import number
from rnnchaos.pieces import Pieces
from rnnchaos.protocols import AbstractForcing
from rnnchaos.setting import SettingError
from rnnchaos.tangent import LyapunovSpectrum, jacobian_norms
from rnnchaos.typing import DrivenStep

if TYPE_CHECKING:
    from rnnchaos.diagnostics.subjects import TrainedNetwork

# Below so many nats per step, or 3 standard errors, a rate is zero: over 10 000 steps e^(1e-6 T) grows by 1 %.
_FLOOR, _SIGNIFICANT = 1e-6, 3.0


def forced_step(network: Network, forcing: AbstractForcing) -> DrivenStep:
    """z̃_{t-1} ↦ z̃_t under the rows (t, x_t, s_t): a free step, and the forcing of training after it."""
    network = measured(network)
    dimension = network.observation.matrix().shape[0]

    def step(state: Float[Array, " state"], row: Float[Array, " row"]) -> Float[Array, " state"]:
        t, x, given = row[0].astype(int), row[1 : 1 + dimension], row[1 + dimension :]
        after = network.step(state, given if network.num_inputs else None)
        return forcing.force(after, network.force(x), network.force(network.observe(after)), t)

    return step


def forced_spectrum(
    network: Network,
    forcing: AbstractForcing,
    series: Float[np.ndarray, "stretch time dimension"],
    inputs: Float[np.ndarray, "stretch time input"] | None = None,
    settings: LyapunovSettings = LyapunovSettings(),  # noqa: B008 # frozen
    *,
    time_per_step: float = 1.0,
) -> LyapunovSpectrum:
    """The exponents along stretches of data, each begun as a window of training is.

    Raises as `spectrum_along` does.
    """
    count, length, _ = series.shape
    times = np.broadcast_to(np.arange(1, length)[:, None], (count, length - 1, 1))
    given = np.empty((count, length - 1, 0)) if inputs is None else inputs[:, 1:]
    rows = np.concatenate([times, series[:, 1:], given], axis=2)
    with jax.enable_x64(True):
        ready = measured(network)
        starts = jax.vmap(lambda x: forcing.start(ready.force(x)))(jnp.asarray(series[:, 0]))
        step = forced_step(network, forcing)
    return spectrum_along(step, np.asarray(starts), rows, settings, time_per_step=time_per_step)


def forced_findings(network: "TrainedNetwork") -> Findings:
    """The exponents of the forced network along its training series, and what they say of its gradients.

    Raises ConfigError for a network that no forcing trained, and for too short a series.
    """
    forcing, wanted, dataset = network.forcing(), network.settings.lyapunov, network.dataset
    if forcing is None:
        raise SettingError(
            "diagnostics.lyapunov.forced", "be false for a network that is fitted in closed form", True
        )
    train = _trained_on(network)
    parts = stretches(train.lengths, most=wanted.num_orbits, longest=wanted.num_steps + 1)
    rows = np.asarray(parts.begins)[:, None] + np.arange(parts.length)
    given = None if train.inputs is None else train.inputs[rows]
    try:
        spectrum = forced_spectrum(
            network.network.unfolded(),
            forcing,
            train.values[rows],
            given,
            wanted,
            time_per_step=dataset.time_per_step,
        )
    except ConfigError as error:
        raise ConfigError(f"diagnostics.lyapunov.forced: of the training series, {error}") from None
    said = [f"forced: {_said(network, forcing, spectrum)}"]
    found = conditional_findings(spectrum, None, name="forced", title="forced network", said=said)
    return found._replace(summary={**found.summary, "forced_sentence": said[0]})


def _trained_on(network: "TrainedNetwork") -> Pieces:
    """The training series, with the delays of a network that stands for several observations."""
    (number, lag, _), train = network.network.observation.delays, network.dataset.train
    columns = network.network.observation.delays.columns(train.dimension)
    return embedded(train, dimension=number, lag=lag, columns=columns)


def _said(network: "TrainedNetwork", forcing: AbstractForcing, spectrum: LyapunovSpectrum) -> str:
    rate, error = float(spectrum.per_step[0]), float(spectrum.per_step_error[0])
    how, length = forcing.describe(), len(network.dataset.train)
    if np.isneginf(rate):
        interval = forcing.interval(length)
        said = f"{how}: λ_max is -inf, since each such step cuts every dependence on the states before it"
        if interval == length:
            return said
        said += f"; products of Jacobians have at most {interval} factors"
        return said if network.network.num_inputs else f"{said}{_between(network, interval)}"
    figure = f"λ_max {number(rate, error)} nats per step along the training series"
    if abs(rate) <= max(_FLOOR, _SIGNIFICANT * error):
        return f"{how}: {figure}, zero within its error: gradients of training neither grow nor fall exponentially"
    if rate < 0:
        return f"{how}: {figure}: gradients of training fall as exp({rate:.3g} T), bounded in windows of any length"
    tenfold = np.log(10) / rate
    return f"{how}: {figure}: gradients of training grow as exp({rate:.3g} T), tenfold in {tenfold:.3g} steps"


def _between(network: "TrainedNetwork", interval: int) -> str:
    """By how much distances grow from one reset to the next."""
    ready = measured(network.network.unfolded())
    series = _trained_on(network).values
    chosen = series[:: max(interval, len(series) // network.settings.lyapunov.num_steps)]
    with jax.enable_x64(True):
        starts = np.asarray(jax.vmap(ready.force)(jnp.asarray(chosen)))
    logs = jacobian_norms(ready.step, starts, lags=[interval])[:, 0]
    return (
        f", log‖∏J‖ from one reset to the next {logs.mean():.3g} nats on average and {logs.max():.3g} at most "
        f"({len(logs)} points of the training series)"
    )
