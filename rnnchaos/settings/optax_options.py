"""The optimisers and learning-rate schedules of optax by their names there, and what a config can set of them."""

import collections.abc
import functools
import inspect
import operator
import types
import typing
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, Literal, Union

import jax
import optax
import optax.contrib

from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.settings.coerce import arguments
from rnnchaos.training.gauss_newton import MEMORY

# Not whole optimisers; and schedule-free ones, which would have to be measured at other weights than they train.
_NO_OPTIMIZERS = ("_", "scale_by_", "schedule_free")
_SCHEDULE_ENDINGS = ("_schedule", "_decay")
# What `final_learning_rate` sets, the first that a schedule has: the first two as shares of the learning rate.
_ENDS = ("alpha", "decay_rate", "end_value")
# Required by optax, and known here: steps are those of training, and what rises to a peak begins at 0.
_FILLED = ("decay_steps", "transition_steps", "init_value")


def find_optimizer(name: str) -> Callable[..., optax.GradientTransformation]:
    """The public function of optax, or of optax.contrib, that makes an optimiser of a learning rate."""
    return _find(
        name, _optimizers() | _OWN, "optimizer.name must be an optimiser of optax, gauss_newton or auto"
    )


def gauss_newton(
    learning_rate: float, damping: float = 1.0, memory: float = MEMORY
) -> optax.GradientTransformation:
    """No optimiser of a gradient but `rnnchaos.training.GaussNewton`: here for its settings."""
    raise ConfigError("optimizer.name=gauss_newton is no optimiser of optax")


_OWN: dict[str, Callable[..., optax.GradientTransformation]] = {
    "gauss_newton": gauss_newton,
    "auto": optax.adamw,
}
"""Names that are no optax's: the second stands for one of two, and has the settings of that which has any."""


def owner_of(name: str) -> str:
    """Whose settings an optimiser of this name has."""
    if name == "auto":
        return "optax.adamw, which auto stands for unless it is gauss_newton"
    return name if name in _OWN else f"optax.{name}"


@functools.cache
def _optimizers() -> dict[str, Callable[..., optax.GradientTransformation]]:
    return {
        found: member
        for module in (optax.contrib, optax)
        for found, member in vars(module).items()
        if (inspect.isfunction(member) or isinstance(member, functools.partial))
        and not found.startswith(_NO_OPTIMIZERS)
        and next(iter(inspect.signature(member).parameters), None) == "learning_rate"
    }


def seeing_arrays(optimizer: optax.GradientTransformation) -> optax.GradientTransformation:
    """The optimiser over the arrays of a network alone, as a tuple: galore takes a part that is None for an array."""
    inner = optax.with_extra_args_support(optimizer)

    def init(params: optax.Params) -> optax.OptState:
        return inner.init(tuple(jax.tree.leaves(params)))

    def update(
        updates: optax.Updates, state: optax.OptState, params: optax.Params | None = None, **extra: Any
    ) -> tuple[optax.Updates, optax.OptState]:
        leaves, structure = jax.tree.flatten(updates)
        given = None if params is None else tuple(jax.tree.leaves(params))
        found, state = inner.update(tuple(leaves), state, given, **extra)
        return jax.tree.unflatten(structure, found), state

    return optax.GradientTransformationExtraArgs(init, update)


def find_schedule(name: str) -> Callable[..., optax.Schedule]:
    """The schedule of optax of this name; `_schedule` and `_decay` at its end may be left out."""
    known = {}
    for found, member in vars(optax.schedules).items():
        if inspect.isfunction(member) and found.endswith(_SCHEDULE_ENDINGS):
            for ending in _SCHEDULE_ENDINGS:
                known[found] = member
                found = found.removesuffix(ending)
            known[found] = member
    return _find(name, known, "optimizer.schedule must be a schedule of optax")


