"""Which classes of a module a config can name, and what they have to be like."""

import inspect
import re
import typing
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from rnnchaos.errors import ConfigError

BASES = {
    "dataset": ("rnnchaos.systems.AbstractSystem",),
    "model": ("rnnchaos.models.AbstractCell",),
    "protocol": ("rnnchaos.protocols.AbstractProtocol",),
    "metric": ("rnnchaos.metrics.AbstractMetric",),
    "logging": ("rnnchaos.sinks.AbstractSink",),
    "diagnostic": ("rnnchaos.diagnostics.AbstractDiagnostic",),
}
"""What a class of each group derives from, by its dotted name."""

SUPPLIED = {"model": ("dimension", "num_inputs", "key")}
"""Parameters that are no settings, because the program supplies them."""


def classes_of(module: ModuleType) -> Iterator[tuple[str, type]]:
    """The final classes that a module, or a package, defines itself, each with its group.

    Raises ConfigError for one that cannot be built from settings, and where there is none.
    """
    found = False
    for member in list(vars(module).values()):
        own = inspect.isclass(member) and f"{member.__module__}.".startswith(f"{module.__name__}.")
        group = group_of(member) if own and not member.__name__.startswith(("Abstract", "_")) else None
        if group is not None:
            found = True
            check(member, group)
            yield group, member
    if not found:
        bases = [base.rpartition(".")[2] for group in BASES.values() for base in group]
        raise ConfigError(f"no class in it derives from {', '.join(bases[:-1])} or {bases[-1]}")


def group_of(member: type) -> str | None:
    """The group whose base a class derives from."""
    return next((group for group in BASES if issubclass(member, bases(group))), None)


def bases(group: str) -> tuple[type, ...]:
    """The classes of BASES themselves."""
    split = [base.rpartition(".") for base in BASES[group]]
    return tuple(getattr(import_module(module), name) for module, _, name in split)


def choice_name(member: type) -> str:
    """What is typed for a class: its own `name`, or the class's in snake case, MyFlow as my_flow."""
    own = member.__dict__.get("name")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", member.__name__)
    return own if isinstance(own, str) else words.lower()


def check(member: type, group: str) -> None:
    """Raise ConfigError for a class that cannot be built from settings."""
    said = f"class {member.__name__}"
    if group == "diagnostic":
        import_module("rnnchaos.diagnostics.base").check(member)
        return
    if undefined := {*getattr(member, "__abstractmethods__", ()), *getattr(member, "__abstractvars__", ())}:
        raise ConfigError(f"{said} does not define {', '.join(sorted(undefined))}")
    try:
        hints = typing.get_type_hints(member.__init__)  # type: ignore[misc]
    except (NameError, TypeError) as error:
        raise ConfigError(f"{said}: an annotation cannot be read: {error}") from error
    parameters = inspect.signature(member).parameters
    if group == "metric" and parameters:
        raise ConfigError(f"{said}: a metric has no settings, and takes no {', '.join(parameters)}")
    for name, parameter in parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ConfigError(f"{said}: {parameter} names no setting; list the parameters one by one")
        if name not in hints and name not in SUPPLIED.get(group, ()):
            raise ConfigError(
                f"{said}: the parameter {name} has no annotation; write {name}: float, or what it is"
            )
