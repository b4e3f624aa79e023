"""The optimiser of a training from its settings: one of optax, its clipping, and its learning rate over the run."""

import contextlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import jax
import optax

from rnnchaos.errors import ConfigError
from rnnchaos.setting import SettingError, chosen
from rnnchaos.settings.groups import OptimizerSettings
from rnnchaos.settings.optax_options import (
    find_optimizer,
    find_schedule,
    seeing_arrays,
    set_by,
    takes_schedule,
)
from rnnchaos.settings.optimizer_numbers import SHAPES, with_numbers_as_data
from rnnchaos.settings.recipe import DESCENT, filled
from rnnchaos.settings.schema import Settings
from rnnchaos.training import Optimizer


def optimizer(settings: Settings) -> Optimizer:
    """The optimiser with its clipping and its learning rate over the `training.num_steps` steps.

    Raises ConfigError for what optax refuses.
    """
    settings = filled(settings, DESCENT)
    wanted, num_steps = settings.optimizer, chosen(settings.training.num_steps)
    _of_optax(wanted, num_steps)  # it refuses numbers, too
    return with_numbers_as_data(_of_optax, wanted, num_steps)


def _of_optax(wanted: OptimizerSettings, num_steps: int) -> optax.GradientTransformation:
    algorithm = find_optimizer(wanted.name)
    rate: optax.Schedule | float = learning_rate(wanted, num_steps)
    if not takes_schedule(algorithm):
        if wanted.warmup_steps > 0 or find_schedule(wanted.schedule) is not optax.constant_schedule:
            raise ConfigError(f"optimizer.schedule must be constant, without a warm-up, for {wanted.name}")
        rate = wanted.learning_rate
    stages = []
    if wanted.clip_value is not None:
        stages.append(optax.clip(wanted.clip_value))
    if wanted.clip_norm is not None:
        stages.append(optax.clip_by_global_norm(wanted.clip_norm))
    with _naming(f"optimizer.name={wanted.name}"):
        found = algorithm(rate, **wanted.options)
        return optax.chain(*stages, seeing_arrays(found) if wanted.name == "galore" else found)


def learning_rate(settings: OptimizerSettings, num_steps: int) -> optax.Schedule:
    """The learning rate at each of `num_steps` optimiser steps: a warm-up from 0, then the schedule.

    A schedule of optax that has a warm-up of its own takes the place of both. Raises ConfigError for what optax
    refuses, and for changes that training would end before.
    """
    schedule = find_schedule(settings.schedule)
    fixed = set_by(schedule, ends=settings.final_learning_rate is not None)
    warmup = 0 if "warmup_steps" in fixed else settings.warmup_steps
    given: dict[str, Any] = {"init_value": 0.0}
    given |= dict.fromkeys(("decay_steps", "transition_steps"), num_steps - warmup)
    for parameter, setting in fixed.items():
        value = getattr(settings, setting)
        given[parameter] = value / settings.learning_rate if parameter in ("alpha", "decay_rate") else value
    given = {name: value for name, value in given.items() if name in inspect.signature(schedule).parameters}
    given |= settings.schedule_options
    _check_begun(given, num_steps, warmup)
    if "cosine_kwargs" in given:  # sgdr: each of its cycles has values of its own
        rise = {"init_value": 0.0, "peak_value": settings.learning_rate}
        given["cosine_kwargs"] = [rise | cycle for cycle in given["cosine_kwargs"]]
    with _naming(f"optimizer.schedule={settings.schedule}"):
        main = schedule(**given)
    if warmup == 0:
        return main
    return optax.join_schedules([optax.linear_schedule(0.0, settings.learning_rate, warmup), main], [warmup])


def _check_begun(schedule_options: Mapping[str, Any], num_steps: int, warmup: int) -> None:
    """Raise SettingError for a change of the learning rate at a step after the end: it would have no effect."""
    changes = {
        "boundaries_and_scales": max(schedule_options.get("boundaries_and_scales") or [0]),
        "transition_begin": schedule_options.get("transition_begin", 0),
    }
    limit = "training.num_steps" + " - optimizer.warmup_steps" * (warmup > 0)
    for option, step in changes.items():
        if step >= num_steps - warmup:
            must = f"be steps below {limit} ({num_steps - warmup} steps)"
            raise SettingError(f"optimizer.schedule_options.{option}", must, step)


def check_optimizer(settings: Settings) -> None:
    """Raise ConfigError for an optimiser that cannot take a step with nothing but the gradient."""
    built = optimizer(settings)
    with _naming(f"optimizer.name={settings.optimizer.name}"):
        jax.eval_shape(lambda weights: built.update(weights, built.init(weights), weights), SHAPES)


@contextlib.contextmanager
def _naming(setting: str) -> Iterator[None]:
    """What optax refuses as a ConfigError that begins with the setting."""
    try:
        yield
    except (ArithmeticError, AssertionError, LookupError, TypeError, ValueError) as error:
        raise ConfigError(f"{setting}: optax says: {' '.join(str(error).split())}") from error
