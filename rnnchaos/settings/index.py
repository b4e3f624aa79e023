"""Every setting with its default, bound, unit and help, at hand without importing a class: for TAB, help and docs.

`python -m rnnchaos.settings.declarations` writes index.json and docs/settings.md anew from the classes.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("index.json")
_PATHS = "a list of paths or names"
_SINKS = "rnnchaos.sinks."


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
    def words(self) -> list[str]:
        """The values that can be named: those of a choice, true and false, null."""
        kinds = {"true or false": ["true", "false"], "null": ["null"]}
        named = [word for kind, words in kinds.items() if kind in self.accepts for word in words]
        return re.findall(r'"([^"]+)"', self.accepts) + named

    @property
    def shown(self) -> str:
        """The default as it is written in a config."""
        return "???" if self.required else written(self.default)

    @property
    def told(self) -> str:
        """The help and the bound, on one line."""
        bound = f"{self.must.removeprefix('be ')}." if self.must else ""
        return f"{self.help} {bound[:1].upper()}{bound[1:]}".strip()


@functools.cache
def settings_of(owner: str) -> Mapping[str, Setting]:
    """The settings of a class by its dotted name, of a group (`dataset`: what all of it share), or of a command.

    Empty for an owner that is not in the index.
    """
    return {key: Setting(key, **entry) for key, entry in _stored().get(owner, {}).items()}


def is_known(owner: str) -> bool:
    """Whether the index has an owner."""
    return owner in _stored()


@functools.cache
def paths() -> frozenset[str]:
    """The full keys of the settings that are paths, such as `outputs` and `dataset.path`."""
    accepts = {key: said.replace(_PATHS, "") for key, said in _accepted()}
    return frozenset(key for key, said in accepts.items() if "a path" in said and "a list" not in said)


@functools.cache
def path_lists() -> frozenset[str]:
    """Those of them that may also be a list of paths, such as `dataset.path`."""
    return frozenset(key for key, said in _accepted() if _PATHS in said)


def _accepted() -> Iterator[tuple[str, str]]:
    for owner, settings in _stored().items():
        group = "" if "." not in owner else "logging." if owner.startswith(_SINKS) else "dataset."
        yield from ((group + key, entry["accepts"]) for key, entry in settings.items())


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
