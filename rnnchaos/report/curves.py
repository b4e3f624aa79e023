"""The curves of a run, from its stored arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from rnnchaos.dates import calendar_of, iso_dates
from rnnchaos.forecast_errors import forecast_errors
from rnnchaos.report.charts import Band, Chart, Curve, Marks
from rnnchaos.report.values import mapping, number, sequence

Arrays = Mapping[str, np.ndarray]
_BLOCKS = 100
_LN10 = float(np.log(10.0))
# Exponents so many times further below 0 than the largest is above are left to the table: they hide a wrong sign.
_DEEPEST = 4.0
_MOST_AXES = 3
_DECADES = 8


def training(arrays: Arrays) -> list[Chart]:
    """Loss and norm of the gradient by optimiser step: medians and quartiles of a hundredth of the training each."""
    charts = []
    steps = np.flatnonzero(np.diff(arrays["attempt"])) + 1 if "attempt" in arrays else np.zeros(0, int)
    begun = f" Another attempt begins after step {' and '.join(map(str, steps))}." if steps.size else ""
    for key, title, unit in (
        ("loss", "Loss", "loss (scaled units²)"),
        ("gradient_norm", "Gradient", "gradient norm"),
    ):
        if key in arrays and np.size(arrays[key]):
            charts.append(_by_step(np.asarray(arrays[key], float), title, unit, begun))
    return charts


def history(lines: Sequence[Mapping[str, Any]]) -> list[Chart]:
    """The same as far as a training has come, record by record."""
    step = _column(lines, "step")
    charts = []
    for title, unit, names in _RECORDED:
        found = {label: _column(lines, name) for name, label in names.items()}
        shown = {label: values for label, values in found.items() if np.isfinite(values).any()}
        if shown:
            first, last = (next(iter(shown.values()))[place] for place in (0, -1))
            curves = [
                Curve(label, look, step, values)
                for (label, values), look in zip(shown.items(), ("network", "second"), strict=False)
            ]
            said = f"{unit.capitalize()} from {first:.3g} at step {step[0]:.0f} to {last:.3g} at step {step[-1]:.0f}."
            charts.append(
                Chart(f"{title} so far", said, "optimiser step", unit, curves=curves, logarithmic=True)
            )
    return charts


_RECORDED = (
    ("Loss", "loss (scaled units²)", {"loss": "mean of a record"}),
    (
        "Gradient",
        "gradient norm",
        {"gradient_norm": "median of a record", "gradient_norm_max": "its largest"},
    ),
)


def _column(lines: Sequence[Mapping[str, Any]], name: str) -> Float[np.ndarray, " record"]:
    return np.array([np.nan if (value := number(line.get(name))) is None else value for line in lines], float)


def _by_step(values: Float[np.ndarray, " step"], title: str, unit: str, begun: str) -> Chart:
    parts = np.array_split(values, min(_BLOCKS, len(values)))
    quartiles = np.array([_quantiles(part) for part in parts]).T
    step = np.cumsum([len(part) for part in parts]) - np.array([len(part) for part in parts]) / 2
    first, last = quartiles[1][0], quartiles[1][-1]
    lost = np.flatnonzero(~np.isfinite(values))
    end = f"; not finite from step {lost[0] + 1} on" if lost.size else ""
    course = f"from {first:.3g} in the first hundredth to {last:.3g} in the last of {len(values)} steps{end}"
    return Chart(
        f"{title} over training",
        f"Median {unit} {course}.{begun}",
        "optimiser step",
        unit,
        curves=[Curve("median", "network", step, quartiles[1])],
        bands=[Band("quartiles", "network", step, quartiles[0], quartiles[2])],
        logarithmic=True,
    )


def _quantiles(part: np.ndarray) -> np.ndarray:
    fine = part[np.isfinite(part) & (part > 0)]
    return np.quantile(fine, [0.25, 0.5, 0.75]) if fine.size else np.full(3, np.nan)


def spectrum_over_training(arrays: Arrays) -> list[Chart]:
    """The largest exponents while the network was trained."""
    step, exponents = np.asarray(arrays["step"], float), np.asarray(arrays["exponents_per_time_unit"], float)
    looks = ("network", "second", "theory")
    curves = [
        Curve(f"λ_{i + 1}", looks[i], step, exponents[:, i])
        for i in range(min(len(looks), exponents.shape[1]))
    ]
    words = f"λ_1 of the network from {exponents[0, 0]:.3g} at step {step[0]:g} to {exponents[-1, 0]:.3g} at the end."
    return [Chart("Exponents over training", words, "optimiser step", "exponent (1 per time unit)", curves)]


def forecasts(arrays: Arrays, threshold: float | None) -> list[Chart]:
    """One forecast beside what came, axis by axis, and the errors of all of them."""
    truth, predicted = np.asarray(arrays["truth"], float), np.asarray(arrays["predicted"], float)
    names = [str(name) for name in arrays["axis_names"]]
    time = float(arrays["time_per_step"]) * np.arange(1, truth.shape[1] + 1)
    error = forecast_errors(truth, predicted, arrays.get("standard_deviation"))
    error = np.where(np.isfinite(error), error, np.inf)
    bound = 1.0 if threshold is None else threshold
    lasts = np.where((error > bound).any(axis=1), (error > bound).argmax(axis=1), error.shape[1])
    typical = int(np.argsort(lasts)[len(lasts) // 2])
    low, middle, high = np.quantile(error, [0.1, 0.5, 0.9], axis=0, method="nearest")
    # A constant at the mean of the data errs by 1 standard deviation, and two states drawn at random by √2.
    curves = [Curve("median", "network", time, middle)]
    if threshold is not None:
        curves.append(Curve(f"threshold {threshold:g}", "theory", time[[0, -1]], np.full(2, threshold)))
    spread = Chart(
        f"Errors of {len(truth)} forecasts",
        f"Median error {middle[0]:.2g} standard deviations after one step and {middle[-1]:.2g} "
        f"after {time[-1]:.4g} time units.",
        "time units ahead",
        "error (standard deviations)",
        curves,
        [Band("10th to 90th percentile", "network", time, low, high)],
        logarithmic=True,
    )
    return [spread] + [
        Chart(
            f"A typical forecast: {names[i]}",
            f"{names[i]} of the data and of one forecast, over {time[-1]:.4g} time units: the forecast that lasts "
            "as long as half of them do.",
            "time units ahead",
            f"{names[i]} (the data's units)",
            [
                Curve("data", "truth", time, truth[typical, :, i]),
                Curve("forecast", "network", time, predicted[typical, :, i]),
            ],
            y_range=_around(truth[typical, :, i]),
        )
        for i in range(min(_MOST_AXES, truth.shape[2]))
    ]


def _around(values: np.ndarray) -> tuple[float, float] | None:
    """The range of the data and a fifth beyond: a forecast that escapes does not flatten them."""
    fine = values[np.isfinite(values)]
    if not fine.size or fine.max() <= fine.min():
        return None
    pad = 0.2 * (fine.max() - fine.min())
    return float(fine.min() - pad), float(fine.max() + pad)


def continuation(arrays: Arrays) -> list[Chart]:
    """Rows of a user's own and what the network says comes after them."""
    names = [str(name) for name in arrays["axis_names"]]
    past, ahead = np.asarray(arrays["history"], float), np.asarray(arrays["forecast"], float)
    before, after = np.asarray(arrays["history_time"], float), np.asarray(arrays["time"], float)
    unit = "time units"
    if calendar := calendar_of(arrays):
        unit = f"seconds after {iso_dates(before[-1:], calendar)[0]}"
        before, after = before - before[-1], after - before[-1]
    return [
        Chart(
            f"Forecast of {names[i]}",
            f"{len(past)} rows of {names[i]} and the {len(ahead)} that the network says come next.",
            unit,
            f"{names[i]} (the data's units)",
            [Curve("history", "truth", before, past[:, i]), Curve("forecast", "network", after, ahead[:, i])],
        )
        for i in range(min(_MOST_AXES, ahead.shape[1]))
    ]


