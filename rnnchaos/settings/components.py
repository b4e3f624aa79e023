"""Config nodes with a `_target_`: which classes they may name, and which keys those classes take."""

import importlib
import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

from rnnchaos import plugins
from rnnchaos.errors import ConfigError
from rnnchaos.nearest import did_you_mean
from rnnchaos.settings.coerce import arguments, parameters
from rnnchaos.settings.groups import Component, TauRule


class _Group(NamedTuple):
    bases: tuple[str, ...]
    """Dotted names of the classes that a `_target_` of this group must derive from."""
    supplied: tuple[str, ...] = ()
    """Parameters that are no settings, because the program supplies them."""
    rules: Mapping[str, Any] = {}
    """Parameters that may also be left to the program, and the words for how it finds them."""


GROUPS = {
    "dataset": _Group(
        (
            "rnnchaos.systems.AbstractSystem",
            "rnnchaos.data.SeriesFile",
            "rnnchaos.data.DystsSeries",
            "rnnchaos.equations.EquationsFile",
        )
    ),
    "model": _Group(("rnnchaos.models.AbstractCell",), supplied=plugins.SUPPLIED["model"]),
    "protocol": _Group(
        ("rnnchaos.protocols.AbstractProtocol", "rnnchaos.training.Regression"),
        supplied=("window",),
        rules={"tau": TauRule},
    ),
    "logging": _Group(("rnnchaos.sinks.AbstractSink",)),
}


def find_class(target: str, group: str) -> type:
    """The class that `target` names, if it is one that `group` may use.

    Nothing is imported but the group's own packages and what the user has named or installed as plugins, so that a
    config read from a file can run no code.
    """
    if (named := _named(target, group)) is not None:
        return named
    if (outside := plugins.find(target, group)) is not None:
        return outside
    where = " or ".join(_packages(group))
    raise ConfigError(
        f"{group}._target_ must be a {group} class of {where}, got {target!r}"
        + did_you_mean(target, [*classes(group)])
    )


def classes(group: str) -> dict[str, type]:
    """The classes that a config may name in a group, by their dotted names."""
    targets = [
        f"{package}.{name}"
        for package in _packages(group)
        for name in importlib.import_module(package).__all__
    ]
    return {target: named for target in targets if (named := _named(target, group)) is not None}


def _named(target: str, group: str) -> type | None:
    """The class of that name, if a config may name it; others of its package are not imported for it."""
    package, _, name = target.rpartition(".")
    if package not in _packages(group) or name not in importlib.import_module(package).__all__:
        return None
    member, bases = _import(target), tuple(_import(base) for base in GROUPS[group].bases)
    allowed = inspect.isclass(member) and issubclass(member, bases) and not name.startswith("Abstract")
    return member if allowed else None


def accepted(owner: type, group: str) -> dict[str, tuple[Any, bool]]:
    """`{name: (annotation, required)}` of the settings that a class of a group takes."""
    rules = GROUPS[group]
    found = parameters(owner, ignore=rules.supplied)
    for name, words in rules.rules.items():
        if name in found:
            annotation, required = found[name]
            found[name] = (annotation | words, required)
    return found


def component(
    node: Mapping[str, Any], group: str, shared: Mapping[str, tuple[Any, bool]]
) -> tuple[Component, dict[str, Any]]:
    """The node's class with its arguments, and the values of the settings that all of the group `shared`."""
    if "_target_" not in node:
        raise ConfigError(f"{group}._target_ must be given: the class that {group} stands for")
    target = str(node["_target_"])
    own = accepted(find_class(target, group), group)
    rest = {name: value for name, value in node.items() if name != "_target_"}
    values = arguments(rest, {**own, **shared}, group, owner=target)
    given = inspect.signature(find_class(target, group)).parameters
    complete = {name: values.get(name, given[name].default) for name in own}
    return (
        Component(target, complete),
        {name: value for name, value in values.items() if name not in own},
    )


def _packages(group: str) -> list[str]:
    return list(dict.fromkeys(base.rpartition(".")[0] for base in GROUPS[group].bases))


def _import(name: str) -> type:
    package, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(package), attribute)
