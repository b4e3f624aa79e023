"""What a run takes of memory and time, from shapes alone: what does not fit, or would never end, is refused.

Before anything is computed or written. Estimates, not bounds: they tell what is too large by far. Each class says what
its own arrays take. What is to be said of the time is given back: None where it is short.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import equinox as eqx
import jax

from rnnchaos.data import SeriesFile, Source, lengths_of_orbit
from rnnchaos.diagnostics import diagnostics
from rnnchaos.diagnostics.durations import steps_of
from rnnchaos.diagnostics.sizes import Measured, arrays_of
from rnnchaos.duration import Work, require_end
from rnnchaos.memory import Part, require
from rnnchaos.models import Network
from rnnchaos.settings.groups import Component
from rnnchaos.settings.index import settings_of
from rnnchaos.settings.schema import Settings, SystemSettings, WeightsSettings
from rnnchaos.systems import AbstractSystem
from rnnchaos.training import AbstractTrainer

AnySettings = Settings | SystemSettings | WeightsSettings

_FLOAT = 8
# A series as it was integrated, as it is observed and on the device; scaled, it is embedded.
_COPIES_OF_SERIES = 3
# Weights and all that goes with them: before a step and after it, their gradient, and those to keep.
_COPIES_OF_STATE = 4
# Those of a dataset that say how many dimensions a network observes, and those of a model that add earlier ones.
_SHAPE = ("dataset.embedding_dimension", "dataset.size")
_DELAYS = "model.embedding_dimension"
# Seconds that one step takes at least, of the smallest network and of the smallest system, on any device.
_STEP, _SUBSTEP = 1e-6, 2e-7
# Forwards and backwards.
_PASSES = 2
# Spectra over training are shorter than the one at its end.
_SHORTER = 10


def check_training(
    settings: Settings,
    source: Source,
    dimension: int,
    network: Network,
    trainer: AbstractTrainer,
    *,
    rows: int | None = None,
) -> str | None:
    """Raise SettingError where a training, with all that is measured after it, does not fit or would never end.

    `network` may have shapes in place of weights; it observes `dimension` dimensions. `rows` are those of the training
    and test series, where they are known. One attempt counts: it has room, or takes time, for itself.
    """
    asked = [each.name for each in diagnostics() if each.measures_training()]
    if rows is None and not isinstance(source, SeriesFile):
        train, _, test, *_ = lengths_of_orbit(settings.dataset.preparation)
        rows = train + test
    said = _check(
        settings,
        [
            *_of_data(settings, source),
            *_of_training(settings, network, trainer, dimension, rows or 0),
            *_of_diagnostics(settings, network.state_size, dimension, asked),
        ],
        [
            *_time_of_data(settings, source),
            *_time_of_training(settings, trainer),
            *_time_of_diagnostics(settings, source, asked),
        ],
    )
    most = settings.training.attempts
    return said if said is None or most in ("auto", 1) else f"{said}; at most {most} attempts at it are made"


def check_data(settings: Settings | SystemSettings, source: Source) -> str | None:
    """Raise SettingError where the series of a source do not fit into memory, or would never end."""
    return _check(settings, list(_of_data(settings, source)), list(_time_of_data(settings, source)))


def check_run(
    settings: Settings, source: Source, network: Network, dimension: int, diagnostic: str
) -> str | None:
    """Raise SettingError where a diagnostic of a stored network does not fit into memory, or would never end."""
    parts = list(_of_diagnostics(settings, network.state_size, dimension, [diagnostic]))
    return _check(settings, parts, list(_time_of_diagnostics(settings, source, [diagnostic])))


def check_source(settings: SystemSettings, source: Source, diagnostic: str) -> str | None:
    """Raise SettingError where the series of a source and a diagnostic of it do not fit, or would never end."""
    state, axes = (source.dimension, source.num_axes) if isinstance(source, AbstractSystem) else (1, 1)
    return _check(
        settings,
        [*_of_data(settings, source), *_of_diagnostics(settings, state, axes, [diagnostic])],
        [*_time_of_data(settings, source), *_time_of_diagnostics(settings, source, [diagnostic])],
    )


def check_weights(settings: WeightsSettings, state_size: int, diagnostic: str) -> str | None:
    """Raise SettingError where a diagnostic of a network of `state_size` dimensions does not fit, or never ends."""
    parts = list(_of_diagnostics(settings, state_size, state_size, [diagnostic]))
    return _check(settings, parts, list(_time_of_diagnostics(settings, None, [diagnostic])))


def check_forecast(num_steps: int, dimension: int) -> None:
    """Raise SettingError where the rows of a forecast do not fit into memory."""
    # As states and observations, in both units, and as text.
    size = num_steps * (dimension + 1) * 10 * _FLOAT
    require([Part("the forecast", size, ("num_steps",))], {"num_steps": num_steps}, usual={})


def _check(settings: AnySettings, parts: Sequence[Part], works: Sequence[Work]) -> str | None:
    values, usual = dict(_numbers(settings)), _usual(settings)
    require(parts, values, usual=usual)
    return require_end(works, values, usual=usual)


def _of_data(settings: Settings | SystemSettings, source: Source) -> Iterator[Part]:
    if isinstance(source, SeriesFile):  # as large as the file
        return
    preparation = settings.dataset.preparation
    repeats = preparation.embedding_dimension
    copies = _COPIES_OF_SERIES + (repeats if isinstance(repeats, int) else 1)
    seen = sum(lengths_of_orbit(preparation)) * source.num_axes
    yield Part("the data", seen * copies * _FLOAT, ("dataset",))
    if isinstance(source, AbstractSystem):
        state = source.dimension * _COPIES_OF_STATE * _FLOAT
        yield Part("the state of the system", state, ("dataset",))
    added = preparation.off_attractor_orbits * preparation.off_attractor_steps * source.num_axes
    yield Part("the orbits from off the attractor", added * copies * _FLOAT, ("dataset",))


def _of_training(
    settings: Settings, network: Network, trainer: AbstractTrainer, dimension: int, rows: int
) -> Iterator[Part]:
    training, ensemble, past = settings.training, settings.ensemble, settings.model.past
    if past.number > 1:
        columns = dimension + (past.number - 1) * (dimension if past.axes is None else len(past.axes))
        # On the host, and on the device.
        yield Part("the delayed observations", 2 * rows * columns * _FLOAT, (_DELAYS, "dataset"))
        network, dimension = network.unfolded(), columns
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
    jacobians = together * trainer.bytes_of_jacobians(network, size // together)
    yield Part("the Jacobians of a batch", jacobians, ("model", "training", "ensemble", *_SHAPE))
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


def _time_of_data(settings: Settings | SystemSettings, source: Source) -> Iterator[Work]:
    if isinstance(source, AbstractSystem):
        preparation = settings.dataset.preparation
        steps = preparation.transient + sum(lengths_of_orbit(preparation)) + preparation.off_attractor_steps
        yield Work("the data", steps * _system_step(source), ("dataset",))


def _time_of_training(settings: Settings, trainer: AbstractTrainer) -> Iterator[Work]:
    window = trainer.steps_in_a_row
    yield Work(
        "the training", trainer.num_steps * window * _PASSES * _STEP, ("training", "protocol", "optimizer")
    )
    every = settings.diagnostics.spectrum_every
    if every is not None:
        spectra = trainer.num_steps / every * settings.diagnostics.lyapunov.num_steps / _SHORTER
        yield Work("the spectra over training", spectra * _STEP, ("diagnostics",))


def _time_of_diagnostics(
    settings: AnySettings, source: Source | None, asked: Collection[str]
) -> Iterator[Work]:
    of_data = settings.dataset if isinstance(settings, Settings | SystemSettings) else None
    test_length = 0 if of_data is None else of_data.preparation.test_length or 0
    of_system = _system_step(source) if isinstance(source, AbstractSystem) else 0.0
    for steps in steps_of(settings.diagnostics, Measured(1, 1, test_length), asked):
        own = tuple(f"diagnostics.{group}" for group in steps.settings)
        of_network = 0.0 if isinstance(settings, SystemSettings) else steps.network * _STEP
        yield Work(steps.what, of_network + steps.system * of_system, (*own, "dataset"))


def _system_step(system: AbstractSystem) -> float:
    """Seconds."""
    return _SUBSTEP * getattr(system, "substeps", 1)


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
