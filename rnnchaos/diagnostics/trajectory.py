"""A series that some model has generated, held against the truth: its attractor, its exponent, and its forecasts."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rnnchaos.data import delay_embedding
from rnnchaos.diagnostics.evaluation import Evaluation, with_reason
from rnnchaos.diagnostics.truth import Truth, truth_of_series
from rnnchaos.diagnostics.yardstick import Yardstick
from rnnchaos.errors import ConfigError, RunError
from rnnchaos.metrics import (
    attractor_metrics,
    diverged_at,
    metrics_from_outside,
    prediction_metrics,
)
from rnnchaos.numbers import number
from rnnchaos.pieces import Pieces
from rnnchaos.series import judged_exponent
from rnnchaos.setting import SettingError

# By this factor means and standard deviations are not the truth's in other units.
_GROSSLY = 5.0
# So near are those of scaled data to 0 and 1.
_NEARLY = 0.5
# What varies by less of the truth's standard deviation is at rest, in whatever units.
_AT_REST = 1e-3


class Rollouts(NamedTuple):
    """Forecasts, with what they should be: in the order of their starts."""

    starts: Int[np.ndarray, " start"]
    future: Float[np.ndarray, "start horizon dimension"]
    predicted: Float[np.ndarray, "start horizon dimension"]


@dataclass(frozen=True)
class Trajectory:
    """Pieces of a model's own series, in the truth's scaled units."""

    name: str
    series: Pieces
    starts: Int[np.ndarray, " piece"] | None = None
    """The row of the truth after which each piece begins; None where the pieces are no forecasts."""
    said: tuple[str, ...] = ()
    """What is odd about it."""
    forecasts: Rollouts | None = None
    """Of the same model, where the pieces are no forecasts themselves."""


def in_units_of(
    yardstick: Yardstick,
    name: str,
    rows: Pieces,
    *,
    scaled: bool,
    starts: Int[np.ndarray, " piece"] | None = None,
    origin: str = "",
) -> Trajectory:
    """A model's series as the truth's is: scaled and with its delays.

    `rows` are in the data's units unless they are `scaled` already; `origin` is what errors call them. Raises
    ConfigError for other axes than the truth's, for a series that is not finite and yet goes on, and for starts that
    are not the truth's.
    """
    names, origin = yardstick.axis_names, origin or name
    embedded = yardstick.dataset.dimension
    if rows.dimension not in (len(names), embedded):
        axes = f"axis {names[0]}" if len(names) == 1 else f"{len(names)} axes {', '.join(names)}"
        raise ConfigError(f"{origin} must have the truth's {axes}, got {rows.dimension}")
    check_goes_on(origin, rows)
    has_delays = rows.dimension == embedded
    scaling = yardstick.dataset.scaling
    if not has_delays:
        scaling = type(scaling)(scaling.mean[: len(names)], scaling.scale[: len(names)])
    warned = oddity(rows, yardstick, scaled=scaled)
    series = rows if scaled else rows.map(scaling.apply)
    if not has_delays:
        series = _embedded(origin, series, yardstick)
        starts = None  # rows before the first of a forecast are not in it
    found = Trajectory(name, series, starts, (f"{origin}: {warned}",) if warned else ())
    rollouts(found, yardstick)  # whose starts may not be the truth's
    return found


def check_goes_on(name: str, rows: Pieces) -> None:
    """Raise ConfigError for a piece that is not finite and finite again: a gap, and no escape to infinity."""
    for part in rows.parts():
        bad = ~np.isfinite(part.values).all(axis=1)
        if bad.any() and not bad[np.argmax(bad) :].all():
            raise ConfigError(
                f"{name} must be finite, but row {np.argmax(bad)} is not, and later rows are; an orbit that escapes "
                "to infinity stays there"
            )
        if bad[0]:
            raise ConfigError(f"{name} must begin with finite rows, but row 0 of a piece is not")


def oddity(rows: Pieces, yardstick: Yardstick, *, scaled: bool) -> str:
    """What is said of a series whose means and standard deviations are those of other units; else nothing."""
    axes = rows.dimension
    scaling, truth = yardstick.dataset.scaling, yardstick.dataset.test.values[:, :axes]
    if not scaled:
        truth = truth * scaling.scale[:axes] + scaling.mean[:axes]
    values = rows.values[np.isfinite(rows.values).all(axis=1)]
    mean, spread = truth.mean(0), truth.std(0)
    with np.errstate(over="ignore", invalid="ignore"):
        off = np.abs(values.mean(0) - mean) / spread
        wide = values.std(0) / spread
    far = (off > _GROSSLY) | (wide > _GROSSLY)
    narrow = (wide < 1 / _GROSSLY) & (wide > _AT_REST)
    if not (far.any() or narrow.all()):
        return ""
    axis = int(np.argmax(far | narrow))
    said = (
        f"{yardstick.dataset.axis_names[axis]} has mean {number(float(values.mean(0)[axis]))} and standard deviation "
        f"{number(float(values.std(0)[axis]))} where the truth has {number(float(mean[axis]))} and "
        f"{number(float(spread[axis]))}"
    )
    if not scaled and _like_scaled(values):
        return f"{said}: it looks scaled to mean 0 and standard deviation 1, which scaled=true says"
    other = "data's own units" if scaled else "truth's scaled units"
    return f"{said}: is it in other units? (scaled={str(not scaled).lower()} is for models in the {other})"


def _like_scaled(values: Float[np.ndarray, "time axis"]) -> bool:
    """Whether means are about 0 and standard deviations about 1."""
    return bool(np.all(np.abs(values.mean(0)) < _NEARLY) and np.all(np.abs(np.log(values.std(0))) < _NEARLY))


def _embedded(name: str, series: Pieces, yardstick: Yardstick) -> Pieces:
    """The delays of each piece that is long enough. Raises ConfigError where none is."""
    lost = (yardstick.delays - 1) * yardstick.lag
    parts = [part.values for part in series.parts() if len(part) > lost]
    if not parts:
        raise ConfigError(f"{name} must have more than the {lost} rows lost to the truth's delays")
    seen = [delay_embedding(part, dimension=yardstick.delays, lag=yardstick.lag) for part in parts]
    return Pieces(np.concatenate(seen), tuple(len(part) for part in seen))


def evaluate_trajectory(trajectory: Trajectory, yardstick: Yardstick) -> Evaluation:
    """The metrics of a network's free run, and those of its forecasts where the pieces are forecasts.

    Raises ConfigError for starts that the truth does not have, or no truth after.
    """
    dataset, settings = yardstick.dataset, yardstick.settings
    series = trajectory.series
    metrics = attractor_metrics(
        dataset.test, dataset.second_test, series, seed=yardstick.seed, others=metrics_from_outside()
    )
    found, scale = rollouts(trajectory, yardstick), yardstick.rows.values.std(0)
    if len(found.starts):
        wanted = settings.prediction
        metrics += prediction_metrics(
            found.future,
            found.predicted,
            mean=yardstick.rows.values.mean(0),
            scale=scale,
            n=wanted.n,
            threshold=wanted.threshold,
            time_per_step=dataset.time_per_step,
            lyapunov_exponent=None if yardstick.truth is None else yardstick.truth.rate,
            in_own_units=dataset.scaling.invert,
        )
    noted = tuple(with_reason(metric, yardstick.truth) for metric in metrics)
    return Evaluation(
        series.values, diverged_at(series.values), len(series), *found, scale, noted, lengths=series.lengths
    )


def rollouts(trajectory: Trajectory, yardstick: Yardstick) -> Rollouts:
    """The model's forecasts, or the pieces as such, of as many steps as all have, within the horizon; none without."""
    if trajectory.forecasts is not None:
        return trajectory.forecasts
    dimension, starts = yardstick.dataset.dimension, trajectory.starts
    if starts is None:
        nothing = np.empty((0, 0, dimension))
        return Rollouts(np.empty(0, dtype=int), nothing, nothing)
    series, rows = trajectory.series, yardstick.rows
    if len(starts) != len(series.lengths):
        raise ConfigError(
            f"starts must be one for each of the {len(series.lengths)} pieces of {trajectory.name}, got {len(starts)}"
        )
    wanted = yardstick.settings.prediction
    horizon = min(min(series.lengths), wanted.horizon)
    if wanted.n > horizon:
        must = f"be at most {horizon} steps, as long as the shortest piece of {trajectory.name}"
        hint = f"diagnostics.prediction.n={horizon} fits"
        raise SettingError("diagnostics.prediction.n", must, wanted.n, hint)
    possible = rows.ends(after=horizon)
    for start in starts[~np.isin(starts, possible)].tolist():
        last = f"up to {possible[-1]} " if len(possible) else ""
        raise ConfigError(
            f"starts must be rows {last}of the truth with {horizon} rows after them, which it has {len(rows)} of, "
            f"got {start}"
        )
    order = np.argsort(starts, kind="stable")
    first = series.firsts[order]
    return Rollouts(starts[order], rows.windows(starts[order] + 1, horizon), series.windows(first, horizon))


def exponent_of(trajectory: Trajectory, yardstick: Yardstick) -> tuple[Truth | None, str]:
    """λ_max read off the series with its grade, or why there is none."""
    series = trajectory.series
    step = diverged_at(series.values)
    if step is not None:
        return None, f"it escapes at step {step}"
    try:
        estimate = judged_exponent(
            series,
            dt=yardstick.dataset.time_per_step,
            delays=yardstick.delays,
            spacing=yardstick.lag,
        )
    except (ConfigError, RunError) as error:
        return None, str(error)
    return truth_of_series(estimate, time_per_step=yardstick.dataset.time_per_step), ""
