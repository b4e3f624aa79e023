"""The list of all diagnostics: those of this package, and those of plugins. Imports no JAX.

Commands, help, completion, the settings below `diagnostics`, and what a training measures follow from it.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, cast

from rnnchaos import plugins
from rnnchaos.diagnostics.base import AbstractDiagnostic, check
from rnnchaos.diagnostics.settings import DiagnosticsSettings, FreeRunSettings
from rnnchaos.errors import ConfigError

_OWN = (
    "rnnchaos.diagnostics.evaluate.Evaluate",
    "rnnchaos.diagnostics.lyapunov.Lyapunov",
    "rnnchaos.diagnostics.gradients.Gradients",
    "rnnchaos.diagnostics.cycles.Cycles",
    "rnnchaos.diagnostics.bifurcation.Bifurcations",
    "rnnchaos.diagnostics.judge.Judge",
)
_SHARED = {field.name: field.default_factory for field in dataclasses.fields(DiagnosticsSettings)}

_listed: dict[str, type[AbstractDiagnostic]] = {}


def register(diagnostic: type[AbstractDiagnostic]) -> None:
    """Add a diagnostic to the list. Raises ConfigError for a class that is none, or whose name is taken."""
    _check(diagnostic)
    if diagnostic.name in _listed:
        raise ConfigError(f"class {diagnostic.__name__}: there is a diagnostic {diagnostic.name} already")
    _listed[diagnostic.name] = diagnostic


def at_hand() -> tuple[type[AbstractDiagnostic], ...]:
    """Those that are imported already: not those of plugins."""
    return tuple(_listed.values())


def names() -> tuple[str, ...]:
    """Of all diagnostics. Raises ConfigError for a plugin that the user has named, and that does not import."""
    return (*_listed, *plugins.choices("diagnostic"))


def find(name: str) -> type[AbstractDiagnostic]:
    """The diagnostic of one of the `names`.

    Raises ConfigError for one of a plugin that is none, or whose name is taken.
    """
    outside = plugins.choices("diagnostic")
    if name not in outside:
        return _listed[name]
    loaded, origin = outside[name].load()
    diagnostic = cast(type[AbstractDiagnostic], loaded)
    if name in _listed or diagnostic.name != name:
        raise ConfigError(f"{origin.name}: the name of {diagnostic.__name__} must be {name}, and no other's")
    _check(diagnostic)
    return diagnostic


def _check(diagnostic: type[AbstractDiagnostic]) -> None:
    check(diagnostic)
    if _SHARED.get(diagnostic.group_name(), diagnostic.settings) is not diagnostic.settings:
        raise ConfigError(f"class {diagnostic.__name__}: diagnostics.{diagnostic.group_name()} is taken")


def diagnostics() -> Iterator[type[AbstractDiagnostic]]:
    """All of them."""
    return (find(name) for name in names())


def settings_classes() -> Mapping[str, type]:
    """The classes of all settings below `diagnostics`, by their groups: of what is shared first, under no name."""
    return {"": DiagnosticsSettings, "free_run": FreeRunSettings} | dict(_groups())


def setting_names() -> list[str]:
    """The full names of all settings below `diagnostics` of the diagnostics that are at hand."""
    found = {"": DiagnosticsSettings, "free_run": FreeRunSettings}
    found |= {each.group_name(): each.settings for each in at_hand() if each.settings is not None}
    return [
        ".".join(filter(None, ("diagnostics", group, field.name)))
        for group, settings in found.items()
        for field in dataclasses.fields(settings)
        if field.name not in found
    ]


def settings_class() -> type[DiagnosticsSettings]:
    """The settings below `diagnostics` as one class, with a field for the group of each diagnostic, of plugins, too."""
    return _composed(_groups())


def settings_of(**groups: Any) -> DiagnosticsSettings:
    """Settings below `diagnostics`, from the groups and values that are not as by default."""
    return settings_class()(**groups)


def _groups() -> tuple[tuple[str, type], ...]:
    found = {each.group_name(): each.settings for each in diagnostics() if each.settings is not None}
    return tuple(found.items())


@functools.cache
def _composed(groups: tuple[tuple[str, type], ...]) -> type[DiagnosticsSettings]:
    fields = [
        (name, group, dataclasses.field(default_factory=group))
        for name, group in groups
        if name not in _SHARED
    ]
    own = {"__reduce__": _reduced, "__doc__": DiagnosticsSettings.__doc__}
    return dataclasses.make_dataclass(
        "DiagnosticsSettings", fields, bases=(DiagnosticsSettings,), namespace=own, frozen=True
    )


def _reduced(settings: DiagnosticsSettings) -> tuple[Callable[..., DiagnosticsSettings], tuple[Any, ...]]:
    # The class stands in no module, where another process could find it.
    return _rebuilt, ({each.name: getattr(settings, each.name) for each in dataclasses.fields(settings)},)


def _rebuilt(values: Mapping[str, Any]) -> DiagnosticsSettings:
    return settings_of(**values)


def _own(target: str) -> type[AbstractDiagnostic]:
    module, _, name = target.rpartition(".")
    return getattr(import_module(module), name)


for _target in _OWN:
    register(_own(_target))
