"""What the classes declare, for the index of settings and their page in the docs.

`python -m rnnchaos.settings.declarations` writes both anew.
"""

import ast
import dataclasses
import inspect
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rnnchaos.data import Preparation
from rnnchaos.diagnostics import DiagnosticsSettings, settings_class
from rnnchaos.protocols import Regularization
from rnnchaos.setting import Declaration, declared
from rnnchaos.settings.coerce import describe, parameters
from rnnchaos.settings.components import GROUPS, accepted, classes
from rnnchaos.settings.groups import ModelSettings, OptimizerSettings
from rnnchaos.settings.index import FILE, Setting, written
from rnnchaos.settings.schema import JudgingSettings, Settings, SystemSettings, WeightsSettings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
_COMMANDS = {
    "train": Settings,
    "source": SystemSettings,
    "weights": WeightsSettings,
    "judge": JudgingSettings,
}
_SHARED = {
    "dataset": (Preparation, ()),
    "model": (ModelSettings, ("cell",)),
    "protocol": (Regularization, ()),
    "optimizer": (OptimizerSettings, ("options",)),
}


def write() -> None:
    """The index and the page of the docs, anew."""
    FILE.write_text(as_json(), encoding="utf-8")
    PAGE.write_text(as_markdown(), encoding="utf-8")


def as_json() -> str:
    """The text of the index."""
    found = {
        owner: {setting.key: _entry(setting) for setting in settings}
        for owner, settings in all_settings().items()
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def all_settings() -> dict[str, list[Setting]]:
    """The settings of every command, of what each group shares, and of every class that a config can name."""
    found = {name: list(_of(root, ignore=(*_SHARED, "logging"))) for name, root in _COMMANDS.items()}
    found |= {group: list(_of(owner, ignore=ignored)) for group, (owner, ignored) in _SHARED.items()}
    for group in GROUPS:
        for target, owner in classes(group).items():
            found[target] = list(_of(owner, group=group))
    return found


def settings_in(owner: type, prefix: str = "") -> dict[str, Setting]:
    """The settings of any class that declares some, by their names with `prefix` in front."""
    return {setting.key: setting for setting in _of(owner, prefix=prefix)}


def _of(owner: type, *, ignore: tuple[str, ...] = (), group: str = "", prefix: str = "") -> Iterator[Setting]:
    """The settings of a class, those of the dataclasses among its fields included."""
    helps, fields = documented(owner), declared(owner)
    taken = accepted(owner, group) if group else parameters(owner, ignore=ignore)
    for name, (annotation, required) in taken.items():
        if annotation is DiagnosticsSettings:
            annotation = settings_class()  # with the groups of the diagnostics
        if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
            yield from _of(annotation, prefix=f"{prefix}{name}.")
            continue
        inherited = [fields[name].annotation] if name in fields else []
        declaration = Declaration.of(annotation, *inherited)
        if not declaration.bounds and name in fields:
            declaration = fields[name]
        default = None if required else _default(owner, name)
        help_text = declaration.help or helps.get(name, "")
        yield Setting(f"{prefix}{name}", describe(annotation), declaration.must, help_text, required, default)


def documented(owner: type) -> dict[str, str]:
    """The first paragraph of what stands under the fields of a class and of its bases, on one line each."""
    found: dict[str, str] = {}
    for base in reversed(owner.__mro__):
        if (
            not base.__module__.startswith("rnnchaos")
            or "<" in base.__qualname__
            or base.__dict__.get("__reduce__")
        ):
            continue  # not ours, or made while running
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(body, ast.ClassDef)
        for node, after in zip(body.body, body.body[1:], strict=False):
            match node, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = " ".join(inspect.cleandoc(text).split("\n\n")[0].split())
    return found


def _default(owner: type, name: str) -> Any:
    """The default of a setting as JSON has it."""
    value = inspect.signature(owner).parameters[name].default
    if dataclasses.is_dataclass(owner):
        field = next((field for field in dataclasses.fields(owner) if field.name == name), None)
        if field is not None and field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
    return _plain(value)


def _plain(value: Any) -> Any:
    match value:
        case tuple() | list():
            return [_plain(entry) for entry in value]
        case Path():
            return str(value)
    return value


def _entry(setting: Setting) -> dict[str, Any]:
    """The setting for the index, without its key."""
    entry = setting._asdict()
    del entry["key"]
    return entry


def as_markdown() -> str:
    """The page of all settings."""
    parts = [_INTRODUCTION]
    found = all_settings()
    seen: set[str] = set()
    for owner, settings in found.items():
        new = [setting for setting in settings if setting.key not in seen or owner not in _COMMANDS]
        if owner in _COMMANDS:
            seen |= {setting.key for setting in settings}
        if new:
            parts.append(f"{_heading(owner)}\n\n{_table(new)}")
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = """\
# Settings

Made from the classes by `python -m rnnchaos.settings.declarations`. A YAML in `configs/` names its class and holds what
differs from the defaults below; `rnnchaos train --cfg job` shows what a run would have."""

_TITLES = {
    "train": "## rnnchaos train",
    "source": "## Diagnostics of a system: beside the settings above",
    "weights": "## Diagnostics of a file of weights: beside the settings above",
    "judge": "## rnnchaos judge of anything: beside the settings above",
    "dataset": "## dataset: what all share",
    "model": "## model: what all share",
    "protocol": "## protocol: what all share",
    "optimizer": "## optimizer: beside the optimiser's own options, by their names in optax",
}


def _heading(owner: str) -> str:
    return _TITLES.get(owner, f"### `{owner}`")


def _table(settings: list[Setting]) -> str:
    rows = ["| setting | default | accepts | meaning |", "| --- | --- | --- | --- |"]
    for setting in settings:
        bound = f", {setting.must.removeprefix('be ')}" if setting.must else ""
        default = "must be given" if setting.required else f"`{written(setting.default)}`"
        cells = (f"`{setting.key}`", default, setting.accepts + bound, setting.help)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


if __name__ == "__main__":
    write()
