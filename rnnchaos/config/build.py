"""Settings to the objects that a workflow works with."""

import dataclasses
import inspect
from typing import Any

import jax
import optax
from jaxtyping import PRNGKeyArray

from rnnchaos.cells import AbstractRegressedCell, IdentityObservation, LinearObservation, Network
from rnnchaos.cells.observation import check_fits
from rnnchaos.config.components import find_class
from rnnchaos.config.schema import Component, OptimizerSettings, Settings, SystemSettings, check_tau
from rnnchaos.data import SeriesFile, Source
from rnnchaos.errors import ConfigError
from rnnchaos.forcing import AbstractForcing, ClosedForm
from rnnchaos.training import AbstractTrainer, Regression, Trainer

# An automatic window holds this many forcing intervals, but no fewer steps than the second number.
_INTERVALS_PER_WINDOW = 4
_SHORTEST_AUTO_WINDOW = 100


def check(settings: Settings) -> None:
    """Raise the ConfigError of any part that cannot be built, before anything is computed or written."""
    series = source(settings)
    if not isinstance(settings.tau, str):
        forcing(settings)
    optimizer(settings)
    check_fit_in_closed_form(settings)
    preparation = settings.dataset.preparation
    # The dimension of a file is known once it is read, and an automatic embedding once it is chosen.
    if not isinstance(series, SeriesFile) and preparation.embedding_dimension != "auto":
        observed = series.num_axes if preparation.axes is None else len(preparation.axes)
        hidden_size = settings.model.cell.arguments.get("hidden_size")
        if hidden_size is not None:
            check_fits(observed * preparation.embedding_dimension, hidden_size)


def check_fit_in_closed_form(settings: Settings) -> None:
    """Raise ConfigError unless model and protocol agree on whether the network is fitted by regression."""
    model = find_class(settings.model.cell.target, "model")
    regression = find_class(settings.protocol.forcing.target, "protocol") is ClosedForm
    if issubclass(model, AbstractRegressedCell):
        if not regression:
            raise ConfigError(
                f"protocol must be closed_form for model {model.__name__}: it is fitted by regression"
            )
        if settings.model.observation != model.observation:
            raise ConfigError(
                f"model.observation must be {model.observation} for {model.__name__}, "
                f"got {settings.model.observation}"
            )
    elif regression:
        raise ConfigError(f"protocol=closed_form needs model=esn or model=ngrc, got {model.__name__}")


def source(settings: Settings | SystemSettings) -> Source:
    """What the series comes from: a system with known equations, a flow of dysts, or a file."""
    return instance(settings.dataset.source, "dataset")


def network(settings: Settings, dimension: int, *, key: PRNGKeyArray) -> Network:
    """An untrained float64 network for `dimension` observed dimensions, its weights drawn with `key`."""
    cell_key, observation_key = jax.random.split(key)
    cell_class = find_class(settings.model.cell.target, "model")
    supplied = {"dimension": dimension, "key": cell_key}
    taken = {name: supplied[name] for name in supplied if name in inspect.signature(cell_class).parameters}
    cell = cell_class(**settings.model.cell.arguments, **taken)
    if settings.model.observation == "identity":
        return Network(cell, IdentityObservation(dimension, cell.hidden_size))
    return Network(cell, LinearObservation(dimension, cell.hidden_size, key=observation_key))


def forcing(settings: Settings, *, auto_tau: int | None = None) -> AbstractForcing:
    """The teacher-forcing protocol; `auto_tau` is what `protocol.tau=auto` stands for, in steps."""
    return instance(_resolved(settings, auto_tau), "protocol")


def trainer(settings: Settings, *, auto_tau: int | None = None) -> AbstractTrainer:
    """What trains the network: gradient descent, or a regression where the protocol is one."""
    chosen, points = forcing(settings, auto_tau=auto_tau), window(settings, auto_tau=auto_tau)
    if isinstance(chosen, ClosedForm):
        return Regression(chosen, points)
    training = settings.training
    return Trainer(
        chosen,
        optimizer(settings),
        training.batch_size,
        points,
        training.num_steps,
        settings.protocol.regularization,
    )


def window(settings: Settings, *, auto_tau: int | None = None) -> int:
    """Predicted steps per training window; `auto` is worked out from the forcing interval."""
    tau = _resolved(settings, auto_tau).arguments.get("tau", 1)
    if settings.training.window == "auto":
        return max(_SHORTEST_AUTO_WINDOW, _INTERVALS_PER_WINDOW * tau)
    check_tau(tau, settings.training.window)
    return settings.training.window


def optimizer(settings: Settings) -> optax.GradientTransformation:
    """The optimiser with its clipping and its learning rate over the `training.num_steps` steps."""
    chosen = settings.optimizer
    options = {"weight_decay": chosen.weight_decay, "momentum": chosen.momentum}
    given = {name: value for name, value in options.items() if value is not None}
    stages = []
    if chosen.clip_value is not None:
        stages.append(optax.clip(chosen.clip_value))
    if chosen.clip_norm is not None:
        stages.append(optax.clip_by_global_norm(chosen.clip_norm))
    algorithm = getattr(optax, chosen.name)(learning_rate(chosen, settings.training.num_steps), **given)
    return optax.chain(*stages, algorithm)


def learning_rate(settings: OptimizerSettings, num_steps: int) -> optax.Schedule:
    """The learning rate at each of `num_steps` optimiser steps: a warm-up from 0, then the schedule."""
    start, end = settings.learning_rate, settings.final_learning_rate
    remaining = num_steps - settings.warmup_steps
    if end is None:
        main = optax.constant_schedule(start)
    elif settings.schedule == "cosine":
        main = optax.cosine_decay_schedule(start, remaining, alpha=end / start)
    else:
        main = optax.exponential_decay(start, remaining, decay_rate=end / start)
    if settings.warmup_steps == 0:
        return main
    rise = optax.linear_schedule(0.0, start, settings.warmup_steps)
    return optax.join_schedules([rise, main], [settings.warmup_steps])


def _resolved(settings: Settings, auto_tau: int | None) -> Component:
    """The forcing with a number, `auto_tau`, in place of a rule for its interval."""
    protocol = settings.protocol.forcing
    if not isinstance(protocol.arguments.get("tau"), str):
        return protocol
    assert auto_tau is not None  # the caller has found it
    return dataclasses.replace(protocol, arguments={**protocol.arguments, "tau": auto_tau})


def instance(part: Component, group: str) -> Any:
    """The object that one component of a config stands for."""
    return find_class(part.target, group)(**part.arguments)
