"""What a run takes of memory, from shapes alone: what does not fit is refused before anything is computed or written.

Estimates, not bounds: they tell what is too large by far. Each class says what its own arrays take.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import equinox as eqx
import jax

from rnnchaos.data import SeriesFile, Source, lengths_of_orbit
from rnnchaos.diagnostics import diagnostics
from rnnchaos.diagnostics.sizes import Measured, arrays_of
from rnnchaos.memory import Part, require
from rnnchaos.models import Network
from rnnchaos.settings.index import settings_of
from rnnchaos.settings.schema import Component, Settings, SystemSettings, WeightsSettings
from rnnchaos.systems import AbstractSystem
from rnnchaos.training import AbstractTrainer

AnySettings = Settings | SystemSettings | WeightsSettings

_FLOAT = 8
# A series as it was integrated, as it is observed and on the device; scaled, it is embedded.
_COPIES_OF_SERIES = 3
# Weights and all that goes with them: before a step and after it, their gradient, and those to keep.
_COPIES_OF_STATE = 4
# Those of a dataset that say how many dimensions a network observes.
_SHAPE = ("dataset.embedding_dimension", "dataset.size")
# A cell of a sweep with its config: in memory, and in the plan that is written.
_CELL = 20_000


def check_training(
    settings: Settings, source: Source, dimension: int, network: Network, trainer: AbstractTrainer
) -> None:
    """Raise SettingError where a training, with all that is measured after it, does not fit into memory.

    `network` may have shapes in place of weights; it observes `dimension` dimensions.
    """
    asked = [each.name for each in diagnostics() if each.measures_training()]
    _check(
        settings,
        [
            *_of_data(settings, source),
            *_of_training(settings, network, trainer, dimension),
            *_of_diagnostics(settings, network.state_size, dimension, asked),
        ],
    )


def check_data(settings: Settings | SystemSettings, source: Source) -> None:
    """Raise SettingError where the series of a source do not fit into memory."""
    _check(settings, list(_of_data(settings, source)))


def check_run(settings: Settings, network: Network, dimension: int, diagnostic: str) -> None:
    """Raise SettingError where a diagnostic of a stored network does not fit into memory."""
    _check(settings, list(_of_diagnostics(settings, network.state_size, dimension, [diagnostic])))


def check_source(settings: SystemSettings, source: Source, diagnostic: str) -> None:
    """Raise SettingError where the series of a source and a diagnostic of it do not fit into memory."""
    state, axes = (source.dimension, source.num_axes) if isinstance(source, AbstractSystem) else (1, 1)
    _check(settings, [*_of_data(settings, source), *_of_diagnostics(settings, state, axes, [diagnostic])])


def check_weights(settings: WeightsSettings, state_size: int, diagnostic: str) -> None:
    """Raise SettingError where a diagnostic of a network of `state_size` dimensions does not fit into memory."""
    _check(settings, list(_of_diagnostics(settings, state_size, state_size, [diagnostic])))


def check_forecast(num_steps: int, dimension: int) -> None:
    """Raise SettingError where the rows of a forecast do not fit into memory."""
    # As states and observations, in both units, and as text.
    size = num_steps * (dimension + 1) * 10 * _FLOAT
    require([Part("the forecast", size, ("num_steps",))], {"num_steps": num_steps}, usual={})


def check_ensemble(settings: Settings) -> None:
    """Raise SettingError where the cells of so many seeds do not fit into memory."""
    size = settings.ensemble.seeds * _CELL
    _check(settings, [Part("the plan of the cells", size, ("ensemble.seeds",))])


def _check(settings: AnySettings, parts: Sequence[Part]) -> None:
    require(parts, dict(_numbers(settings)), usual=_usual(settings))


def _of_data(settings: Settings | SystemSettings, source: Source) -> Iterator[Part]:
    if isinstance(source, SeriesFile):  # as large as the file
        return
    preparation = settings.dataset.preparation
    repeats = preparation.embedding_dimension
    copies = _COPIES_OF_SERIES + (1 if repeats == "auto" else repeats)
    seen = sum(lengths_of_orbit(preparation)) * source.num_axes
    yield Part("the data", seen * copies * _FLOAT, ("dataset",))
    if isinstance(source, AbstractSystem):
        state = source.dimension * _COPIES_OF_STATE * _FLOAT
        yield Part("the state of the system", state, ("dataset",))
    added = preparation.off_attractor_orbits * preparation.off_attractor_steps * source.num_axes
    yield Part("the orbits from off the attractor", added * copies * _FLOAT, ("dataset",))


def _of_training(
    settings: Settings, network: Network, trainer: AbstractTrainer, dimension: int
) -> Iterator[Part]:
    training, ensemble = settings.training, settings.ensemble
    together = ensemble.seeds if ensemble.form == "batch" else 1
    size = together * (_FLOAT if settings.is_double else _FLOAT // 2)
    state = eqx.filter_eval_shape(trainer.init, network, key=jax.random.key(0))
    numbers = sum(leaf.size for leaf in jax.tree.leaves(state) if hasattr(leaf, "size"))
    what = "the weights, with what the optimizer keeps of them"
    yield Part(what, numbers * _COPIES_OF_STATE * size, ("model", "optimizer", "ensemble", *_SHAPE))
    step = trainer.numbers_of_step(network, dimension)
    yield Part(
        "a batch with its gradients", step * size, ("model", "training", "ensemble", "protocol", *_SHAPE)
    )
    for name, penalty in settings.protocol.regularization.all_penalties.items():
        numbers = penalty.numbers(network, dimension)
        yield Part(f"the penalty {name}", numbers * size, ("model", f"protocol.{name}", "ensemble", *_SHAPE))
    steps = (
        trainer.num_steps
        if training.record_every == "auto"
        else min(training.record_every, trainer.num_steps)
    )
    yield Part("what is recorded of each step", 8 * steps * size, ("training", "ensemble"))


def _of_diagnostics(
    settings: AnySettings, state: int, dimension: int, asked: Collection[str]
) -> Iterator[Part]:
    of_data = settings.dataset if isinstance(settings, Settings | SystemSettings) else None
    measured = Measured(state, dimension, 0)
    if of_data is not None:
        preparation = of_data.preparation
        measured = Measured(state, dimension, preparation.test_length or 0, preparation.transient)
    for what, numbers, groups in arrays_of(settings.diagnostics, measured, asked):
        own = tuple(f"diagnostics.{group}" for group in groups)
        yield Part(what, numbers * _FLOAT, (*own, "model", "dataset"))


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """All numbers among the settings, by their full names."""
    if isinstance(value, Component):
        yield from _numbers(value.arguments, name)
    elif dataclasses.is_dataclass(value) or isinstance(value, Mapping):
        entries = value if isinstance(value, Mapping) else vars(value)
        for key, entry in entries.items():
            # Of a group, `dataset.source.size` is written `dataset.size`.
            inner = name if key in _UNSAID and name in _GROUPS else f"{name}.{key}" if name else str(key)
            yield from _numbers(entry, inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value


# What stands between a group and its settings in Python alone.
_GROUPS = ("dataset", "model", "protocol", "optimizer")
_UNSAID = ("source", "preparation", "cell", "forcing", "regularization", "options")


def _usual(settings: AnySettings) -> dict[str, float]:
    """The defaults of all that have a number for one, by their full names."""
    owners = [("", "train"), *((group, group) for group in _GROUPS)]
    if isinstance(settings, Settings):
        owners += [
            ("model", settings.model.cell.target),
            ("protocol", settings.protocol.forcing.target),
        ]
    if isinstance(settings, Settings | SystemSettings):
        owners.append(("dataset", settings.dataset.source.target))
    return {
        ".".join(filter(None, (group, key))): setting.default
        for group, owner in owners
        for key, setting in settings_of(owner).items()
        if isinstance(setting.default, int | float) and setting.default > 0
    }
