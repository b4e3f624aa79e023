"""Which numbers of an optimiser's settings are data of the training program; the others say what it is."""

import dataclasses
import functools
from collections.abc import Callable, Iterable
from typing import Any

import jax
import optax

from rnnchaos.settings.groups import OptimizerSettings
from rnnchaos.training import Numbers, Optimizer

Making = Callable[[OptimizerSettings, int], optax.GradientTransformation]
"""Of settings, and of the optimiser steps of the training."""

_OF_ALL = ("learning_rate", "final_learning_rate", "clip_norm", "clip_value")
# Any that is within all bounds.
_SOME = 0.5
SHAPES = {"matrix": jax.ShapeDtypeStruct((2, 2), "float32"), "vector": jax.ShapeDtypeStruct((2,), "float32")}
"""Of weights to try an optimiser on, of which none are computed."""
# As `jnp.asarray` of a number: it takes the precision of what it meets.
_NUMBER = jax.ShapeDtypeStruct((), "float64", weak_type=True)


def with_numbers_as_data(make: Making, settings: OptimizerSettings, num_steps: int) -> Optimizer:
    """The optimiser that is made of the settings, with every number as data for which optax takes an array."""
    numbers = _numbers(settings)
    taken = _taken(_Made(make, _with(settings, dict.fromkeys(numbers, _SOME)), num_steps), tuple(numbers))
    made = _Made(make, _with(settings, dict.fromkeys(taken, _SOME)), num_steps)
    return Optimizer(made, {name: numbers[name] for name in taken})


class _Made:
    """Makes an optimiser of its numbers, and is equal to another that makes the same of the same numbers."""

    def __init__(self, make: Making, settings: OptimizerSettings, num_steps: int) -> None:
        self.make, self.settings, self.num_steps = make, settings, num_steps
        self._key = make, repr(settings), num_steps

    def __call__(self, numbers: Numbers) -> optax.GradientTransformation:
        return self.make(_with(self.settings, numbers), self.num_steps)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Made) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def _numbers(settings: OptimizerSettings) -> dict[str, float]:
    """Those that are set: of every optimiser, and of this one by the names of optax."""
    found = {name: getattr(settings, name) for name in _OF_ALL} | dict(settings.options)
    return {name: value for name, value in found.items() if type(value) is float}


def _with(settings: OptimizerSettings, numbers: Numbers) -> OptimizerSettings:
    of_all: dict[str, Any] = {name: value for name, value in numbers.items() if name in _OF_ALL}
    own = {name: value for name, value in numbers.items() if name not in _OF_ALL}
    return dataclasses.replace(settings, **of_all, options={**settings.options, **own})


@functools.cache
def _taken(made: _Made, names: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers with an array in whose place an optimiser does what it did, in the same precision."""

    def step(numbers: Numbers, weights: Any) -> Any:
        optimizer = made(numbers)
        return optimizer.update(weights, optimizer.init(weights), weights)

    def outcome(arrays: Iterable[str]) -> Any:
        try:
            return jax.eval_shape(step, dict.fromkeys(arrays, _NUMBER), SHAPES)
        except Exception:  # it looks at a number, or does not work at all, which is said elsewhere
            return None

    with jax.enable_x64(True):
        usual = outcome(())
        if usual is None or outcome(names) == usual:
            return () if usual is None else names
        return tuple(name for name in names if outcome((name,)) == usual)
