"""How like the truth a trained network is: a long free run, and forecasts from points of the test series."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.data import Dataset
from rnnchaos.diagnostics.all_axes import all_axes_metrics
from rnnchaos.diagnostics.findings import Findings, with_figures
from rnnchaos.diagnostics.settings import DiagnosticsSettings, PredictionSettings
from rnnchaos.diagnostics.tables import metrics_table
from rnnchaos.diagnostics.truth import Truth
from rnnchaos.drawing.long_run import shown
from rnnchaos.errors import ConfigError
from rnnchaos.metrics import (
    Metric,
    attractor_metrics,
    diverged_at,
    metrics_from_outside,
    power_spectra,
    prediction_metrics,
)
from rnnchaos.models import Network
from rnnchaos.models.recorded import free_runs, inputs_from, steps_along
from rnnchaos.models.simulation import forecasts, histories, measured
from rnnchaos.pieces import Pieces

# The squared error n steps ahead has a long tail: as few starts as the valid prediction time takes seldom see it.
_ERROR_STARTS = 2000
# Beside its number the summary says its unit, which hangs on what is known of the data.
_IN_TWO_UNITS = "valid_prediction_time"
# Axes of which the power spectra are stored.
_SPECTRA = 6


class Evaluation(NamedTuple):
    """A free run and forecasts of a network, in scaled units, and the metrics of both."""

    generated: Float[np.ndarray, "time dimension"]
    """The free run from the first test point, without its transient."""
    escape: int | None
    """The step of the free run at which it leaves every bound; None where it stays."""
    steps: int
    """Steps of the free run, with its transient."""
    starts: Int[np.ndarray, " start"]
    future: Float[np.ndarray, "start horizon dimension"]
    predicted: Float[np.ndarray, "start horizon dimension"]
    scale: Float[np.ndarray, " dimension"]
    """In which errors of forecasts are counted: the standard deviation of the series that they begin on."""
    metrics: tuple[Metric, ...]
    lengths: tuple[int, ...] = ()
    """Of the pieces that `generated` consists of, where it is no free run; empty for one."""

    @property
    def pieces(self) -> Pieces:
        """What was generated, in its pieces."""
        return Pieces(self.generated, self.lengths) if self.lengths else Pieces.of(self.generated)


def forecast_horizon(dataset: Dataset, settings: DiagnosticsSettings, *, heard: int = 1) -> int:
    """Steps of the longest forecast of a network that has heard so many points before.

    Raises SettingError where the test series is too short for the n-step error.
    """
    return settings.prediction.longest(dataset.test.longest, of=len(dataset.test), heard=heard)


def free_run_steps(network: Network, dataset: Dataset, settings: DiagnosticsSettings) -> int:
    """Steps of the free run that is judged: as set, or as long as the test series; of a driven network, as its inputs.

    Raises SettingError where more are asked for than inputs were recorded.
    """
    wanted = settings.free_run
    if network.num_inputs == 0:
        return wanted.length(dataset.test)
    return wanted.along(steps_along(network, dataset.test, transient=wanted.transient))


def evaluate_network(
    network: Network, dataset: Dataset, truth: Truth | None, settings: DiagnosticsSettings, *, seed: int
) -> Evaluation:
    """The attractor of one free run from the first test point, and the errors of forecasts, each with its bounds.

    A driven network follows the inputs of the test series, from the beginning of each of its pieces.
    Raises ConfigError where the test series is too short for the forecasts.
    """
    wanted, horizon = settings.prediction, forecast_horizon(dataset, settings, heard=network.history)
    skipped = settings.free_run.transient
    steps = free_run_steps(network, dataset, settings)
    run = free_runs(network, dataset.test, transient=skipped, num_steps=steps)
    # As it is stored: whoever reads it judges the same numbers, to the last digit.
    kept = run.kept.map(lambda values: dataset.scaling.apply(dataset.scaling.invert(values)))
    metrics = attractor_metrics(
        dataset.test, dataset.second_test, kept, seed=seed, others=metrics_from_outside()
    )
    metrics += all_axes_metrics(network, dataset, settings)

    starts = dataset.test.spread(wanted.num_starts, before=network.history - 1, after=horizon)
    future = dataset.test.windows(starts + 1, horizon)
    predicted = _forecasts(network, dataset.test, starts, num_steps=horizon)
    scale = dataset.test.values.std(0)
    metrics += prediction_metrics(
        future,
        predicted,
        mean=dataset.test.values.mean(0),
        scale=scale,
        n=wanted.n,
        ahead=_ahead(network, dataset.test, wanted),
        threshold=wanted.threshold,
        time_per_step=dataset.time_per_step,
        lyapunov_exponent=None if truth is None else truth.rate,
        in_own_units=dataset.scaling.invert,
    )
    missed = _missed(network, dataset.test)
    noted = tuple(_with_missed(with_reason(metric, truth), network, missed) for metric in metrics)
    return Evaluation(
        kept.values,
        diverged_at(run.steps),
        len(run.steps),
        starts,
        future,
        predicted,
        scale,
        noted,
        kept.lengths if network.num_inputs else (),
    )


def _forecasts(
    network: Network, series: Pieces, starts: Int[np.ndarray, " start"], *, num_steps: int
) -> Float[np.ndarray, "start horizon dimension"]:
    """What the network says comes after rows of the series, under the inputs that were recorded then."""
    inputs = inputs_from(network, series, starts, num_steps=num_steps)
    return forecasts(network, histories(network, series, starts), num_steps=num_steps, inputs=inputs)


def with_reason(metric: Metric, truth: Truth | None) -> Metric:
    """A prediction time says why it is not in Lyapunov times."""
    if metric.unit != "time units" or (truth is not None and truth.trusted and not truth.chaotic):
        return metric
    why = "there is no exponent" if truth is None else f"{truth} is not an exponent to rely on"
    return metric._replace(note="; ".join(filter(None, (metric.note, f"not in Lyapunov times: {why}"))))


def _missed(network: Network, series: Pieces) -> float:
    """Mean squared distance of the series from what the hidden units can show; 0 where they can show everything."""
    if network.cell.hidden_size >= series.values.shape[1]:
        return 0.0
    observation = measured(network).observation
    shown = series.values @ np.asarray(observation.inverse()).T @ np.asarray(observation.matrix()).T
    return float(np.mean((series.values - shown) ** 2))


def _with_missed(metric: Metric, network: Network, missed: float) -> Metric:
    """The n-step error of fewer units than dimensions says what part of it no forecast of theirs can be without."""
    if metric.name != "n_step_error" or missed == 0:
        return metric
    why = f"{missed:.3g} of it is what {network.cell.hidden_size} units cannot show of the test series"
    return metric._replace(note="; ".join(filter(None, (metric.note, why))))


def findings_of_evaluation(
    found: Evaluation, dataset: Dataset, truth: Truth | None, settings: DiagnosticsSettings
) -> Findings:
    """An evaluation as numbers, arrays, figures and a table."""
    unscaled = dataset.scaling.invert
    axes = {
        "time_per_step": np.asarray(dataset.time_per_step),
        "axis_names": np.array(dataset.axis_names),
    }
    lengths = {"lengths": np.array(found.lengths)} if len(found.lengths) > 1 else {}
    beside = {"truth": shown(unscaled(dataset.test.values)), "connected": np.array(dataset.continuous)}
    rate = None if truth is None else truth.rate
    forecasts = {
        "forecasts": {
            "start": found.starts,
            "truth": unscaled(found.future),
            "predicted": unscaled(found.predicted),
            "standard_deviation": found.scale * dataset.scaling.scale,
            "threshold": np.array(settings.prediction.threshold),
            "lyapunov_exponent": np.array(np.nan if rate is None else rate),
            **axes,
        }
    }
    findings = Findings(
        summary={"metrics": {metric.name: metric.record() for metric in found.metrics}}
        | {metric.name: metric.value for metric in found.metrics}
        | {f"{_IN_TWO_UNITS}_unit": metric.unit for metric in found.metrics if metric.name == _IN_TWO_UNITS}
        | {"escape_step": found.escape},
        arrays={
            "free_run": {"generated": unscaled(found.generated), **beside, **lengths, **axes},
            **(forecasts if len(found.starts) else {}),
            **_spectra_arrays(found, dataset),
        },
        shown=(metrics_table(found.metrics), *(f"{m.name}: {m.note}" for m in found.metrics if m.note)),
    )
    names = [("forecast", "forecasts")] if len(found.starts) else []
    if np.all(np.isfinite(found.generated)):
        names.append(("attractor", "free_run"))
    if "power_spectra" in findings.arrays:
        names.append(("power_spectra", "power_spectra"))
    return with_figures(findings, *names)


def _spectra_arrays(found: Evaluation, dataset: Dataset) -> dict[str, dict[str, np.ndarray]]:
    """What the figure of the power spectra shows, of as many axes."""
    if not np.all(np.isfinite(found.generated)):
        return {}
    try:
        truth, generated = (
            power_spectra(each, dataset.time_per_step) for each in (dataset.test, found.pieces)
        )
    except ConfigError:  # a series of one step has none
        return {}
    return {
        "power_spectra": {
            "truth_frequency": truth.frequency,
            "truth": truth.density[:, :_SPECTRA],
            "generated_frequency": generated.frequency,
            "generated": generated.density[:, :_SPECTRA],
            "axis_names": np.array(dataset.axis_names[:_SPECTRA]),
        }
    }


def _ahead(
    network: Network, series: Pieces, wanted: PredictionSettings
) -> tuple[Float[np.ndarray, "start dimension"], Float[np.ndarray, "start dimension"]]:
    """Truth and prediction exactly n steps after each of many starts, in order along the series."""
    before = network.history - 1
    count = min(max(wanted.num_starts, _ERROR_STARTS), len(series.ends(before=before, after=wanted.n)))
    starts = series.spread(count, before=before, after=wanted.n)
    predicted = _forecasts(network, series, starts, num_steps=wanted.n)
    return series.values[starts + wanted.n], predicted[:, -1]
