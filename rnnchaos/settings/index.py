"""Every setting with its default, bound, unit and help, at hand without importing a class: for TAB, help and docs.

`python -m rnnchaos.settings.declarations` writes index.json and docs/settings.md anew from the classes.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("index.json")


class Setting(NamedTuple):
    """What a class declares of one setting."""

    key: str
    """Within its group, such as `lyapunov.num_steps` of diagnostics."""
    accepts: str
    """In words: `a whole number or "auto"`."""
    must: str
    """Its bound: `be at least 1 step`."""
    help: str
    required: bool
    default: Any = None

    @property
    def shown(self) -> str:
        """The default as it is written in a config."""
        return "???" if self.required else written(self.default)


@functools.cache
def settings_of(owner: str) -> Mapping[str, Setting]:
    """The settings of a class by its dotted name, of a group (`dataset`: what all of it share), or of a command.

    Empty for an owner that is not in the index.
    """
    return {key: Setting(key, **entry) for key, entry in _stored().get(owner, {}).items()}


def defaults_of(owner: str) -> dict[str, Any]:
    """The defaults of an owner's settings, nested as in a config, with ??? for what must be given."""
    nested: dict[str, Any] = {}
    for setting in settings_of(owner).values():
        *parents, leaf = setting.key.split(".")
        node = nested
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = "???" if setting.required else setting.default
    return nested


def written(value: Any) -> str:
    """A plain value as YAML has it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(written, value))}]"
    return str(value)


@functools.cache
def _stored() -> dict[str, dict[str, dict[str, Any]]]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def owners() -> Iterator[str]:
    """Commands, groups and classes that have settings."""
    yield from _stored()
