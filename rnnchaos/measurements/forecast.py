"""rnnchaos forecast: what a run's network says comes after the user's own data, in the data's units."""

import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from rich.console import Console, RenderableType
from rich.table import Table

from rnnchaos.console import coloured
from rnnchaos.data import SeriesFile, read_history
from rnnchaos.dates import Calendar, iso_dates
from rnnchaos.diagnostics import Findings
from rnnchaos.diagnostics.findings import with_figures
from rnnchaos.diagnostics.tables import new_table
from rnnchaos.errors import ConfigError
from rnnchaos.measurements.continuation import continued
from rnnchaos.measurements.recording import record
from rnnchaos.measurements.stored_run import StoredRun, open_run
from rnnchaos.outcome import Outcome
from rnnchaos.runs import layout
from rnnchaos.settings import build
from rnnchaos.settings.forecast import ForecastSettings, read_forecast
from rnnchaos.settings.sizes import check_forecast

_SHOWN_ROWS, _SHOWN_AXES = 4, 6
# By this share of its range the newest row may leave the training series.
_BEYOND = 0.1


class _Forecast(NamedTuple):
    history: Float[np.ndarray, "history axis"]
    history_time: Float[np.ndarray, " history"]
    rows: Float[np.ndarray, "time axis"]
    time: Float[np.ndarray, " time"]
    """In time units: as the file says, or since the last row of the history."""
    axis_names: tuple[str, ...]
    calendar: Calendar = ""
    """Of times that are dates."""
    outside: tuple[str, ...] = ()
    """What of the newest row is where the training series has never been, in words."""

    def dates(self, time: Float[np.ndarray, " time"]) -> list[str] | None:
        """As dates; None where the file has none."""
        return iso_dates(time, self.calendar) if self.calendar else None

    @property
    def finite_steps(self) -> int:
        """Rows before the network escapes to infinity; all where it does not."""
        finite = np.isfinite(self.rows).all(axis=1)
        return len(finite) if finite.all() else int(np.argmin(finite))


def forecast_run(path: Path, words: Sequence[str], console: Console) -> Outcome:
    """Go on from a file of rows; `words` are the settings of a forecast, and diagnostics.figures."""
    started = time.process_time()
    overrides = [word for word in words if word.startswith("diagnostics.")]
    own = [word for word in words if word not in overrides]
    settings, given = read_forecast(own), {word.partition("=")[0] for word in own}
    run = open_run(path, overrides)
    check_forecast(settings.num_steps, run.dataset.dimension)
    return record(
        _findings(run, settings, _forecast(run, settings, given)),
        run.settings,
        console,
        outputs=layout.outputs_of(run.folder.path),
        name=f"{run.folder.record.name}.forecast",
        kind="forecast",
        started=started,
        parent=run.folder.path,
    )


def _forecast(run: StoredRun, settings: ForecastSettings, given: Collection[str]) -> _Forecast:
    units, step = run.units, run.dataset.time_per_step
    source = build.source(run.settings)
    measured = source if isinstance(source, SeriesFile) else None
    time_column = settings.time_column
    if time_column is None and measured is not None and measured.time_column != "auto":
        time_column = measured.time_column
    reading: dict[str, Any] = {
        "time_column": time_column,
        "time_per_step": None if measured is not None and measured.counts_steps else step,
        "follow": measured is not None and measured.time_column is None,
        "format": settings if measured is None else settings.over(measured, given),
    }
    history, inputs = read_history(
        settings.history, names=units.axis_names, input_names=units.input_names, **reading
    ).parted()
    if settings.inputs is not None:
        if not units.input_names:
            raise ConfigError(f"inputs must be left out: {run.folder.path} was trained without")
        inputs = read_history(settings.inputs, names=units.input_names, setting="inputs", **reading).rows
    elif units.input_names and inputs is None:
        raise ConfigError(
            f"inputs must be given: the run is driven by {', '.join(units.input_names)}; inputs=FILE, or rows of the "
            "history that have inputs and no data yet"
        )
    try:
        rows = continued(
            units,
            run.network,
            history.rows,
            settings.num_steps,
            inputs=inputs,
            history_inputs=history.inputs,
        )
    except ConfigError as error:
        of_inputs = settings.inputs is not None and str(error).startswith("inputs")
        raise ConfigError(f"{settings.inputs if of_inputs else settings.history}: {error}") from None
    time = history.time
    if time is None:
        time = step * np.arange(1 - len(history.rows), 1)
    # 0.3 and not 0.30000000000000004.
    to_come = [float(f"{time[-1] + step * (index + 1):.15g}") for index in range(settings.num_steps)]
    return _Forecast(
        history.rows,
        time,
        rows,
        np.array(to_come),
        units.axis_names,
        history.calendar,
        _outside(units.observed(run.dataset.train.values), history.rows[-1], units.axis_names),
    )


