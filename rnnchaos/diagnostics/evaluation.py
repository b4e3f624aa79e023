"""How like the truth a trained network is: a long free run, and forecasts from points of the test series."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from rnnchaos.data import Dataset
from rnnchaos.diagnostics.all_axes import all_axes_metrics
from rnnchaos.diagnostics.findings import Findings
from rnnchaos.diagnostics.settings import DiagnosticsSettings
from rnnchaos.diagnostics.tables import metrics_table
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.errors import ConfigError
from rnnchaos.metrics import attractor_metrics, metrics_from_outside, power_spectra, prediction_metrics
from rnnchaos.models import Network
from rnnchaos.models.simulation import forecasts, free_run, histories

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def forecast_horizon(dataset: Dataset, settings: DiagnosticsSettings) -> int:
    """Steps of the longest forecast: as set, but no more than half of a short test series.

    Raises ConfigError where that leaves less than the n steps of the n-step error.
    """
    wanted = settings.prediction
    horizon = min(wanted.horizon, len(dataset.test) // 2)
    if wanted.n > horizon:
        raise ConfigError(
            f"diagnostics.prediction.n must be at most half of the test series' {len(dataset.test)} steps, "
            f"got {wanted.n}"
        )
    return horizon


def evaluate_network(
    network: Network, dataset: Dataset, truth: Truth | None, settings: DiagnosticsSettings, *, seed: int
) -> Findings:
    """The attractor of one free run from the first test point, and the errors of forecasts, each with its bounds."""
    length = settings.free_run.length(dataset.test)
    skipped = settings.free_run.transient
    (history,) = histories(network, dataset.test, np.zeros(1, dtype=int))
    generated = free_run(network, history, num_steps=skipped + length)[skipped:]
    metrics = attractor_metrics(
        dataset.test, dataset.second_test, generated, seed=seed, others=metrics_from_outside()
    )
    metrics += all_axes_metrics(network, dataset, settings)

    wanted, horizon = settings.prediction, forecast_horizon(dataset, settings)
    first = network.history - 1
    starts = np.linspace(first, len(dataset.test) - 1 - horizon, wanted.num_starts).astype(int)
    future = dataset.test[starts[:, None] + 1 + np.arange(horizon)]
    predicted = forecasts(network, histories(network, dataset.test, starts), num_steps=horizon)
    scale = dataset.test.std(0)
    metrics += prediction_metrics(
        future,
        predicted,
        mean=dataset.test.mean(0),
        scale=scale,
        n=wanted.n,
        threshold=wanted.threshold,
        time_per_step=dataset.time_per_step,
        lyapunov_exponent=None if truth is None else truth.rate,
    )
    unscaled = dataset.scaling.invert
    axes = {
        "time_per_step": np.asarray(dataset.time_per_step),
        "axis_names": np.array(dataset.axis_names),
    }
    return Findings(
        summary={"metrics": {metric.name: metric._asdict() for metric in metrics}}
        | {metric.name: metric.value for metric in metrics},
        arrays={
            "free_run": {"generated": unscaled(generated), **axes},
            "forecasts": {
                "start": starts,
                "truth": unscaled(future),
                "predicted": unscaled(predicted),
                **axes,
            },
        },
        figures=_figures(dataset, generated, future, predicted, truth, threshold=wanted.threshold),
        shown=(metrics_table(metrics), *(f"{m.name}: {m.note}" for m in metrics if m.note)),
    )


def _figures(
    dataset: Dataset,
    generated: Float[np.ndarray, "time dimension"],
    future: Float[np.ndarray, "start horizon dimension"],
    predicted: Float[np.ndarray, "start horizon dimension"],
    truth: Truth | None,
    *,
    threshold: float,
) -> "dict[str, Callable[[], Figure]]":
    def attractor():
        from rnnchaos.figures import attractor_figure

        return attractor_figure(
            dataset.scaling.invert(dataset.test),
            dataset.scaling.invert(generated),
            axis_names=dataset.axis_names,
            connected=dataset.continuous,
        )

    def forecast():
        from rnnchaos.figures import forecast_figure

        return forecast_figure(
            future,
            predicted,
            time_per_step=dataset.time_per_step,
            lyapunov_exponent=None if truth is None else truth.rate,
            threshold=threshold,
            axis_names=dataset.axis_names,
        )

    def spectra():
        from rnnchaos.figures import spectra_figure

        return spectra_figure(
            power_spectra(dataset.test, dataset.time_per_step),
            power_spectra(generated, dataset.time_per_step),
            axis_names=dataset.axis_names,
        )

    figures = {"forecast": forecast}
    if np.all(np.isfinite(generated)):
        figures |= {"attractor": attractor, "power_spectra": spectra}
    return figures