def power_spectra(arrays: Arrays) -> list[Chart]:
    """Power over frequency of data and network, eight decades below the peak."""
    names = [str(name) for name in arrays["axis_names"]]
    charts = []
    for i in range(min(_MOST_AXES, arrays["truth"].shape[1])):
        truth, generated = (
            np.asarray(arrays["truth"], float)[:, i],
            np.asarray(arrays["generated"], float)[:, i],
        )
        peak = float(truth.max()) if truth.max() > 0 else 1.0
        seen = np.asarray(arrays["truth_frequency"], float)
        floor = peak * 10.0**-_DECADES
        # What lies above the last frequency with visible power is a window's side lobes and rounding.
        visible = np.flatnonzero(truth > floor)
        last = seen[visible[-1]] if visible.size else seen[-1]
        curves = [
            _within(frequency, density, last, label, look)
            for label, look, frequency, density in (
                ("data", "truth", seen, truth),
                ("network", "network", np.asarray(arrays["generated_frequency"], float), generated),
            )
        ]
        charts.append(
            Chart(
                f"Power spectrum of {names[i]}",
                f"Power of {names[i]} by frequency up to {last:.3g} cycles per time unit, data and network; "
                "the distance of the two is d_h among the metrics.",
                "cycles per time unit",
                "power (scaled units² · time)",
                curves,
                logarithmic=True,
                y_range=(floor, 10 * peak),
            )
        )
    return charts