def _outside(
    trained: Float[np.ndarray, "time axis"], newest: Float[np.ndarray, " axis"], names: Sequence[str]
) -> tuple[str, ...]:
    """A line for each axis whose newest value the training series has never been near."""
    low, high = trained.min(axis=0), trained.max(axis=0)
    beyond = np.maximum(low - newest, newest - high) > _BEYOND * (high - low)
    return tuple(
        f"{names[axis]} of the newest row is {newest[axis]:.4g}, outside the {low[axis]:.4g} … {high[axis]:.4g} of the "
        "training series: in its units, where the network has learned nothing"
        for axis in np.flatnonzero(beyond).tolist()
    )


def _findings(run: StoredRun, settings: ForecastSettings, found: _Forecast) -> Findings:
    valid = run.folder.summary.get("metrics", {}).get("valid_prediction_time", {})
    dates = found.dates(found.time)
    times = found.time if dates is None else np.array(dates)
    told = {} if dates is None else {"from_date": dates[0], "to_date": dates[-1]}
    findings = Findings(
        summary={
            "history": str(settings.history),
            "history_rows": len(found.history),
            "history_rows_needed": run.units.rows_for(run.network.history),
            "num_steps": len(found.rows),
            "finite_steps": found.finite_steps,
            "time_per_step": run.dataset.time_per_step,
            "from_time": float(found.time[0]),
            "to_time": float(found.time[-1]),
            **told,
            "axis_names": list(found.axis_names),
            "outside_training_series": list(found.outside),
            "valid_prediction_time": valid.get("value"),
            "valid_prediction_time_unit": valid.get("unit"),
        },
        arrays={
            "forecast": {
                "time": found.time,
                "forecast": found.rows,
                "history_time": found.history_time,
                "history": found.history,
                "axis_names": np.array(found.axis_names),
                "calendar": np.array(found.calendar),
            }
        },
        shown=(_table(found), *_said(found, valid)),
        tables={"forecast": {"time": times, **dict(zip(found.axis_names, found.rows.T, strict=True))}},
    )
    return with_figures(findings, ("forecast", "forecast"))


def _table(found: _Forecast) -> Table:
    """The first rows and the last one."""
    names = found.axis_names[:_SHOWN_AXES]
    table = new_table("time", *names, *(["…"] if len(names) < len(found.axis_names) else []))
    # In full: long times differ in their last digits alone.
    times = found.dates(found.time) or [f"{time:.15g}" for time in found.time]
    first = range(min(_SHOWN_ROWS, len(found.rows)))
    for index in first:
        table.add_row(times[index], *_cells(found, index))
    if len(found.rows) > len(first) + 1:
        table.add_row("…")
    if len(found.rows) > len(first):
        table.add_row(times[-1], *_cells(found, -1))
    return table


def _cells(found: _Forecast, index: int) -> list[str]:
    return [f"{value:.6g}" for value in found.rows[index, :_SHOWN_AXES]]


def _said(found: _Forecast, valid: dict) -> tuple[RenderableType, ...]:
    said: list[RenderableType] = [coloured("odd", "yellow", f": {line}") for line in found.outside]
    if found.finite_steps < len(found.rows):
        rest = f": the forecast is not finite after {found.finite_steps} steps"
        said.append(coloured("escapes", "red", rest))
    if valid.get("value") is not None:
        lasted = f"{valid['value']:.3g} {valid['unit']}"
        said.append(f"on the run's test data half of the forecasts were valid for {lasted} or longer")
    return tuple(said)