def takes_schedule(optimizer: Callable[..., Any]) -> bool:
    """Whether the learning rate of an optimiser may change over training."""
    annotation = inspect.signature(optimizer, eval_str=True).parameters["learning_rate"].annotation
    return any(
        typing.get_origin(member) is collections.abc.Callable for member in typing.get_args(annotation)
    )


def set_by(schedule: Callable[..., Any], *, ends: bool) -> dict[str, str]:
    """`{parameter: setting}` of what settings of every optimiser give to a schedule, its end where it `ends`."""
    names = inspect.signature(schedule).parameters
    candidates = {
        "learning_rate": ("peak_value", "init_value", "value"),
        "final_learning_rate": _ENDS if ends else (),
        "warmup_steps": ("warmup_steps",),
    }
    found = {}
    for setting, parameters in candidates.items():
        for first in [name for name in parameters if name in names][:1]:
            found[first] = setting
    return found


def read_schedule_options(name: str, given: Mapping[str, Any], *, ends: bool) -> dict[str, Any]:
    """The options of a schedule, checked, where `final_learning_rate` `ends` it or not.

    Raises ConfigError for an unknown, missing or unfit option, and for an end that it cannot have or needs.
    """
    schedule, key = find_schedule(name), "optimizer.schedule_options"
    fixed = set_by(schedule, ends=ends)
    if ends and "final_learning_rate" not in fixed.values():
        raise ConfigError(f"optimizer.final_learning_rate cannot be set with optimizer.schedule={name}")
    accepted = options(schedule, ignore=fixed)
    for option, (annotation, required) in accepted.items():
        if required and option in _ENDS and option not in given:
            raise ConfigError(f"optimizer.final_learning_rate must be given with optimizer.schedule={name}")
        accepted[option] = (annotation, required and option not in _FILLED)
    for option in given:
        if option in fixed:
            raise ConfigError(f"{key}.{option} is set by optimizer.{fixed[option]}")
    return arguments(given, accepted, key, owner=f"optax.{schedule.__name__}")


def options(function: Callable[..., Any], *, ignore: Container[str]) -> dict[str, tuple[Any, bool]]:
    """`{name: (annotation, required)}` of the parameters of a function of optax that a config can express."""
    found = {}
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        annotation = _of_config(parameter.annotation)
        if name not in ignore and annotation is not None:
            # optax annotates counts as numbers of any kind; their defaults tell them apart.
            other = float if type(parameter.default) is int else int
            kinds = _members(annotation)
            if {int, float} <= {*kinds}:
                annotation = _either([kind for kind in kinds if kind is not other])
            found[name] = (annotation, parameter.default is inspect.Parameter.empty)
    return found


def _of_config(annotation: Any) -> Any:
    """The part of an annotation that YAML can express, or None: int | float of a number, an array or a schedule."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in (bool, int, float, str, types.NoneType) or origin is Literal:
        return annotation
    parts = [part for part in map(_of_config, arguments) if part is not None]
    if origin in (Union, types.UnionType):
        kinds = [kind for part in dict.fromkeys(parts) for kind in _members(part)]
        if float in kinds:
            kinds = [int, *(kind for kind in kinds if kind not in (bool, int))]
        return _either(kinds) if {*kinds} - {types.NoneType} else None
    if origin is dict and len(parts) == 2:
        return dict[parts[0], parts[1]]
    if origin in (tuple, collections.abc.Iterable) and parts:
        return tuple[_either(parts), ...]  # type: ignore[misc]
    return None


def _members(annotation: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(annotation) in (Union, types.UnionType)
    return typing.get_args(annotation) if is_union else (annotation,)


def _either(kinds: Sequence[Any]) -> Any:
    return functools.reduce(operator.or_, kinds)


def _find(name: str, known: Mapping[str, Any], demand: str) -> Any:
    if name not in known:
        raise ConfigError(f"{demand}, got {name!r}{did_you_mean(name, [*known])}")
    return known[name]
