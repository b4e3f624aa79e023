"""What `auto` stands for in the settings of a training: sizes, optimiser, steps and precision."""

import dataclasses
from typing import Any, NamedTuple

from rnnchaos.models import Delays, ShallowRNN
from rnnchaos.setting import chosen
from rnnchaos.settings.components import find_class
from rnnchaos.settings.groups import Component, OptimizerSettings
from rnnchaos.settings.schema import Settings
from rnnchaos.training.gauss_newton import MEMORY


class Recipe(NamedTuple):
    """What is filled in where the settings say auto."""

    hidden_size: int
    layer_size: int
    initial: str
    observation: str
    optimizer: str
    precision: str
    num_steps: int
    record_every: int
    error_growth: float
    attempts: int
    attempt_growth: float
    delays: Delays = Delays()
    kinked: bool = False
    """Whether the layer is piecewise linear, as the data are."""


NEWTON = Recipe(0, 50, "near_identity", "identity", "gauss_newton", "float64", 800, 20, 1.1, 2, 1.4)
"""For data that show the whole state: as many units as they have dimensions, with none that could go wrong beside."""
DESCENT = Recipe(10, 50, "contracting", "auto", "adamw", "float32", 12_000, 200, 1.3, 1, 1.0)
"""For others: units that are not observed stand for what is hidden, and average noise."""
_LAYER_OF_A_UNIT = 5

_PIECEWISE_LINEAR = "rnnchaos.models.ShallowPLRNN"

_OF_TRAINING = ("num_steps", "record_every", "error_growth", "attempts", "attempt_growth")
OF_THE_OPTIMIZER = ("optimizer", "precision", *_OF_TRAINING)
"""What follows from the optimiser, and not from the network."""

NOISE_WITH_DELAYS = 1e-3
"""On what is heard: the delayed observations of an orbit fill no more dimensions than it does, and directions beside
those have to contract."""

MEMORY_GROWTH = 3.0
"""Of Gauss–Newton steps from attempt to attempt: what is rare in the data, as spikes are, is in few batches."""

LONGEST_NEWTON_INTERVAL = 12
"""Slow systems have long intervals: longer ones teach Gauss–Newton steps no more, and make each dearer."""


def descent(dimension: int) -> Recipe:
    """For data of so many dimensions, a unit for each at least: fewer would see a projection of them."""
    units = max(DESCENT.hidden_size, dimension)
    return DESCENT._replace(hidden_size=units, layer_size=max(DESCENT.layer_size, _LAYER_OF_A_UNIT * units))


def filled(settings: Settings, recipe: Recipe) -> Settings:
    """The settings with what the recipe says wherever they say auto."""
    model, training = settings.model, settings.training
    given, delays = recipe._asdict(), recipe.delays
    model = dataclasses.replace(
        model,
        embedding_dimension=_or(model.embedding_dimension, delays.number),
        embedding_lag=_or(model.embedding_lag, delays.lag),
    )
    if delays.axes is not None:
        model = dataclasses.replace(model, embedding_axes=_or(model.embedding_axes, delays.axes))
    if model.cell.arguments.get("layer_size", "auto") != "auto" or training.num_steps != "auto":
        given["attempt_growth"] = 1.0  # what is asked for stays as it is
    noise = NOISE_WITH_DELAYS if model.past.number > 1 else 0.0
    regularization = settings.protocol.regularization
    regularization = dataclasses.replace(regularization, input_noise=_or(regularization.input_noise, noise))
    return dataclasses.replace(
        settings,
        precision=_or(settings.precision, recipe.precision),
        protocol=dataclasses.replace(settings.protocol, regularization=regularization),
        model=dataclasses.replace(
            model,
            cell=_with_sizes(model.cell, recipe),
            observation=_or(model.observation, recipe.observation),
        ),
        optimizer=_with_optimizer(settings.optimizer, recipe.optimizer),
        training=dataclasses.replace(
            training,
            **{name: _or(getattr(training, name), given[name]) for name in _OF_TRAINING},
        ),
    )


def grown(settings: Settings, attempt: int) -> Settings:
    """Those of a later attempt: more steps, which remember more batches, and a larger layer where there is one."""
    training, cell = settings.training, settings.model.cell
    factor = 1.0 if training.attempt_growth == "auto" else training.attempt_growth ** (attempt - 1)
    if factor == 1:
        return settings
    training = dataclasses.replace(training, num_steps=round(factor * chosen(training.num_steps)))
    size = cell.arguments.get("layer_size")
    if isinstance(size, int):
        cell = dataclasses.replace(cell, arguments={**cell.arguments, "layer_size": round(factor * size)})
    model = dataclasses.replace(settings.model, cell=cell)
    optimizer = _remembering(settings.optimizer, MEMORY_GROWTH ** (attempt - 1))
    return dataclasses.replace(settings, training=training, model=model, optimizer=optimizer)


def _remembering(optimizer: OptimizerSettings, factor: float) -> OptimizerSettings:
    """Gauss–Newton steps with so many times the memory, unless one is given."""
    if optimizer.name != "gauss_newton" or "memory" in optimizer.options:
        return optimizer
    return dataclasses.replace(optimizer, options={**optimizer.options, "memory": factor * MEMORY})


def grown_in_words(settings: Settings, attempt: int) -> str:
    """What is larger in a later attempt, as in `, with a layer of 70 and 1120 steps`; nothing where nothing is."""
    found = grown(settings, attempt)
    if found is settings:
        return ""
    layer = found.model.cell.arguments.get("layer_size")
    sizes = [f"a layer of {layer}"] if isinstance(layer, int) else []
    return f", with {' and '.join([*sizes, f'{found.training.num_steps} steps'])}"


def _with_sizes(cell: Component, recipe: Recipe) -> Component:
    """The sizes and the start of a shallow network, or its kind; other models have none that are chosen."""
    if find_class(cell.target, "model") is not ShallowRNN:
        return cell
    wanted = {name: getattr(recipe, name) for name in ("hidden_size", "layer_size", "initial")}
    sizes = {name: _or(cell.arguments.get(name, "auto"), value) for name, value in wanted.items()}
    if recipe.kinked and may_have_kinks(cell):
        sizes.pop("initial")
        return Component(_PIECEWISE_LINEAR, {**sizes, "clipped": False})
    return dataclasses.replace(cell, arguments={**cell.arguments, **sizes})


def may_have_kinks(cell: Component) -> bool:
    """Whether nothing was asked of a smooth layer beside its size."""
    usual = {"activation": "silu", "bounded": False, "initial": "auto"}
    return all(cell.arguments.get(name, value) == value for name, value in usual.items())


def _with_optimizer(optimizer: OptimizerSettings, name: str) -> OptimizerSettings:
    """Of an automatic one its name, and for Gauss–Newton steps none of the settings that are adamw's."""
    if optimizer.name != "auto":
        return optimizer
    return OptimizerSettings(name) if name == "gauss_newton" else dataclasses.replace(optimizer, name=name)


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value == "auto" else value
