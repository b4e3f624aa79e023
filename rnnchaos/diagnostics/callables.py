"""A step function from Python against a truth: of JAX, with its spectrum, or of NumPy, by its orbits."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from rnnchaos.diagnostics.any_model import foreign_network, foreign_subject
from rnnchaos.diagnostics.evaluation import forecast_horizon
from rnnchaos.diagnostics.judged import Judged, judged_network, judged_trajectory
from rnnchaos.diagnostics.trajectory import Rollouts, Trajectory, in_units_of
from rnnchaos.diagnostics.yardstick import Yardstick
from rnnchaos.errors import ConfigError
from rnnchaos.pieces import Pieces
from rnnchaos.setting import whole
from rnnchaos.tangent.tangent import states_of


def subject_of_callable(
    yardstick: Yardstick,
    name: str,
    step: Callable,
    *,
    observe: Callable | None,
    start: Callable | None,
    state: Any,
    history: int,
    scaled: bool,
) -> Judged:
    """The verdict on a step function, which begins from data by `start`, or at `state`.

    Raises ConfigError where its states do not fit, or do not show what the truth shows.
    """
    if start is not None and state is not None:
        raise ConfigError("start and state exclude each other: one makes a state of data, the other is one")
    for argument, function in (("observe", observe), ("start", start)):
        if not (function is None or callable(function)):
            raise ConfigError(f"{name}: {argument} must be a function, got {function!r:.60}")
    history = whole("history", history, least=1, unit="row")
    seen: Callable = observe or (lambda value: value)
    rows = yardstick.dataset.test.values[:history]
    if not scaled:
        rows = yardstick.dataset.scaling.invert(rows)
    first = states_of(state, name="state") if state is not None else _begun(start, rows, name)
    _check(step, seen, first, yardstick, name)
    if state is None:
        forecast_horizon(yardstick.dataset, yardstick.settings, heard=history)
    if not _is_traceable(step, seen, start, first, rows):
        run = _free_run(yardstick, name, step, seen, first, scaled)
        if state is None:
            begin = start or (lambda rows: rows[-1])
            run = dataclasses.replace(
                run, forecasts=_forecasts(yardstick, step, seen, begin, history, scaled)
            )
        return judged_trajectory(run, yardstick)
    if state is not None:
        return judged_trajectory(_free_run(yardstick, name, jax.jit(step), seen, first, scaled), yardstick)
    network = foreign_network(
        yardstick,
        lambda value: jnp.asarray(step(value), dtype=value.dtype),
        state_size=len(first),
        observe=lambda value: jnp.asarray(seen(value)),
        start=(lambda history: history[-1])
        if start is None
        else (lambda history: jnp.asarray(start(history))),
        history=history,
        scaled=scaled,
    )
    return judged_network(name, foreign_subject(yardstick, network))


def _begun(start: Callable | None, rows: Float[np.ndarray, "history dimension"], name: str) -> np.ndarray:
    if start is None:
        return rows[-1]
    try:
        state = start(rows)
    except Exception as error:  # of the user's own code
        raise ConfigError(f"{name}: start fails on {len(rows)} rows: {_said(error)}") from error
    try:
        return np.asarray(state, dtype=np.float64)
    except (TypeError, ValueError):
        raise ConfigError(
            f"{name}: start must make a vector of numbers, got a {type(state).__name__}; of several arrays "
            "jax.flatten_util.ravel_pytree makes one"
        ) from None


def _check(step: Callable, seen: Callable, first: np.ndarray, yardstick: Yardstick, name: str) -> None:
    """Raise ConfigError where a step does not give a state, or a state does not show the truth's dimensions."""
    if first.ndim != 1 or first.size == 0:
        raise ConfigError(f"{name}: a state must be a vector, got shape {first.shape}")
    try:
        after, again, shown = np.asarray(step(first)), np.asarray(step(first)), np.asarray(seen(first))
    except Exception as error:  # of the user's own code
        raise ConfigError(
            f"{name}: a step from a state of {len(first)} numbers fails: {_said(error)}"
        ) from error
    if after.shape != first.shape:
        raise ConfigError(f"{name}: step must give a state of shape {first.shape}, got {after.shape}")
    for what, found in (("step", after), ("observe", shown)):
        if not np.isrealobj(found) or not np.issubdtype(found.dtype, np.number):
            raise ConfigError(f"{name}: {what} must give real numbers, got {found.dtype}")
    if not np.array_equal(after, again, equal_nan=True):
        raise ConfigError(
            f"{name}: step must give the same state whenever it is given the same one, got others (random numbers, "
            "dropout, or something of its own that it counts on); an orbit of it can be judged as an array"
        )
    if shown.shape != (yardstick.dataset.dimension,):
        hint = "; observe=… maps a state to the data" if shown.shape == first.shape else ""
        raise ConfigError(
            f"{name}: a state must show the truth's {yardstick.dataset.dimension} dimensions, got shape "
            f"{shown.shape}{hint}"
        )


def _is_traceable(
    step: Callable, seen: Callable, start: Callable | None, first: np.ndarray, rows: np.ndarray
) -> bool:
    """Whether JAX can follow all of it."""

    def whole(history: Any) -> Any:
        state = jnp.asarray(first) if start is None else start(history)
        return seen(step(state))

    try:
        jax.eval_shape(whole, jax.ShapeDtypeStruct(rows.shape, jnp.float64))
        jax.eval_shape(step, jax.ShapeDtypeStruct(first.shape, jnp.float64))
    except Exception:  # whatever libraries raise that are handed a tracer
        return False
    return True


def _free_run(
    yardstick: Yardstick, name: str, step: Callable, seen: Callable, first: np.ndarray, scaled: bool
) -> Trajectory:
    """An orbit from the state `first`, as long as the test series."""
    num_steps = yardstick.settings.free_run.length(yardstick.dataset.test)
    rows = _orbit(step, seen, first, num_steps, yardstick.dataset.dimension)
    return in_units_of(yardstick, name, Pieces.of(rows), scaled=scaled)


def _forecasts(
    yardstick: Yardstick, step: Callable, seen: Callable, begin: Callable, history: int, scaled: bool
) -> Rollouts:
    """Orbits from as many points of the test series as a network's forecasts start at."""
    dataset, wanted = yardstick.dataset, yardstick.settings.prediction
    horizon = forecast_horizon(dataset, yardstick.settings, heard=history)
    starts = dataset.test.spread(wanted.num_starts, before=history - 1, after=horizon)
    rows = dataset.test.windows(starts - history + 1, history)
    told = rows if scaled else dataset.scaling.invert(rows)
    orbits = np.stack(
        [_orbit(step, seen, np.asarray(begin(each)), horizon, dataset.dimension) for each in told]
    )
    predicted = orbits if scaled else dataset.scaling.apply(orbits)
    return Rollouts(starts, dataset.test.windows(starts + 1, horizon), predicted)


def _orbit(
    step: Callable, seen: Callable, first: np.ndarray, num_steps: int, dimension: int
) -> Float[np.ndarray, "time dimension"]:
    """What is seen after each step; infinite from where it is not finite."""
    rows, state = np.full((num_steps, dimension), np.inf), first
    with np.errstate(all="ignore"):
        for index in range(num_steps):
            state = step(state)
            shown = np.asarray(seen(state), dtype=np.float64)
            if not np.isfinite(shown).all():
                break
            rows[index] = shown
    return rows


def _said(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