def _within(frequency: np.ndarray, density: np.ndarray, last: float, label: str, look: str) -> Curve:
    seen = frequency <= last
    return Curve(label, look, frequency[seen], density[seen])


def exponents(summary: Mapping[str, Any]) -> list[Chart]:
    """The exponents with their errors beside the true ones, down to a few times the largest."""
    own = mapping(summary.get("lyapunov"))
    found = _pairs(own.get("exponents_per_time_unit"), own.get("standard_error_per_time_unit"))
    compared = [mapping(each) for each in sequence(summary.get("spectrum_comparison"))]
    compared = [each for each in compared if "+" not in str(each.get("name", ""))]
    true = _pairs(
        [each.get("true") for each in compared], [each.get("true_standard_error") for each in compared]
    )
    if not len(found):
        return []
    top = max([abs(found[0, 0]), *(abs(each) for each in true[:1, 0])])
    deepest = -_DEEPEST * top if top > 0 else -np.inf
    kept = max(1, int(np.sum(found[:, 0] >= deepest)))
    found, true, hidden = found[:kept], true[:kept], len(found) - kept
    place = np.arange(1.0, len(found) + 1)
    marks = [Marks("network" if len(true) else "exponents", "network", place, found[:, 0], found[:, 1])]
    if len(true):
        marks.insert(0, Marks("truth", "truth", place[: len(true)] - 0.12, true[:, 0], true[:, 1]))
    words = f"{len(found)} exponents with their standard errors" + (
        " beside the true ones" if len(true) else ""
    )
    words += f"; {hidden} further down are in the table only." if hidden else ". The table has the numbers."
    edges = np.array([0.5, len(found) + 0.5])
    zero = Curve("0", "theory", edges, np.zeros(2))
    return [
        Chart(
            "Lyapunov exponents",
            words,
            "which exponent",
            "1 per time unit",
            [zero],
            marks=marks,
            counted=True,
        )
    ]


def _pairs(values: Any, errors: Any) -> np.ndarray:
    """`(exponent, 2)`: values and errors, until the first that is missing."""
    rows: list[tuple[float, float]] = []
    for value, error in zip(sequence(values), sequence(errors), strict=False):
        if (middle := number(value)) is None:
            break
        rows.append((middle, number(error) or 0.0))
    return np.array(rows).reshape(-1, 2)


def running_exponent(arrays: Arrays, summary: Mapping[str, Any]) -> list[Chart]:
    """How the estimate of the largest exponent settled."""
    running, error = (np.asarray(arrays[key], float)[:, 0] for key in ("running", "running_error"))
    block = np.arange(1.0, len(running) + 1)
    curves = [Curve("estimate", "network", block, running)]
    if (true := number(summary.get("lambda_max_true"))) is not None:
        curves.insert(0, Curve("truth", "truth", block[[0, -1]], np.full(2, true)))
    words = (
        f"λ_1 after each block of the average, at the end {running[-1]:.4g} ± {error[-1]:.2g} per time unit."
    )
    band = Band("standard error", "network", block, running - error, running + error)
    return [Chart("How λ_1 settled", words, "block of the average", "1 per time unit", curves, [band])]


def gradients(arrays: Arrays, summary: Mapping[str, Any]) -> list[Chart]:
    """Growth of Jacobian products and of the loss gradient with the lag, beside the theorem's slope."""
    found = mapping(summary.get("gradients"))
    lags, norms = np.asarray(arrays["lags"], float), np.asarray(arrays["log_jacobian_norm"], float) / _LN10
    middle = np.median(norms, axis=0)
    curves = [Curve("‖∂z_T/∂z_1‖, median", "network", lags, middle)]
    if "log_loss_gradient_norm" in arrays:
        loss = np.asarray(arrays["log_loss_gradient_norm"], float) / _LN10
        curves.append(Curve("‖∂L_T/∂θ‖", "second", np.asarray(arrays["loss_lags"], float), loss))
    slope = number(found.get("lambda_max_per_step"))
    if slope is not None:
        ends = lags[[0, -1]]
        curves.append(Curve("slope λ_max", "theory", ends, middle[0] + slope * (ends - ends[0]) / _LN10))
    words = str(found.get("verdict") or f"Norms at lag {lags[-1]:g}: 10 to the {middle[-1]:.3g}.")
    band = Band("all starts", "network", lags, norms.min(axis=0), norms.max(axis=0))
    return [Chart("Gradients over the lag", words, "lag T (steps)", "log₁₀ of the norm", curves, [band])]
