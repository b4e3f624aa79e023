"""Figures of series: of a free run beside the truth, of forecasts, of cycles and bifurcations, of a dataset."""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from rnnchaos.dates import calendar_of
from rnnchaos.drawing.stored import Lacking, Stored, array, mapping, scalar, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_POINTS = 10_000
# Steps between the axes of a delay plot of a curve; of a map it is one.
_LAG = 10
_CHANGES = {"scale": ("factor on {}", 1.0), "shift": ("shift of {}", 0.0)}


def shown(series: Float[np.ndarray, "time axis"]) -> Float[np.ndarray, "shown axis"]:
    """As much of a series as a figure shows."""
    return series[:_POINTS]


def attractor(stored: Stored) -> "Figure":
    """Where there is no series of the truth, as in runs of earlier versions, the stretches that were forecast."""
    from rnnchaos.figures import attractor_figure

    connected = _connected(stored, "free_run") and "lengths" not in stored.arrays("free_run")
    return attractor_figure(
        _truth(stored),
        array(stored, "free_run", "generated"),
        axis_names=words(stored, "free_run", "axis_names"),
        connected=connected,
        lag=_LAG if connected else 1,
    )


def _truth(stored: Stored) -> Float[np.ndarray, "time axis"]:
    if "truth" in stored.arrays("free_run"):
        return array(stored, "free_run", "truth")
    try:
        stretches = array(stored, "forecasts", "truth")
    except Lacking:
        raise Lacking("arrays/free_run.npz has no truth") from None
    return np.concatenate([np.concatenate([each, np.full_like(each[:1], np.nan)]) for each in stretches])[
        :_POINTS
    ]


def forecast(stored: Stored) -> "Figure":
    from rnnchaos.figures import forecast_figure

    return forecast_figure(
        array(stored, "forecasts", "truth"),
        array(stored, "forecasts", "predicted"),
        time_per_step=float(array(stored, "forecasts", "time_per_step")),
        scale=stored.arrays("forecasts").get("standard_deviation"),
        lyapunov_exponent=scalar(stored, "forecasts", "lyapunov_exponent"),
        threshold=scalar(stored, "forecasts", "threshold"),
        axis_names=words(stored, "forecasts", "axis_names"),
    )


def continuation(stored: Stored) -> "Figure":
    """Of the data before a forecast, as much as of the forecast."""
    from rnnchaos.figures import continuation_figure

    rows = array(stored, "forecast", "forecast")
    last = slice(-len(rows), None)
    return continuation_figure(
        array(stored, "forecast", "history")[last],
        rows,
        history_time=array(stored, "forecast", "history_time")[last],
        time=array(stored, "forecast", "time"),
        axis_names=words(stored, "forecast", "axis_names"),
        calendar=calendar_of(stored.arrays("forecast")),
    )


def power_spectra(stored: Stored) -> "Figure":
    from rnnchaos.figures import PowerSpectra, spectra_figure

    truth, generated = (
        PowerSpectra(
            array(stored, "power_spectra", f"{name}_frequency"), array(stored, "power_spectra", name)
        )
        for name in ("truth", "generated")
    )
    return spectra_figure(
        truth,
        generated,
        axis_names=words(stored, "power_spectra", "axis_names"),
        dimension=len(words(stored, "free_run", "axis_names")),
    )


def cycles(stored: Stored) -> "Figure":
    from rnnchaos.figures import Marked, cycles_figure

    observed, of_cycle = array(stored, "cycles", "observed"), array(stored, "cycles", "cycle")
    multipliers = array(stored, "cycles", "multipliers_real") + 1j * array(
        stored, "cycles", "multipliers_imaginary"
    )
    stable = np.all(np.abs(multipliers) < 1, axis=1)
    return cycles_figure(
        array(stored, "cycles", "orbit"),
        [Marked(observed[of_cycle == index], bool(each)) for index, each in enumerate(stable)],
        axis_names=words(stored, "cycles", "axis_names"),
        connected=_connected(stored, "cycles"),
    )


def bifurcation(stored: Stored) -> "Figure":
    from rnnchaos.figures import bifurcation_figure

    values, places = array(stored, "bifurcation", "value"), array(stored, "bifurcation", "point_value")
    points = array(stored, "bifurcation", "point")
    told = mapping(stored.summary.get("bifurcation"))
    name, trained = _CHANGES.get(str(told.get("change")), ("change of {}", np.nan))
    return bifurcation_figure(
        values,
        [points[places == value] for value in values],
        array(stored, "bifurcation", "exponents"),
        array(stored, "bifurcation", "standard_error"),
        array(stored, "bifurcation", "escaped").astype(bool),
        trained=trained,
        parameter_name=name.format(told.get("weight", "the weight")),
        axis_name=words(stored, "bifurcation", "axis_names")[0],
        maxima=_connected(stored, "bifurcation"),
    )


def recording(stored: Stored) -> "Figure":
    from rnnchaos.figures import recording_figure

    return recording_figure(stored.arrays("data"))


def _connected(stored: Stored, name: str) -> bool:
    """Whether successive points lie on a curve. Runs of earlier versions do not say; maps have steps of one."""
    arrays = stored.arrays(name)
    if "connected" in arrays:
        return bool(arrays["connected"])
    return scalar(stored, name, "time_per_step") != 1.0
